"""How we speak to a push service whose address a browser has told us: never to a machine of our own network."""

from dataclasses import dataclass

from django.conf import settings

from notifications.states import Failure
from outbound import errors
from outbound.addresses import PUBLIC_HTTPS, Reach, checked_url
from outbound.calling import call

LONGEST = 600  # characters of an address
TIMEOUT_SECONDS = 10.0  # below the lease, also for somebody with two browsers
MAX_ANSWER_BYTES = 64 * 1024  # nobody reads it


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
    if len(endpoint) > LONGEST:
        return False
    try:
        parts = checked_url(endpoint, _reach())
    except errors.Refused:
        return False
    host = parts.hostname or ""
    by_name = ":" not in host and not host.rpartition(".")[2].isdigit()
    return by_name or _reach().allows_inside(host, parts.port or 443)


def deliver(endpoint: str, body: bytes, *, headers: dict[str, str]) -> Answer:
    """POST the body to the machine that the address leads to now; redirects are not followed."""
    if not is_allowed(endpoint):
        raise Unreachable(Failure.REFUSED, "address", permanent=True)
    try:
        answer = call(
            "POST",
            endpoint,
            reach=_reach(),
            timeout_seconds=TIMEOUT_SECONDS,
            max_bytes=MAX_ANSWER_BYTES,
            headers=headers,
            content=body,
        )
    except errors.Refused as error:
        raise Unreachable(Failure.REFUSED, "address", permanent=True) from error
    except errors.TooSlow as error:
        raise Unreachable(Failure.TIMEOUT, "", permanent=False) from error
    except errors.CallFailed as error:
        raise Unreachable(Failure.UNREACHABLE, error.reason, permanent=False) from error
    return Answer(answer.status)


def _reach() -> Reach:
    # Never OUTBOUND_INSIDE: these addresses come from whoever signs in.
    return Reach.with_inside(["localhost", "127.0.0.1"]) if settings.PUSH_ALLOW_LOCAL else PUBLIC_HTTPS
