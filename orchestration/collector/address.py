"""What is kept of a sender's IP address."""

from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Literal

AddressRule = Literal["keep", "truncate", "drop"]
# No address is longer, even with the name of an interface; what is could fill the cache.
_LONGEST = 64


def kept_address(address: object, rule: AddressRule) -> str | None:
    """The address as it may be stored, or None; `truncate` keeps /24 of IPv4 and /48 of IPv6.

    What is no address is kept by `keep` alone: it cannot be truncated.
    """
    if rule == "drop" or not isinstance(address, str) or not address:
        return None
    if rule == "keep":
        return address
    return _network(address) if len(address) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _network(address: str) -> str | None:
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return None
    if not isinstance(parsed, IPv4Address):
        parsed = parsed.ipv4_mapped or parsed
    bits = 24 if isinstance(parsed, IPv4Address) else 48
    return str(ip_network((int(parsed), bits), strict=False).network_address)
