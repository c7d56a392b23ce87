"""Where the links in messages lead: to our own pages, and to no other host. All but three lie behind the sign-in."""

from django.conf import settings
from django.urls import reverse

from backend.dispatch.client_card import card_token
from backend.dispatch.models import Assignment, HelpRequest
from backend.people.models import Pilot


def _page(name: str, *args: object) -> str:
    return settings.BASE_URL + reverse(f"web:{name}", args=args)


def _once_stored(row: Assignment, url: str, key: str) -> str:
    """The link; of a row that is only foreseen, without the key that it will never have."""
    return url.replace(key, "…") if row._state.adding else url


def home() -> str:
    """The reader's own start page."""
    return _page("home")


def offer(secret: str) -> str:
    """The page of one offer, open to who has the link; opening it changes nothing, answering is a button there."""
    return _page("offer_by_link", secret)


def offer_by_sms(secret: str) -> str:
    """The same page at a shorter address."""
    return _page("offer_by_sms", secret)


def unsubscribe(token: str) -> str:
    """Where a reader ends one kind of message; one click of a mail program is enough (RFC 8058)."""
    return _page("unsubscribe", token)


def my_assignments() -> str:
    """For a pilot: what waits for an answer, and what comes."""
    return _page("my_assignments")


def invitation(secret: str) -> str:
    """The page that accepts an invitation, open to who has the link; opening it changes nothing."""
    return _page("invitation", secret)


def my_sessions() -> str:
    """Where one is signed in, and how to end that."""
    return _page("my_sessions")


def my_times() -> str:
    return _page("my_times")


def assignment(row: Assignment) -> str:
    """For the pilot and for the asking side."""
    return _once_stored(row, _page("assignment", row.pk), str(row.pk))


def client_card(row: Assignment) -> str:
    """The card for the person who is accompanied, open to whoever has the link."""
    token = card_token(row)
    return _once_stored(row, _page("client_card", token), token)


def new_request() -> str:
    return _page("new_request")


def request(row: HelpRequest) -> str:
    """For whoever asked."""
    return _page("request", row.pk)


def office_request(row: HelpRequest) -> str:
    """For the coordinators."""
    return _page("office_request", row.pk)


def pilot(row: Pilot) -> str:
    """For the coordinators."""
    return _page("pilot", row.pk)


def organisations() -> str:
    """For the coordinators."""
    return _page("organisations")


def barrier_reports() -> str:
    """For the administrators."""
    return _page("barrier_reports")
