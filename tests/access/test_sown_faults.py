"""Would the tests of access see a fault? Each kind is sown, and has to be found."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework import serializers

from backend.api.serializers.offers import OfferShown
from backend.dispatch.models.help_request import HelpRequestQuerySet
from backend.privacy.access.matrix import operations, unknown
from backend.privacy.access.operations import Operation, Whose
from backend.privacy.access.readers import Reader
from backend.web.gates import PASSES, Gate
from tests.access.asking import Asking
from tests.access.test_fields import deviations
from tests.access.walking import Walk, look
from tests.architecture.routes import walk as routes

R = Reader


def named(name: str) -> Operation:
    return next(operation for operation in operations() if f"{operation.method} {operation.path}" == name)


def looked(asking: Asking, name: str, reader: Reader, whose: Whose = Whose.OWN) -> Walk:
    """One step of the walk."""
    result = Walk()
    look(result, asking, named(name), reader, whose)
    return result


def test_an_address_left_out_of_the_table_is_found() -> None:
    def new_page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    known = {operation.path for operation in operations()}
    sown = {route.path for route in routes([path("leitstelle/neu-gebaut/", new_page)])}

    assert unknown(known | sown) == ["leitstelle/neu-gebaut/"]
    assert unknown(known - {"team/"}) == ["team/ (no longer there)"]


def test_a_field_that_a_serializer_lets_out_is_found(asking: Asking) -> None:
    """The street in an offer, before anybody is confirmed."""

    def leaking(self: OfferShown) -> dict[str, Any]:
        fields = serializers.Serializer.get_fields(self)
        return {**fields, "street": serializers.CharField(source="help_request.meeting_place.street")}

    def leaks(walked: Walk) -> list[str]:
        return [
            one
            for one in deviations(walked, asking)
            if one.startswith("asked: open_street") and "told at" in one
        ]

    name = "GET api/v1/offers/<uuid:id>"
    assert leaks(looked(asking, name, R.ASKED)) == []
    with patch.object(OfferShown, "get_fields", leaking):
        assert leaks(looked(asking, name, R.ASKED)) == [
            f"asked: open_street_of_place of own told at {name}",
        ]


def test_a_view_that_loses_its_scope_is_found(asking: Asking) -> None:
    everything: Callable[..., Any] = lambda self, user: self  # noqa: E731

    for name, reader, whose in (
        ("GET api/v1/help-requests/<uuid:id>", R.REQUESTER, Whose.FOREIGN),
        ("GET api/v1/help-requests/<uuid:id>", R.REQUESTER, Whose.OFFICE),
        ("GET anfragen/<uuid:help_request_id>/", R.HELP_SEEKER, Whose.FOREIGN),
    ):
        assert looked(asking, name, reader, whose).deviations == []
        with patch.object(HelpRequestQuerySet, "visible_to", everything):
            (deviation,) = looked(asking, name, reader, whose).deviations
        assert "200" in deviation and "instead of absent" in deviation


def test_a_gate_that_opens_too_wide_is_found(asking: Asking) -> None:
    name = "GET leitstelle/einstellungen/mitglieder/"
    assert looked(asking, name, R.AUDITOR).deviations == []
    with patch.dict(PASSES, {Gate.ADMIN: lambda user: True}):
        (deviation,) = looked(asking, name, R.AUDITOR).deviations
    assert "instead of forbidden" in deviation
