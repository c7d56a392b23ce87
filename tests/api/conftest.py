"""How these tests speak to the API: as a program with a token, or as nobody, at a fixed hour."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from backend.accounts.commands import SCOPES, issue_api_token
from backend.accounts.models import User
from backend.api import errors
from tests.factories import NOW

ROOT = "/api/v1/"


class Caller:
    """A client that sends JSON; addresses are relative to /api/v1/."""

    def __init__(self, **headers: str | None) -> None:
        headers = {"accept-language": "en", **headers}
        self.client = Client(headers={name: value for name, value in headers.items() if value is not None})

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(ROOT + path, query)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self._send("post", path, body, headers)

    def put(self, path: str, body: Any) -> HttpResponse:
        return self._send("put", path, body, {})

    def patch(self, path: str, body: Any) -> HttpResponse:
        return self._send("patch", path, body, {})

    def delete(self, path: str) -> HttpResponse:
        return self.client.delete(ROOT + path)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HttpResponse:
        data = body if isinstance(body, str | bytes) else json.dumps(body or {})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        send = getattr(self.client, method)
        return send(ROOT + path, data=data, content_type="application/json", headers=named)


class Clock:
    """What the API takes for now."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> Any:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture(autouse=True)
def nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that the API would answer with 500 fails the test with its own traceback."""

    def raise_it(error: Exception, context: Any) -> None:
        raise error

    monkeypatch.setattr(errors, "_log", raise_it)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    monkeypatch.setattr("backend.clock.database_now", clock)
    return clock


@pytest.fixture
def as_user(clock: Clock, db: None) -> Callable[..., Caller]:
    """A caller that acts for a user, with a token of these scopes."""

    def call(user: User, *, scopes: tuple[str, ...] = SCOPES, **headers: str | None) -> Caller:
        issued = issue_api_token(name="test", scopes=scopes, days=30, by=user, now=clock.now, is_strong=True)
        return Caller(authorization=f"Bearer {issued.secret}", **headers)

    return call


@pytest.fixture
def anonymous(clock: Clock, db: None) -> Caller:
    return Caller()


def assert_problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The answer is a problem document of that code; gives its body."""
    body = json.loads(response.content)
    assert (response.status_code, body.get("code")) == (status, code), body
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert body["type"] == f"urn:ilos:problem:{code}"
    assert body["title"]
    assert body["detail"] and "%(" not in body["detail"]
    return body
