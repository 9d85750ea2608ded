"""`kith explain`: why identifiers are one customer, or are not."""

import hashlib
import json
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from orchestration import cli
from orchestration.explain import explain
from orchestration.picture import png
from orchestration.serve import publish
from orchestration.sources.declaration import declarations
from orchestration.sources.intake import load
from orchestration.warehouse import PROJECT, Home, Manifest, connect
from tests.front_door.landing import drop, line
from tests.raw_history import Warehouse

CHAIN = PROJECT / "sandbox" / "explained_chain.sql"
SCRIPT = "<script>alert('x')</script>"
PHONE = "+49 30 5550101"


def identify(
    number: int, *, user: str | None = None, cookie: str | None = None, **traits: str
) -> bytes:
    """A message by which somebody says who they are."""
    return line(number, type="identify", userId=user, anonymousId=cookie, traits=traits)


FIRST = [
    identify(1, user="u-ann", cookie=SCRIPT, email="Ann.Lee@acme.example", phone=PHONE),
    identify(2, user="u-ann", cookie="c-ann", firstName="Ánn", lastName="Lee"),
    identify(3, cookie="c-ann", email="ann@second.example"),
    identify(4, user="u-bob", email="bob@acme.example", phone=PHONE),
    identify(5, cookie="c-zoe", email="zoe@acme.example"),
    identify(6, user="u-bob", email="test@acme.example"),
    identify(7, user="4711", email="dan@acme.example"),
    identify(8, cookie="4711", email="eve@acme.example"),
    identify(10, user="c-gus", cookie="\x1b[2J"),
]
SECOND = [identify(9, user="u-ann", email="zoe@acme.example")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> Home:
    """Two people who share a telephone; the cookie of one was a customer of its own for a batch."""
    home = Home(tmp_path_factory.mktemp("explained"))
    for name, lines, built in (
        ("first.ndjson", FIRST, ["+identity_steps"]),
        ("second.ndjson", SECOND, ["+identity_steps", "+customers"]),
    ):
        drop(home, name, lines)
        load(home, declarations(manifest))
        Warehouse(home).build("--select", *built)
    publish(home)
    return home


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A published customer of 1,000 identifiers, each tied to the next one only."""
    home = Home(tmp_path_factory.mktemp("chain"))
    with connect(home.serving) as connection:
        connection.execute("set variable longest = 1000")
        connection.execute("set variable strangers = 0")
        connection.execute(CHAIN.read_text())
    return home


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.console, "width", 200)


def kith(home: Home, *arguments: str) -> Result:
    """Run `kith explain`."""
    result = CliRunner().invoke(cli.app, ["explain", *arguments], env={"KITH_HOME": str(home.root)})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_every_identifier_has_a_way_to_the_one_that_founded_its_customer(home: Home) -> None:
    with connect(home.serving, read_only=True) as connection:
        lost = connection.execute(
            "select identifier_value from identity.customer_ids as ids "
            "anti join identity.identity_steps as steps using (node_id, customer_id)"
        ).fetchall()
        found = connection.execute("select count(*) from identity.identity_steps").fetchall()
    assert lost == []
    assert found == [(16,)]


def test_a_person_is_shown_as_a_tree_with_the_record_behind_each_identifier(home: Home) -> None:
    result = kith(home, "u-ann")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "Ánn Lee  7 identifiers" in lines[0]
    assert lines[1].startswith(f"anonymous_id {SCRIPT}  founded the customer")
    assert lines[2].startswith("└── user_id u-ann  by events/")
    assert any(one.startswith("    │   └── email ann@second.example") for one in lines)
    assert "not linked: phone +49305550101 - shared by too many: 2 people use it" in result.stdout


@pytest.mark.parametrize("spelling", [" ANN.Lee@ACME.example ", "ann.lee@acme.example"])
def test_an_address_is_found_in_any_spelling(home: Home, spelling: str) -> None:
    [customer] = explain(home, spelling).customers
    assert customer.identifier(customer.asked[0]).identifier_value == "ann.lee@acme.example"


@pytest.mark.parametrize("spelling", ["0049 30 5550101", "+49 (0)30 555-0101", "+49305550101"])
def test_a_telephone_is_found_in_any_international_spelling(home: Home, spelling: str) -> None:
    [customer] = explain(home, spelling).customers
    assert customer.identifiers[0].identifier_value == "+49305550101"


def test_the_chain_between_two_identifiers_is_shown_step_by_step(home: Home) -> None:
    result = kith(home, "zoe@acme.example", "ann@second.example")
    shown = [one.split("  ")[0] for one in result.stdout.splitlines() if one[0] != " "]
    assert shown[1:] == [
        "One customer, 3 steps:",
        "email zoe@acme.example",
        "user_id u-ann",
        "anonymous_id c-ann",
        "email ann@second.example",
    ]


def test_of_two_customers_the_refusals_between_them_are_shown(home: Home) -> None:
    result = kith(home, "u-ann", "u-bob")
    assert result.exit_code == 0
    assert result.stdout.startswith("Two customers:")
    refusal = "not linked: phone +49305550101 - shared by too many: 2 people use it"
    assert result.stdout.count(refusal) == 2
    assert "test@acme.example" not in result.stdout


def test_of_two_customers_without_anything_between_them_that_is_said(home: Home) -> None:
    assert "No record names identifiers of both." in kith(home, "u-ann", "dan@acme.example").stdout


def test_an_old_customer_id_leads_to_the_customer_of_today(home: Home) -> None:
    with connect(home.serving, read_only=True) as connection:
        [(cookie,)] = connection.execute(
            "select node_id from identity.customer_ids where identifier_value = 'c-zoe'"
        ).fetchall()
    old = hashlib.md5(f"customer {cookie}".encode(), usedforsecurity=False).hexdigest()
    result = kith(home, old)
    assert "Ánn Lee" in result.stdout
    [change] = [one for one in result.stdout.splitlines() if "came from" in one]
    assert f"merge: 2 identifiers came from {old}" in change
    assert "email zoe@acme.example and user_id u-ann" in change


def test_an_unknown_identifier_is_answered_with_the_nearest_known_one(home: Home) -> None:
    result = kith(home, "ann.leigh@acme.example")
    assert result.exit_code == 1
    assert "Did you mean ann.lee@acme.example (email)" in result.stdout


def test_a_blocked_value_names_nobody_and_the_guard_says_why(home: Home) -> None:
    result = kith(home, "test@acme.example")
    assert result.exit_code == 1
    assert "email test@acme.example names nobody (blocked value: a test address)" in result.stdout


def test_a_value_of_several_kinds_shows_all_and_a_pair_asks_which(home: Home) -> None:
    assert [one.asked for one in explain(home, "4711").customers] != []
    assert kith(home, "4711").stdout.count("Customer ") == 2
    assert kith(home, "4711", "--type", "user_id").stdout.count("Customer ") == 1
    asked_which = kith(home, "4711", "dan@acme.example")
    assert asked_which.exit_code == 1
    assert "anonymous_id, user_id. Say which with --type." in asked_which.stdout
    told = kith(home, "4711", "dan@acme.example", "--type", "user_id", "--type", "email")
    assert "One customer, 1 step:" in told.stdout
    assert "There is no identifier type mail." in kith(home, "4711", "--type", "mail").stdout


def test_what_a_cookie_holds_cannot_steer_the_terminal(home: Home) -> None:
    result = kith(home, "c-gus")
    assert "c-gus" in result.stdout
    assert "\x1b" not in result.stdout
    assert "anonymous_id \N{REPLACEMENT CHARACTER}[2j" in result.stdout


def test_programs_get_everything_as_json(home: Home) -> None:
    answer = json.loads(kith(home, "u-ann", "u-bob", "--json").stdout)
    assert {one["guard"] for one in answer["between"]} == {"shared by too many"}
    [ann, _] = answer["customers"]
    assert [one["steps"] for one in ann["identifiers"]] == [0, 1, 2, 2, 2, 3, 3]
    assert ann["history"][0]["reason"] == "merge"


def test_without_a_publication_the_remedy_is_said(tmp_path: Path) -> None:
    result = kith(Home(tmp_path), "u-ann")
    assert result.exit_code == 1
    assert "`kith run`" in result.stdout


def test_an_svg_picture_is_xml_and_what_stands_in_it_is_text(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "ann.svg"
    assert kith(home, "u-ann", "u-bob", "--picture", str(path)).exit_code == 0
    root = ElementTree.fromstring(path.read_text())  # noqa: S314 # written by the line above
    texts = [one.text for one in root.iter() if one.tag.endswith("text")]
    assert f"anonymous_id {SCRIPT}" in texts
    assert not [one for one in root.iter() if one.tag.endswith("script")]
    assert "events" in texts
    dashed = [one for one in root.iter() if one.get("stroke-dasharray")]
    assert len(dashed) == 3
    places = [(one.get("x"), one.get("y")) for one in root.iter() if one.tag.endswith("text")]
    assert len(places) == len(set(places))


def test_a_png_picture_opens(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "ann.PNG"
    assert kith(home, "u-ann", "--picture", str(path)).exit_code == 0
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert len(image.getcolors(1_000_000) or []) > 10


def test_a_machine_without_fonts_loses_accents_and_not_the_name(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(png, "FONTS", ())
    png._font.cache_clear()
    assert kith(home, "u-ann", "--picture", str(tmp_path / "ann.png")).exit_code == 0
    assert png._plain("Ánn Лee") == "Ann ?ee"
    png._font.cache_clear()


def test_a_picture_of_another_kind_is_refused(home: Home, tmp_path: Path) -> None:
    result = kith(home, "u-ann", "--picture", str(tmp_path / "ann.gif"))
    assert result.exit_code == 1
    assert "ann.gif is no picture: end the name in .svg or .png." in result.stdout


def test_the_chain_through_a_thousand_identifiers_is_found_in_seconds(chain: Home) -> None:
    began = time.monotonic()
    explanation = explain(chain, "ann1@acme.example", "ann1000@acme.example")
    assert len(explanation.chain) == 1_000
    assert time.monotonic() - began < 10


def test_a_customer_of_a_thousand_identifiers_stays_readable(chain: Home, tmp_path: Path) -> None:
    for name in ("chain.svg", "chain.png"):
        result = kith(chain, "ann1@acme.example", "--picture", str(tmp_path / name))
        assert "800 identifiers had no room" in result.stdout
    assert "… and 800 more identifiers; --json has them all." in result.stdout
    assert "email ann200@acme.example" in result.stdout
    assert "800 more identifiers had no room here." in (tmp_path / "chain.svg").read_text()
    with Image.open(tmp_path / "chain.png") as image:
        assert image.width * image.height <= png.MOST_PIXELS
