"""What a masked explanation keeps, and what it does not."""

from datetime import datetime

from orchestration.explanation import Change, Customer, Explanation, Identifier, Link, Refusal
from orchestration.masking import masked, masked_explanation

SECRETS = ("ann@acme.example", "Ann Lee", "4711", "0815", "+49305550101", "Bob Roe")
EXPLAINED = Explanation(
    question=("c1",),
    customers=(
        Customer(
            customer_id="c1",
            name="Ann Lee",
            asked=(1,),
            identifiers=(
                Identifier(
                    node_id=1,
                    identifier_type="email",
                    identifier_value="ann@acme.example",
                    is_current=True,
                    steps=0,
                    previous_node_id=None,
                    record_key=None,
                    source=None,
                ),
            ),
            links=(
                Link(
                    node_id=1,
                    other_node_id=2,
                    record_key="hubspot/contact/4711",
                    source="hubspot",
                    records=1,
                ),
            ),
            refusals=(
                Refusal(
                    node_id=1,
                    other_node_id=3,
                    other_type="phone",
                    other_value="+49305550101",
                    other_customer_id=None,
                    guard="shared by too many",
                    detail="2 people use it",
                    record_key="hubspot/contact/4711",
                    source="hubspot",
                    records=1,
                ),
                Refusal(
                    node_id=1,
                    other_node_id=4,
                    other_type="email",
                    other_value="bob@acme.example",
                    other_customer_id="c2",
                    guard="never link",
                    detail="Kim: it is Bob Roe's",
                    record_key="override/1|4",
                    source="override",
                    records=1,
                ),
            ),
            history=(
                Change(
                    reason="merge",
                    old_customer_id="c0",
                    new_customer_id="c1",
                    identifiers=1,
                    changed_at=datetime(2026, 1, 1),
                    batch_id=2,
                    record_key="salesforce/lead/0815",
                    tied="email ann@acme.example",
                    tied_to=None,
                ),
            ),
        ),
    ),
    identifier_types=("email", "phone"),
)


def test_a_masked_explanation_holds_no_value_of_a_person() -> None:
    plain, hidden = EXPLAINED.model_dump_json(), masked_explanation(EXPLAINED).model_dump_json()
    for secret in SECRETS:
        assert secret in plain
        assert secret not in hidden


def test_a_masked_explanation_keeps_kinds_guards_and_shapes() -> None:
    [customer] = masked_explanation(EXPLAINED).customers
    assert customer.name == "A•••"
    assert customer.links[0].record_key == "hubspot/contact/4•••"
    assert customer.refusals[0].reason == "shared by too many: 2 people use it"
    assert customer.history[0].tied == "email a•••"
    assert customer.history[0].tied_to is None


def test_an_empty_value_is_masked_to_dots() -> None:
    assert masked("") == "•••"
