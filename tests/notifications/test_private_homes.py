"""A meeting at somebody's home: who gets to know the street, whichever way the request came in?"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from backend.accounts.commands import SCOPES, issue_api_token
from backend.accounts.models import Organisation, User
from backend.dispatch.commands.help_requests import Need, file_help_request
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.models import Assignment, HelpRequest
from backend.journal.models import Event
from backend.people.commands.help_seekers import register_oneself
from backend.people.models import HelpSeeker, Place
from backend.people.profile import PersonalData
from geo.locating import locate
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.geo.geocoding_server import Answer, GeocodingServer, running
from tests.notifications.conftest import Posted, PostOffice
from tests.web.asking import ask

STREET, POSTCODE = "Geheimer Weg", "49076"
HOME = MeetingPlace(street=f"{STREET} 7", postcode=POSTCODE)
LINE = f"{HOME.street}, {POSTCODE} Osnabrück"
ON_A_PAGE = {
    "language": "kmr", "required_level": "3", "topic": "school", "service_kind": "interpret", "setting": "on_site",
    "address": LINE, "day_1": "2026-11-10", "start_1": "10:00", "minutes_1": "60", "minutes_2": "60",
    "minutes_3": "60", "meeting_point": "2. Stock",
}  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    standing = Clock()
    monkeypatch.setattr("django.utils.timezone.now", standing)
    return standing


@pytest.fixture(autouse=True)
def geocoder(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[GeocodingServer]:
    """A geocoder that is asked in earnest, knows no street and remembers all it was asked."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with running() as server:
        server.answers = [Answer([])]
        settings.GEOCODER, settings.GEOCODER_URL = "nominatim", server.url
        settings.GEOCODER_MIN_INTERVAL_SECONDS = 0
        settings.OUTBOUND_INSIDE = ["127.0.0.1"]
        yield server


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def samir_alone(cast: Cast) -> User:
    cast.osnabrueck.accepts_self_registration = True
    cast.osnabrueck.save()
    user = register_oneself(
        email="samir@privat.example",
        language="de",
        person=PersonalData(name="Samir", phone="+4954199999"),
        languages=["kmr"],
        home=locate(private=True, postcode=POSTCODE),
        needs=["school"],
        gender_wish="",
        data_protection=True,
        by=None,
        now=NOW,
    ).user
    assert user
    return user


def by_command(cast: Cast, where: MeetingPlace = HOME, *, by: User | None = None) -> None:
    file_help_request(
        help_seeker_id=HelpSeeker.objects.get(user=by).pk if by else cast.samir.pk,
        need=Need(topic="school", slots=[(at(10, 10), at(10, 11))]),
        where=where,
        by=by or cast.rita,
        now=NOW,
    )


def by_command_for_oneself(cast: Cast) -> None:
    by_command(cast, by=samir_alone(cast))


def by_api(cast: Cast, **place: Any) -> None:
    token = issue_api_token(name="test", scopes=SCOPES, days=30, by=cast.rita, now=NOW)
    answer = Client().post(
        "/api/v1/help-requests",
        {
            "help_seeker_id": str(cast.samir.pk),
            "topic": "school",
            "slots": [{"starts_at": at(10, 10).isoformat(), "ends_at": at(10, 11).isoformat()}],
            "meeting_place": {"postcode": POSTCODE, "place": "Osnabrück", "street": HOME.street, **place},
            "meeting_point": "2. Stock",
        },
        content_type="application/json",
        headers={"authorization": f"Bearer {token.secret}"},
    )
    assert answer.status_code == 201, answer.content


def by_page(cast: Cast, **typed: str) -> None:
    sent = {**ON_A_PAGE, "case_key": cast.samir.case_key, **typed}
    assert ask(signed_in(cast.rita), sent).redirect_chain


def by_page_for_oneself(cast: Cast) -> None:
    assert ask(signed_in(samir_alone(cast)), ON_A_PAGE).redirect_chain


def by_office_for_a_caller(cast: Cast) -> None:
    sent = {**ON_A_PAGE, "case_key": "T-1", "home_postcode": POSTCODE, "consent": "on", "organisation": ""}
    assert signed_in(cast.kaya).post(reverse("web:request_for_caller"), sent).status_code == 302


DOORS = [by_command, by_command_for_oneself, by_api, by_page, by_page_for_oneself, by_office_for_a_caller]


def whole_story(cast: Cast, post: PostOffice) -> tuple[Assignment, list[Posted]]:
    """Asked, accepted, confirmed, reminded of and cancelled: the assignment, and all that was posted."""
    posted = post.deliver()
    help_request = HelpRequest.objects.get()
    (offer,) = make.offers_to(help_request, [cast.ana], cast.kaya)
    posted += post.deliver()
    assert STREET not in read(cast.ana.user, "web:offer", offer.pk)
    assignment = make.confirm(make.accepted(offer, now=NOW), cast.kaya)
    posted += post.deliver() + post.deliver(NOW + timedelta(days=7))
    return assignment, posted


def read(user: User, name: str, pk: Any) -> str:
    page = signed_in(user).get(reverse(name, args=[pk]))
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize("file", DOORS)
def test_where_nobody_said_so_it_is_a_home(
    cast: Cast, post: PostOffice, clock: Clock, geocoder: GeocodingServer, file: Callable[[Cast], None]
) -> None:
    file(cast)
    assignment, posted = whole_story(cast, post)

    place = HelpRequest.objects.get().meeting_place
    assert place and (place.private, place.street, place.precision) == (True, "", "POSTCODE")
    assert not Place.objects.exclude(street="").exists()
    assert not [asked for asked in geocoder.asked if STREET in str(asked)]
    assert not [event for event in Event.objects.all() if STREET in str(event.facts)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT meeting_point FROM dispatch_confidentialdetails")
        assert STREET not in cursor.fetchone()[0]

    assert sum(len(message.message.attachments) for message in posted) >= 2
    assert not [message.template for message in posted if STREET in message.everything]
    assert not [message.template for message in posted if POSTCODE in message.everything]

    # The confirmed pilot reads it on the page, until a day after the appointment.
    assert HOME.street in read(cast.ana.user, "web:assignment", assignment.pk)
    clock.now = at(11, 12)
    assert STREET not in read(cast.ana.user, "web:assignment", assignment.pk)


def test_what_was_typed_as_the_meeting_point_stands_behind_the_street(cast: Cast) -> None:
    by_page(cast)
    assert HelpRequest.objects.get().confidential.meeting_point == f"{HOME.street}, 2. Stock"


def test_nothing_that_was_typed_of_a_home_is_lost(cast: Cast) -> None:
    by_command(cast, MeetingPlace(postcode=POSTCODE, place="Eversburg", street="Am Weg 1", public=False))
    filed = HelpRequest.objects.get()
    assert filed.confidential.meeting_point == "Am Weg 1, Eversburg"
    assert filed.meeting_place and filed.meeting_place.place == "Osnabrück"


@pytest.mark.parametrize(
    "file",
    [
        lambda cast: by_command(cast, MeetingPlace(street=HOME.street, postcode=POSTCODE, public=True)),
        lambda cast: by_api(cast, public=True),
        lambda cast: by_page(cast, public="on"),
    ],
    ids=["command", "api", "page"],
)
def test_a_place_declared_public_is_looked_up_and_sent(
    cast: Cast, post: PostOffice, geocoder: GeocodingServer, file: Callable[[Cast], None]
) -> None:
    file(cast)
    _, posted = whole_story(cast, post)
    assert [asked for asked in geocoder.asked if STREET in str(asked)]
    told = {message.template for message in posted if STREET in message.everything}
    assert {"confirmed_to_pilot", "confirmed_to_asking_side"} <= told


@pytest.mark.parametrize(
    ("where", "public"),
    [
        (MeetingPlace(postcode="49074"), True),
        (MeetingPlace(place="Melle"), True),
        (MeetingPlace(postcode="49074", street="Lotter Str. 7"), True),
        (MeetingPlace(place="osnabrück", street="lotter strasse  7"), True),
        (MeetingPlace(postcode="49074", street="Lotter Straße 71"), False),
        (MeetingPlace(postcode="49076", street="Lotter Straße 7"), False),
        (MeetingPlace(lat=52.2738, lon=8.0521), False),
        (MeetingPlace(postcode="49074", street="Lotter Str. 7", public=False), False),
        (MeetingPlace(postcode="49074", public=False), False),
    ],
    ids=str,
)
def test_the_organisation_s_own_address_is_public(cast: Cast, where: MeetingPlace, public: bool) -> None:
    Organisation.objects.filter(pk=cast.school.pk).update(street="Lotter Straße 7")
    by_command(cast, where)
    place = HelpRequest.objects.get().meeting_place
    assert place and (place.private, bool(place.street)) == (not public, public and bool(where.street))


def test_the_point_of_a_home_is_kept_as_a_cell(cast: Cast) -> None:
    by_api(cast, lat=52.2867, lon=8.0130)
    place = HelpRequest.objects.get().meeting_place
    assert place and (place.precision, place.street) == ("CELL", "")
