"""How we speak to a push service whose address a browser has told us: never to a machine of our own network."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from notifications.states import Failure

LONGEST = 600  # characters of an address
PRINTED = re.compile(r"[!-~]+")
TIMEOUT_SECONDS = 10.0  # below the lease, also for somebody with two browsers


@dataclass(frozen=True)
class Answer:
    status: int


class Unreachable(Exception):
    """The push service did not take it; `detail` is a type or a code, never an address."""

    def __init__(self, failure: Failure, detail: str, *, permanent: bool) -> None:
        super().__init__(f"{failure} {detail}")
        self.failure, self.detail, self.permanent = failure, detail, permanent


def is_allowed(endpoint: str) -> bool:
    """Whether the address can be a push service's at all: https, a host by name, no port and no sign-in of its own."""
    if len(endpoint) > LONGEST or not PRINTED.fullmatch(endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if settings.PUSH_ALLOW_LOCAL and host in {"localhost", "127.0.0.1"}:
        return parts.scheme in {"http", "https"}
    by_name = (
        "." in host and not _is_number(host) and not host.endswith((".local", ".internal", ".localhost"))
    )
    return parts.scheme == "https" and by_name and port in {None, 443} and not parts.username


def deliver(endpoint: str, body: bytes, *, headers: dict[str, str]) -> Answer:
    """POST the body. The address is looked up once and that very machine is spoken to; redirects are not followed."""
    if not is_allowed(endpoint):
        raise Unreachable(Failure.REFUSED, "address", permanent=True)
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    address = _public_address(host, parts.port or 443)
    netloc = f"[{address}]" if ":" in address else address
    url = httpx.URL(endpoint).copy_with(
        netloc=f"{netloc}:{parts.port}".encode() if parts.port else netloc.encode()
    )
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as client:
            answer = client.post(
                url,
                content=body,
                headers={**headers, "Host": parts.netloc},
                extensions={"sni_hostname": host},
            )
    except httpx.TimeoutException as error:
        raise Unreachable(Failure.TIMEOUT, "", permanent=False) from error
    except httpx.HTTPError as error:
        raise Unreachable(Failure.UNREACHABLE, type(error).__name__, permanent=False) from error
    return Answer(answer.status_code)


def _public_address(host: str, port: int) -> str:
    """The first address of the host; refused if any of its addresses lies within a private network."""
    try:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Unreachable(Failure.UNREACHABLE, "name", permanent=False) from error
    if not settings.PUSH_ALLOW_LOCAL and not all(ipaddress.ip_address(a).is_global for a in found):
        raise Unreachable(Failure.REFUSED, "address", permanent=True)
    return found[0]


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit()
    return True
