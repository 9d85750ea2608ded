"""`collector.yml`: who may send, and what a wrong declaration says."""

import re
from pathlib import Path

import pytest

from orchestration.collector.keys import CollectorError, declaration, keys
from orchestration.warehouse import PROJECT

WEBSITE = "{name: website, write_key: WEBSITE_WRITE_KEY}"
PAYMENTS = "{name: payments, kind: stripe, secret: STRIPE_WEBHOOK_SECRET}"


def test_the_projects_own_declaration_opens_what_has_a_key() -> None:
    opened = keys(declaration(), {"WEBSITE_WRITE_KEY": " wk ", "STRIPE_WEBHOOK_SECRET": "whsec"})
    assert list(opened.sources) == ["wk"]
    assert opened.webhooks["payments"].secret == b"whsec"
    assert [sender.name for sender in opened.opened] == ["website", "payments"]
    assert {sender.variable for sender in opened.closed} == {
        "SERVER_WRITE_KEY",
        "SHOPIFY_WEBHOOK_SECRET",
    }


def test_the_declarations_of_the_collectors_page_are_right(tmp_path: Path) -> None:
    examples = re.findall(
        r"```yaml\n(.*?)```", (PROJECT / "docs" / "collector.md").read_text(), re.DOTALL
    )
    assert len(examples) == 2
    for example in examples:
        file = tmp_path / "collector.yml"
        file.write_text(example)
        assert declaration(file).senders


def test_webhooks_need_no_sources(tmp_path: Path) -> None:
    file = tmp_path / "collector.yml"
    file.write_text(f"webhooks: [{PAYMENTS}]")
    assert keys(declaration(file), {"STRIPE_WEBHOOK_SECRET": "whsec"}).webhooks
    with pytest.raises(CollectorError, match="set STRIPE_WEBHOOK_SECRET"):
        keys(declaration(file), {})


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("webhooks:\n- {", "is no YAML: look at line 2"),
        ("sources: []", "neither sources nor webhooks"),
        (f"sources: [{WEBSITE}, {WEBSITE}]", "several are named website"),
        (f"sources: [{WEBSITE}]\nwebhooks: [{PAYMENTS.replace('payments', 'website')}]", "several"),
        (f"webhooks: [{PAYMENTS.replace('stripe', 'paypal')}]", "webhooks.0.kind"),
        (f"webhooks: [{PAYMENTS.replace('STRIPE', 'whsec')}]", "webhooks.0.secret"),
        (f"webhooks: [{PAYMENTS.replace('stripe', 'hubspot')}]", "`url` is needed for hubspot"),
        (f"webhooks: [{PAYMENTS[:-1]}, url: 'https://events.example.com'}}]", "no other kind"),
        (
            f"webhooks: [{PAYMENTS[:-1].replace('stripe', 'hubspot')}, url: 'http://a.example'}}]",
            "webhooks.0.url",
        ),
    ],
)
def test_a_wrong_declaration_names_the_place_and_shows_no_value(
    tmp_path: Path, declared: str, said: str
) -> None:
    file = tmp_path / "collector.yml"
    file.write_text(declared)
    with pytest.raises(CollectorError) as refused:
        declaration(file)
    assert said in str(refused.value)
    assert "whsec_" not in str(refused.value)
    assert "http://a" not in str(refused.value)


def test_a_missing_declaration_is_named(tmp_path: Path) -> None:
    with pytest.raises(CollectorError, match=r"missing\.yml cannot be read"):
        declaration(tmp_path / "missing.yml")


def test_two_sources_may_not_share_a_key(tmp_path: Path) -> None:
    file = tmp_path / "collector.yml"
    file.write_text(f"sources: [{WEBSITE}, {{name: server, write_key: SERVER_WRITE_KEY}}]")
    with pytest.raises(CollectorError, match="hold the same key") as refused:
        keys(declaration(file), {"WEBSITE_WRITE_KEY": "wk_same", "SERVER_WRITE_KEY": "wk_same"})
    assert "wk_same" not in str(refused.value)
