"""Is every address guarded, by what it says and by what it does?"""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, path, reverse
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.authentication import SignedIn
from backend.web.gates import OPEN_GATES, Gate, gated
from tests.architecture.routes import (
    FOR_PERSONS_ONLY,
    GUARDED_BY_OTHERS,
    HARMLESS,
    Route,
    ungated,
    walk,
    wants_sign_in,
)

LOGIN = "/konto/anmelden/"


def routes() -> list[Route]:
    return list(walk(get_resolver().url_patterns))


def pages() -> list[Route]:
    return [route for route in routes() if hasattr(route.view, "gate")]


def endpoints() -> list[Route]:
    return [route for route in routes() if route.is_api and not route.of_others]


def test_every_address_is_guarded() -> None:
    assert len(pages()) > 15
    assert len(endpoints()) > 15
    assert [what for route in routes() for what in ungated(route)] == []


def test_the_lists_of_exceptions_hold_no_leftovers() -> None:
    modules = {route.module for route in routes()}

    assert [package for package in GUARDED_BY_OTHERS if not any(m.startswith(package) for m in modules)] == []
    assert set(HARMLESS) <= {route.path for route in routes()}
    assert set(FOR_PERSONS_ONLY) <= {route.view.cls.__name__ for route in endpoints()}


@pytest.mark.django_db
def test_pages_send_strangers_to_sign_in(client: Client) -> None:
    closed = [route for route in pages() if route.view.gate not in OPEN_GATES]

    assert closed
    for route in closed:
        answers = [client.get(route.example), client.post(route.example)]
        redirected = [
            a.headers.get("Location", "").split("?")[0] == reverse("account_login") for a in answers
        ]
        # A page that knows one method only refuses the other.
        assert any(redirected), route
        assert all(r or a.status_code == 405 for r, a in zip(redirected, answers, strict=True)), route


@pytest.mark.django_db
def test_the_api_asks_strangers_to_sign_in(client: Client) -> None:
    closed = [
        (route, method)
        for route in endpoints()
        for method, _ in route.operations()
        if wants_sign_in(route, method)
    ]

    assert closed
    for route, method in closed:
        answer = getattr(client, method)(route.example, content_type="application/json")
        assert answer.status_code == 401, (route.path, method, answer.status_code)
        assert answer.json()["code"] == "sign_in_needed"


def a_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class Plain(APIView):
    def post(self, request: HttpRequest) -> Response:
        return Response()


class Open(Plain):
    permission_classes = [AllowAny]
    scopes = ("people",)


class Bare(Plain):
    permission_classes = []
    scopes = ("people",)


class WithoutScope(Plain):
    permission_classes = [SignedIn]


class StrangeScope(Plain):
    permission_classes = [SignedIn]
    scopes = ("everything",)


class OwnSignIn(Plain):
    permission_classes = [SignedIn]
    authentication_classes = []
    scopes = ("people",)


class Guarded(Plain):
    permission_classes = [SignedIn]
    scopes = ("people",)


@pytest.mark.parametrize(
    ("view", "what"),
    [
        (a_page, "names no gate"),
        (Open.as_view(), "post is open"),
        (Bare.as_view(), "post is open"),
        (WithoutScope.as_view(), "names no scope"),
        (StrangeScope.as_view(), "scope that does not exist"),
        (OwnSignIn.as_view(), "its own ways to sign in"),
    ],
)
def test_a_sown_address_is_caught(view, what: str) -> None:
    (route,) = walk([path("seeded/", view)])

    assert what in " ".join(ungated(route))


def test_guarded_addresses_pass() -> None:
    (page, endpoint) = walk([path("page/", gated(Gate.PILOT)(a_page)), path("api/", Guarded.as_view())])

    assert ungated(page) == ungated(endpoint) == []
