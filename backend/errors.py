"""How a command says no: a stable code and the facts a reader needs, never a sentence."""

from typing import Any


class DomainError(Exception):
    """A refusal. `code` is lower_snake, stable and a translation key; `facts` are plain JSON values."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotPermitted(DomainError):
    """This user may not do this (HTTP 403)."""


class NotThere(DomainError):
    """No such thing, or none that this user may know of (HTTP 404)."""


class RuleViolated(DomainError):
    """The input or the state does not allow it (HTTP 422). `field` in the facts names the input at fault."""


class Conflict(DomainError):
    """Somebody else was faster (HTTP 409); looking again and repeating may help."""


class TooManyRequests(DomainError):
    """Too often in too short a time (HTTP 429). `retry_after` in the facts: seconds until it works for certain."""


class Unavailable(DomainError):
    """Something that we need does not answer (HTTP 503). Nothing was changed; trying again later helps."""


# Database constraints that two honest users can run into at the same moment. The constraint's name is the code.
CONFLICT_CONSTRAINTS = frozenset(
    {
        "pilot_double_booked",
        "travel_time_missing",
        "seat_taken",
        "offer_already_pending",
        "waves_already_running",
        "email_taken",
        "case_key_taken",
        "membership_exists",
        "invitation_open_once",
        "sign_in_elsewhere_once",
        "report_exists",
    }
)
