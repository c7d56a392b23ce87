"""A request is changed: who had been asked or confirmed hears that it no longer holds."""

from datetime import datetime

import pytest

from backend.accounts.models import User
from backend.dispatch.client_card import card_token
from backend.dispatch.commands.changes import change_help_request
from backend.dispatch.commands.help_requests import Confidential, Need
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.models import HelpRequest
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.notifications.conftest import PostOffice

TEN = at(10, 10)


@pytest.fixture
def help_request(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita)


def change(
    help_request: HelpRequest,
    cast: Cast,
    *,
    starts_at: datetime = TEN,
    meeting_point: str = "Haupteingang",
    by: User | None = None,
) -> None:
    change_help_request(
        help_request_id=help_request.pk,
        need=Need(topic="school", slots=[(starts_at, starts_at.replace(hour=11))], languages=["kmr"]),
        where=MeetingPlace(postcode="49074", public=True),
        confidential=Confidential(meeting_point=meeting_point, contact_on_site="Frau Beispiel"),
        by=by or cast.rita,
        now=NOW,
    )


def test_who_was_asked_hears_that_it_no_longer_holds(
    cast: Cast, post: PostOffice, help_request: HelpRequest
) -> None:
    make.offers_to(help_request, [cast.ana], cast.kaya)
    post.deliver()
    change(help_request, cast, starts_at=at(17, 10))
    told = post.deliver_by_template()
    assert "Er wurde geändert" in told["offer_retracted"].everything
    assert "10. November" in told["offer_retracted"].everything
    assert told["request_changed"].to == "kaya@kaya.example"
    assert "17. November" in told["request_changed"].everything


def test_who_was_confirmed_is_told_at_once_and_so_is_the_asking_side(
    cast: Cast, post: PostOffice, help_request: HelpRequest
) -> None:
    make.an_assignment(help_request, cast.ana, cast.kaya)
    post.deliver()
    change(help_request, cast, starts_at=at(17, 10))
    told = post.deliver_by_template()
    assert "machen Sie sich nicht auf den Weg" in told["cancelled_to_pilot"].everything
    assert "Die Anfrage wurde geändert" in told["cancelled_to_asking_side"].everything


def test_a_new_meeting_point_is_told_to_who_comes(
    cast: Cast, post: PostOffice, help_request: HelpRequest
) -> None:
    make.an_assignment(help_request, cast.ana, cast.kaya)
    post.deliver()
    change(help_request, cast, meeting_point="Seiteneingang")
    told = post.deliver_by_template()
    assert told["details_changed"].to == "ana@ana.example"
    assert "Seiteneingang" not in told["details_changed"].everything
    assert "Alles Vereinbarte gilt weiter" in told["request_changed"].everything


def test_what_the_office_changes_is_told_to_who_asked(
    cast: Cast, post: PostOffice, help_request: HelpRequest
) -> None:
    post.deliver()
    change(help_request, cast, starts_at=at(17, 10), by=cast.kaya)
    told = post.deliver_by_template()
    assert told["request_changed"].to == "rita@rita.example"
    assert f"/anfragen/{help_request.pk}/" in told["request_changed"].everything
    assert "/leitstelle/" not in told["request_changed"].everything
    assert "Bitte fragen Sie" not in told["request_changed"].everything


def test_a_cancelled_appointment_says_so_once(
    cast: Cast, post: PostOffice, help_request: HelpRequest
) -> None:
    make.an_assignment(help_request, cast.ana, cast.kaya)
    post.deliver()
    change(help_request, cast, starts_at=at(17, 10), by=cast.kaya)
    told = post.deliver_by_template()
    assert "cancelled_to_asking_side" in told
    assert "request_changed" not in told


def test_the_confirmation_brings_the_card(cast: Cast, post: PostOffice, help_request: HelpRequest) -> None:
    assignment = make.an_assignment(help_request, cast.ana, cast.kaya)
    told = post.deliver_by_template()
    assert f"/karte/{card_token(assignment)}/" in told["confirmed_to_asking_side"].everything
    assert "/karte/" not in told["confirmed_to_pilot"].everything
