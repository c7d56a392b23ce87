"""How is a request filed, by whom, and what is refused at once?"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from backend.dispatch.commands.help_requests import Confidential, Need, file_help_request
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.models import ConfidentialDetails, HelpRequest
from backend.dispatch.states import HelpRequestStatus
from backend.errors import NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.keys import uuid7
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW, at

SLOT = (at(10, 10), at(10, 11))


def file(cast: Cast, *, by: Any = None, **need: Any) -> HelpRequest:
    return make.a_help_request(cast.samir, by or cast.rita, **need)


def test_it_is_open_at_once(cast: Cast) -> None:
    later = (at(12, 10), at(12, 11))
    help_request = file(cast, slots=[later, SLOT], gender_wish="f", required_level=4)

    assert (help_request.status, help_request.opened_at) == (HelpRequestStatus.OPEN, NOW)
    assert (help_request.office, help_request.organisation) == (cast.osnabrueck, cast.school)
    assert (help_request.help_seeker, help_request.requested_by) == (cast.samir, cast.rita)
    assert (help_request.languages, help_request.required_level) == (["kmr"], 4)
    assert [slot.starts_at for slot in help_request.slots.all()] == [SLOT[0], later[0]]
    assert help_request.reference.startswith("26-")
    event = recorded(EventKind.HELP_REQUEST_FILED, help_request)
    assert (event.actor_id, event.office_id, event.facts) == (cast.rita.pk, cast.osnabrueck.pk, {})
    assert event.timeline_id == help_request.pk


def test_what_is_confidential_lies_in_the_vault(cast: Cast) -> None:
    help_request = file(cast, confidential=Confidential("Raum 12", "Frau Beispiel", "Bitte klingeln"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT meeting_point, contact_on_site, note FROM dispatch_confidentialdetails")
        stored = cursor.fetchone()
    assert all(value.startswith("v1:") for value in stored)
    details = ConfidentialDetails.objects.get(help_request=help_request)
    assert (details.meeting_point, details.contact_on_site) == ("Raum 12", "Frau Beispiel")


def test_languages_and_gender_wish_come_from_the_person_unless_given(cast: Cast) -> None:
    samir = make.a_help_seeker(cast.rita, languages=["ar", "kmr"], gender_wish="f") if cast.school else None
    assert samir is not None
    as_registered = make.a_help_request(samir, cast.rita)
    assert (as_registered.languages, as_registered.gender_wish) == (["ar", "kmr"], "f")
    given = make.a_help_request(samir, cast.rita, languages=["KMR", "tr", "kmr"], gender_wish="")
    assert (given.languages, given.gender_wish) == (["kmr", "tr"], "")


def test_a_remote_talk_needs_no_place(cast: Cast) -> None:
    help_request = file_help_request(
        help_seeker_id=cast.samir.pk,
        need=Need(topic="health", slots=[SLOT], setting="phone"),
        where=None,
        by=cast.rita,
        now=NOW,
    )
    assert (help_request.meeting_place, help_request.remote) == (None, True)


def test_on_site_needs_one(cast: Cast) -> None:
    with refused(RuleViolated, "meeting_place_missing", field="postcode"):
        file_help_request(
            help_seeker_id=cast.samir.pk,
            need=Need(topic="health", slots=[SLOT]),
            where=None,
            by=cast.rita,
            now=NOW,
        )


def test_the_meeting_place_keeps_its_street(cast: Cast) -> None:
    place = file_help_request(
        help_seeker_id=cast.samir.pk,
        need=Need(topic="school", slots=[SLOT]),
        where=MeetingPlace(postcode="49074", street="Markt 1", public=True),
        by=cast.rita,
        now=NOW,
    ).meeting_place
    assert place is not None
    assert (place.street, place.postcode, place.private) == ("Markt 1", "49074", False)


def on(day: int, hour: int, minutes: int = 60) -> tuple[datetime, datetime]:
    return (at(day, hour), at(day, hour) + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("slots", "code"),
    [
        ([], "slot_count"),
        ([on(10 + n, 9) for n in range(4)], "slot_count"),
        ([SLOT, SLOT], "slot_twice"),
        ([(SLOT[1], SLOT[0])], "time_order"),
        ([(SLOT[0], SLOT[0])], "time_order"),
        ([on(10, 8, 4)], "slot_too_short"),
        ([on(10, 8, 8 * 60 + 1)], "slot_too_long"),
        ([on(2, 9)], "slot_in_past"),
        ([on(10, 23, 61)], "slot_crosses_midnight"),
        ([on(10, 23, 60)], "slot_crosses_midnight"),
        ([on(6, 20)], "lead_time_too_short"),
        ([SLOT, on(6, 9)], "lead_time_too_short"),
    ],
)
def test_dates_that_cannot_be(cast: Cast, slots: list[tuple[datetime, datetime]], code: str) -> None:
    with refused(RuleViolated, code, field="slots"):
        file_help_request(
            help_seeker_id=cast.samir.pk,
            need=Need(topic="school", slots=slots),
            where=MeetingPlace(postcode="49074"),
            by=cast.rita,
            now=NOW,
        )
    assert not HelpRequest.objects.exists()


def test_the_lead_time_is_counted_in_days_of_the_office(cast: Cast) -> None:
    first = (at(7, 8), at(7, 9))
    file(cast, slots=[first])
    shortly_after_midnight = at(3, 0, 30)  # still the 2nd in UTC
    with refused(RuleViolated, "lead_time_too_short", days=5, earliest="2026-11-08"):
        file(cast, slots=[first], now=shortly_after_midnight)


def test_an_urgent_request_may_come_late(cast: Cast) -> None:
    assert file(cast, slots=[on(2, 12)], urgent=True).urgent
    with refused(RuleViolated, "slot_in_past"):
        file(cast, slots=[on(2, 9)], urgent=True)


@pytest.mark.parametrize(
    ("need", "code"),
    [
        ({"languages": ["xx"]}, "language_unknown"),
        ({"required_level": 0}, "level_out_of_range"),
        ({"required_level": 7}, "level_out_of_range"),
        ({"seats": 0}, "seat_count"),
        ({"seats": 6}, "seat_count"),
    ],
)
def test_needs_that_cannot_be(cast: Cast, need: dict[str, Any], code: str) -> None:
    with refused(RuleViolated, code):
        file(cast, **need)


def test_for_nobody(cast: Cast) -> None:
    with refused(NotThere, "help_seeker_unknown"):
        file_help_request(
            help_seeker_id=uuid7(), need=Need(topic="school", slots=[SLOT]), where=None, by=cast.rita, now=NOW
        )


class TestWho:
    def test_the_office_enters_it_for_a_caller(self, cast: Cast) -> None:
        help_request = file(cast, by=cast.kaya)
        assert (help_request.requested_by, help_request.organisation) == (cast.kaya, cast.school)

    @pytest.mark.parametrize("name", ["otto", "frauke", "ana"])
    def test_to_strangers_the_person_is_not_there(self, cast: Cast, name: str) -> None:
        who = getattr(cast, name)
        with refused(NotThere, "help_seeker_unknown"):
            file(cast, by=getattr(who, "user", who))

    def test_oneself_where_the_office_allows_it(self, cast: Cast) -> None:
        samir = make.a_help_seeker(cast.kaya)
        samir.user = make.a_user("samir")
        samir.save()
        with refused(NotThere, "help_seeker_unknown"):
            make.a_help_request(samir, samir.user)
        cast.osnabrueck.accepts_self_registration = True
        cast.osnabrueck.save()
        help_request = make.a_help_request(samir, samir.user)
        assert (help_request.requested_by, help_request.organisation) == (samir.user, None)


def test_who_sees_a_request(cast: Cast) -> None:
    help_request = file(cast)
    seen = {
        name: HelpRequest.objects.visible_to(getattr(cast, name)).filter(pk=help_request.pk).exists()
        for name in ("kaya", "rita", "otto", "frauke")
    }
    assert seen == {"kaya": True, "rita": True, "otto": False, "frauke": False}
    assert not HelpRequest.objects.visible_to(cast.ana.user).exists()
