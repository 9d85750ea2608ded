"""Values of people as they may be shown to whoever only wants to see how things hang together."""

from orchestration.explanation import Customer, Explanation

DOTS = "•••"
# Their details are a steward's own words, in which anything may stand.
STEWARDS_GUARDS = ("never link", "kept apart")


def masked(value: str) -> str:
    """The first letter of a value, and dots."""
    return f"{value[:1]}{DOTS}"


def masked_explanation(explanation: Explanation) -> Explanation:
    """The same explanation without names, values of identifiers, and ids of records."""
    return explanation.model_copy(
        update={"customers": tuple(_customer(each) for each in explanation.customers)}
    )


def _customer(customer: Customer) -> Customer:
    return customer.model_copy(
        update={
            "name": masked(customer.name) if customer.name else None,
            "identifiers": tuple(
                each.model_copy(
                    update={
                        "identifier_value": masked(each.identifier_value),
                        "record_key": _record(each.record_key),
                    }
                )
                for each in customer.identifiers
            ),
            "links": tuple(
                each.model_copy(update={"record_key": _record(each.record_key)})
                for each in customer.links
            ),
            "refusals": tuple(
                each.model_copy(
                    update={
                        "other_value": masked(each.other_value),
                        "detail": None if each.guard in STEWARDS_GUARDS else each.detail,
                        "record_key": _record(each.record_key),
                    }
                )
                for each in customer.refusals
            ),
            "history": tuple(
                each.model_copy(
                    update={
                        "record_key": _record(each.record_key),
                        "tied": _typed(each.tied),
                        "tied_to": _typed(each.tied_to),
                    }
                )
                for each in customer.history
            ),
        }
    )


def _record(record_key: str | None) -> str | None:
    """Of `source/kind/id`, only the id is masked."""
    if record_key is None:
        return None
    kind, slash, record_id = record_key.rpartition("/")
    return f"{kind}{slash}{masked(record_id)}"


def _typed(identifier: str | None) -> str | None:
    """Of `type value`, only the value is masked."""
    if identifier is None:
        return None
    identifier_type, space, value = identifier.partition(" ")
    return f"{identifier_type}{space}{masked(value)}"
