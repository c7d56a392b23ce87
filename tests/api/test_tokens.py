"""What does a token open, how is it made, and when does it end?"""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from backend.accounts.models import ApiToken
from tests.api.conftest import ROOT, Caller, Clock, assert_problem
from tests.conftest import Cast
from tests.factories import NOW


@pytest.fixture
def in_person(cast: Cast) -> Client:
    """Kaya, signed in on the pages."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.kaya)
    return client


def issue(client: Client, **body: object) -> tuple[int, dict]:
    response = client.post(ROOT + "tokens", json.dumps(body), content_type="application/json")
    return response.status_code, json.loads(response.content)


def test_a_token_is_made_in_person_and_shown_once(clock: Clock, in_person: Client) -> None:
    status, made = issue(in_person, name="script", scopes=["read"], days=7)
    assert status == 201
    assert made["secret"].startswith("ilos_")
    assert made["expires_at"] == (NOW + timedelta(days=7)).isoformat().replace("+00:00", "Z")

    assert Caller(authorization=f"Bearer {made['secret']}").get("me").status_code == 200
    (listed,) = json.loads(in_person.get(ROOT + "tokens").content)["results"]
    assert listed["id"] == made["id"]
    assert "secret" not in listed


@pytest.mark.parametrize(
    "body", [{"scopes": ["everything"]}, {"scopes": []}, {"days": 0}, {"days": 400}, {"name": ""}]
)
def test_tokens_that_are_refused(clock: Clock, in_person: Client, body: dict) -> None:
    status, problem = issue(in_person, **{"name": "script", "scopes": ["read"], "days": 7, **body})
    assert (status, problem["code"]) == (400, "invalid_input")
    assert ApiToken.objects.count() == 0


def test_a_token_makes_and_ends_no_token(cast: Cast, as_user: Callable[..., Caller]) -> None:
    program = as_user(cast.kaya)
    assert_problem(program.post("tokens", {"name": "more", "scopes": ["read"]}), 403, "person_needed")
    assert_problem(program.delete(f"tokens/{ApiToken.objects.get().pk}"), 403, "person_needed")
    assert_problem(program.patch("me", {"language": "en"}), 403, "person_needed")


def test_a_revoked_token_opens_nothing(cast: Cast, clock: Clock, in_person: Client) -> None:
    _, made = issue(in_person, name="script", scopes=["read"])
    assert in_person.delete(f"{ROOT}tokens/{made['id']}").status_code == 204
    assert_problem(Caller(authorization=f"Bearer {made['secret']}").get("me"), 401, "token_invalid")


def test_a_foreign_token_cannot_be_revoked(
    cast: Cast, clock: Clock, as_user: Callable[..., Caller], in_person: Client
) -> None:
    as_user(cast.frauke)
    foreign = ApiToken.objects.get(user=cast.frauke)
    assert_problem(in_person.delete(f"{ROOT}tokens/{foreign.pk}"), 404, "token_unknown")


def test_an_expired_token_opens_nothing(cast: Cast, clock: Clock, as_user: Callable[..., Caller]) -> None:
    caller = as_user(cast.kaya)
    clock.pass_by(days=30)
    response = caller.get("me")
    assert_problem(response, 401, "token_invalid")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_token_of_a_closed_login_opens_nothing(cast: Cast, as_user: Callable[..., Caller]) -> None:
    caller = as_user(cast.kaya)
    cast.kaya.is_active = False
    cast.kaya.save(update_fields=["is_active"])
    assert_problem(caller.get("me"), 401, "token_invalid")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nonsense", "Bearer ilos_\u00ff", "bearer ilos_x y"]
)
def test_unknown_tokens_open_nothing(clock: Clock, db: None, header: str) -> None:
    assert_problem(Caller(authorization=header).get("me"), 401, "token_invalid")


def test_an_unknown_token_closes_public_addresses_too(clock: Clock, db: None) -> None:
    assert_problem(Caller(authorization="Bearer nonsense").get("offices"), 401, "token_invalid")


@pytest.mark.parametrize(
    ("scopes", "method", "path", "missing"),
    [
        (("requests",), "get", "pilots", ["read"]),
        (("read",), "post", "pilots", ["people"]),
        (("read", "people"), "post", "help-requests", ["requests"]),
        (
            ("read", "requests"),
            "post",
            f"help-requests/{'0' * 8}-0000-0000-0000-{'0' * 12}/suggestions",
            ["dispatch"],
        ),
        (
            ("read", "requests"),
            "post",
            f"help-requests/{'0' * 8}-0000-0000-0000-{'0' * 12}/offers",
            ["dispatch"],
        ),
        (
            ("read", "requests"),
            "post",
            f"help-requests/{'0' * 8}-0000-0000-0000-{'0' * 12}/confirm",
            ["dispatch"],
        ),
        (("read", "dispatch"), "post", f"offers/{'0' * 8}-0000-0000-0000-{'0' * 12}/accept", ["answers"]),
        (("read", "answers"), "post", f"offers/{'0' * 8}-0000-0000-0000-{'0' * 12}/retract", ["dispatch"]),
        (("read",), "get", f"pilots/{'0' * 8}-0000-0000-0000-{'0' * 12}/identity?reason=contact", ["people"]),
        (("read",), "get", "pilots?names=true", ["people"]),
        (("read",), "post", "help-seekers/self", ["requests", "people"]),
    ],
)
def test_each_address_asks_for_its_scope(
    cast: Cast,
    as_user: Callable[..., Caller],
    scopes: tuple[str, ...],
    method: str,
    path: str,
    missing: list[str],
) -> None:
    problem = assert_problem(getattr(as_user(cast.kaya, scopes=scopes), method)(path), 403, "scope_missing")
    assert problem["facts"] == {"scopes": missing}


def test_the_last_use_is_noted_once_a_minute(
    cast: Cast, clock: Clock, as_user: Callable[..., Caller]
) -> None:
    caller = as_user(cast.kaya)

    def last_used_after_a_call() -> object:
        caller.get("topics")
        return ApiToken.objects.get().last_used_at

    assert last_used_after_a_call() == NOW
    clock.pass_by(seconds=59)
    assert last_used_after_a_call() == NOW
    clock.pass_by(seconds=1)
    assert last_used_after_a_call() == NOW + timedelta(minutes=1)
