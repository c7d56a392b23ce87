"""Does any single odd value, anywhere in a valid body, break the API?

The few that no schema leads to: what is wrong by type, length or range is sent by tests/api/test_fuzz.py.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api import bodies
from tests.api.conftest import Caller
from tests.conftest import Cast

ODD = (
    "\x00",
    "\ud800",
    10**4000,
    ["\x00"] * 3,
    "9999-12-31",
)
Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where something stands in the body, the body itself excepted; of lists the first row."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, part in value.items():
            yield from places(part, (*path, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def with_odd(body: dict[str, Any], path: Path, odd: Any) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    target: Any = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = odd
    return changed


def bodies_of(cast: Cast, address: str) -> tuple[str, dict[str, Any]]:
    """The address with its ids, and a valid body for it."""
    ana = cast.ana.pk
    week = {"weekday": 2, "starts": "09:00", "ends": "12:30"}
    return {
        "register": ("pilots", bodies.a_pilot("odd@mail.example")),
        "organisation": ("organisations", bodies.an_organisation()),
        "help-seeker": ("help-seekers", bodies.a_help_seeker(organisation_id=str(cast.school.pk))),
        "file": (
            "help-requests",
            bodies.a_help_request(
                cast.samir.pk, languages=["kmr"], required_level=3, seats=1, minors=False, setting="on_site"
            ),
        ),
        "qualification": (
            f"pilots/{ana}/qualifications",
            {"kind": "interview", "hours": 1, "issuer": "VHS", "issued_date": "2026-01-01"},
        ),
        "check": (
            f"pilots/{ana}/background-checks",
            {"inspected_date": "2026-01-01", "stands_in_the_way": False},
        ),
        "pause": (f"pilots/{ana}/pause", {"until": "2026-12-24"}),
        "absence": (f"pilots/{ana}/absences", {"start_date": "2026-12-01", "end_date": "2026-12-02"}),
        "week": (f"pilots/{ana}/availability", {"week": [week]}),
        "veto": (
            f"pilots/{ana}/vetoes",
            {"postcode": "49074", "help_seeker_id": None, "organisation_id": None},
        ),
    }[address]


@pytest.mark.parametrize(
    "address",
    [
        "register",
        "organisation",
        "help-seeker",
        "file",
        "qualification",
        "check",
        "pause",
        "absence",
        "week",
        "veto",
    ],
)
def test_every_odd_value_is_answered(cast: Cast, as_user: Callable[..., Caller], address: str) -> None:
    """An unexpected exception fails here by itself: the fixture `nothing_hidden` lets it through."""
    caller = as_user(cast.kaya)
    path, body = bodies_of(cast, address)
    send = caller.put if address == "week" else caller.post
    assert send(path, body).status_code < 300
    refused = 0
    for place in places(body):
        for odd in ODD:
            answer = send(path, with_odd(body, place, odd))
            assert answer.status_code < 500, (place, odd)
            if answer.status_code >= 400:
                refused += 1
                assert answer.headers["Content-Type"] == "application/problem+json", (place, odd)
    assert refused >= len(ODD)


QUERIES = {
    "pilots": ("status", "office", "language", "names", "cursor", "page_size"),
    "pilots/{ana}/identity": ("reason",),
    "pilots/{ana}/absences": ("coming",),
    "help-seekers": ("office", "organisation", "case_key"),
    "help-requests": (
        "status",
        "topic",
        "language",
        "organisation",
        "help_seeker",
        "reference",
        "urgent",
        "date",
    ),
    "offers": ("status", "help_request", "pilot"),
    "assignments": ("status", "help_request", "pilot", "date"),
    "organisations": ("kind", "office", "approved"),
    "deliveries": ("status", "subject"),
    "places": ("q", "limit"),
}


@pytest.mark.parametrize("address", QUERIES)
def test_every_odd_query_is_answered(cast: Cast, as_user: Callable[..., Caller], address: str) -> None:
    caller, path = as_user(cast.kaya), address.format(ana=cast.ana.pk)
    for name in QUERIES[address]:
        for odd in (
            "\x00",
            "9" * 4500,
            "9999-12-31",
            "0001-01-01",
            "nan",
        ):
            answer = caller.get(path, **{name: odd})
            assert answer.status_code < 500, (name, odd)
