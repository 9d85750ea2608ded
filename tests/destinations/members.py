"""Members of a segment who join, change, leave and withdraw, and what should be held of them."""

from dataclasses import replace

from tests.activation_world import Person, people
from tests.destinations.case import Held, renamed

# After people(12): three renamed, one gone, three without a yes, one new.
CHANGED = [
    *map(renamed, people(3)),
    *people(8)[3:],
    replace(people(9)[8], is_member=False),
    replace(people(10)[9], is_granted=False),
    replace(people(11)[10], is_granted=None),
    Person("c00099", "newcomer@example.com", 'Zoë \\ "O\'N",\n\tA ✓'),
]


def wanted(persons: list[Person]) -> Held:
    """First names by e-mail address."""
    return {str(p.email): p.first_name for p in persons if p.is_granted and p.is_member}
