"""Which machines may be spoken to, and is this address one of them?"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from outbound.errors import Refused

LONGEST_URL = 2000
_PRINTED = re.compile(r"[!-~]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Python calls these global, yet they lead to machines near us or to nobody (IANA special-purpose registries).
_REFUSED_V4 = (
    ipaddress.ip_network("192.0.0.0/24"),  # protocol assignments, one cloud's metadata among them
    ipaddress.ip_network("192.88.99.0/24"),  # 6to4 relays
    ipaddress.ip_network("168.63.129.16/32"),  # a public address by number, one cloud's inside by meaning
)
# Of IPv6 only what is handed out to networks; all else (mapped, site-local, multicast …) is refused unseen.
_HANDED_OUT_V6 = ipaddress.ip_network("2000::/3")
_REFUSED_V6 = (
    ipaddress.ip_network("2001::/23"),  # Teredo, ORCHID and other protocol assignments
    ipaddress.ip_network("2001:db8::/32"),  # examples
    ipaddress.ip_network("2002::/16"),  # 6to4: holds an IPv4 address, perhaps a private one
    ipaddress.ip_network("3fff::/20"),  # examples
)
# Networks without IPv4 reach IPv4 machines through this prefix (RFC 6052): the last 32 bits are the machine.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Reach:
    """Machines that may be spoken to: all of the open Internet, and those inside that an operator has named.

    `inside` holds "host" or "host:port" as the URL has them. Never for an address that a user can set.
    """

    inside: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset({"http", "https"})
    ports: frozenset[int] | None = None  # None: any

    @classmethod
    def with_inside(cls, hosts: Iterable[str]) -> Reach:
        """Everything outside, and these hosts inside."""
        return cls(inside=frozenset(host.strip().lower() for host in hosts if host.strip()))

    def allows_inside(self, host: str, port: int) -> bool:
        """Whether an operator has named this host, with or without its port."""
        name = host.lower().strip("[]")
        bracketed = f"[{name}]" if ":" in name else name
        return bool(self.inside & {name, bracketed, f"{bracketed}:{port}"})


OUTSIDE = Reach()
PUBLIC_HTTPS = Reach(schemes=frozenset({"https"}), ports=frozenset({443}))


def checked_url(url: str, reach: Reach) -> SplitResult:
    """The parts of a URL we may call; raises Refused: no sign-in in it, nothing unprinted, a scheme and port we use."""
    if len(url) > LONGEST_URL or not _PRINTED.fullmatch(url) or "\\" in url:
        raise Refused("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("malformed") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise Refused("malformed")
    if parts.username is not None or parts.password is not None:
        raise Refused("sign_in_in_url")
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if reach.allows_inside(parts.hostname, port):
        return parts
    if parts.scheme not in reach.schemes or (reach.ports is not None and port not in reach.ports):
        raise Refused("scheme_or_port")
    if _reads_as_inside(parts.hostname):
        raise Refused("inside")
    return parts


def is_outside(text: str) -> bool:
    """Whether an address, as a resolver writes it, belongs to the open Internet."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # with a zone ("fe80::1%eth0"), or no address at all
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return _is_outside_v4(address)
    if address in _TRANSLATED:
        return _is_outside_v4(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _HANDED_OUT_V6 and address.is_global and not _within(address, _REFUSED_V6)


def _is_outside_v4(address: ipaddress.IPv4Address) -> bool:
    # is_global is True for multicast.
    return address.is_global and not address.is_multicast and not _within(address, _REFUSED_V4)


def _within(address: ipaddress.IPv4Address | ipaddress.IPv6Address, networks: Iterable[_Network]) -> bool:
    return any(address in network for network in networks)


def _reads_as_inside(host: str) -> bool:
    """Whether the name alone says so. What it leads to is checked again when the connection is made."""
    name = host.lower().rstrip(".")
    try:
        return not is_outside(str(ipaddress.ip_address(name)))
    except ValueError:
        pass
    # "127.1", "0x7f.1" and "2130706433" are addresses to a C library.
    last = name.rpartition(".")[2]
    is_number = last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) is not None
    return is_number or "." not in name or name.endswith((".local", ".internal", ".localhost", ".home.arpa"))
