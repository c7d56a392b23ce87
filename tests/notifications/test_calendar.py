"""The calendar entry, read back as a mail program would."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from icalendar import Calendar

from backend.dispatch.codes import NotDoneReason, Setting
from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment, report_activity
from backend.dispatch.commands.help_requests import Need, file_help_request
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.models import Assignment, HelpRequest
from notifications.calendar import feed
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.notifications.conftest import Posted, PostOffice

BERLIN = ZoneInfo("Europe/Berlin")


def filed(cast: Cast, where: MeetingPlace | None, **need: Any) -> HelpRequest:
    return file_help_request(
        help_seeker_id=cast.samir.pk,
        need=Need(**{"topic": "school", "slots": [(at(10, 10), at(10, 11))], **need}),
        where=where,
        by=cast.rita,
        now=NOW,
    )


def entry_in(posted: Posted) -> tuple[Calendar, Any]:
    """The calendar and its one event."""
    (part,) = posted.message.attachments
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    assert part.get_param("method") == str(calendar["METHOD"])
    return calendar, event


def confirmed(
    cast: Cast, post: PostOffice, help_request: HelpRequest
) -> tuple[Assignment, dict[str, Posted]]:
    assignment = make.an_assignment(help_request, cast.ana, cast.kaya)
    return assignment, post.deliver_by_template()


def test_both_sides_get_the_same_entry(cast: Cast, post: PostOffice) -> None:
    school = MeetingPlace(street="Domhof 1", postcode="49074", public=True)
    assignment, told = confirmed(cast, post, filed(cast, school))

    for template, reader in (("confirmed_to_pilot", "ana"), ("confirmed_to_asking_side", "rita")):
        calendar, event = entry_in(told[template])
        assert calendar["METHOD"] == "REQUEST"
        assert event["UID"].startswith(str(assignment.pk))
        assert event["SEQUENCE"] == 0
        assert event.start == datetime(2026, 11, 10, 10, tzinfo=BERLIN)
        assert event.end == datetime(2026, 11, 10, 11, tzinfo=BERLIN)
        assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
        assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
        assert event["DTSTAMP"].dt == NOW
        assert event["LOCATION"] == "Domhof 1, 49074 Osnabrück"
        assert event["ATTENDEE"] == f"mailto:{reader}@{reader}.example"
        assert event["ATTENDEE"].params["RSVP"] == "FALSE"
        assert event["ORGANIZER"] == "mailto:office@osnabrueck.example"
        assert event["STATUS"] == "CONFIRMED"
        assert "DESCRIPTION" not in event
        assert assignment.help_request.reference in event["SUMMARY"]


def test_a_private_home_stands_nowhere(cast: Cast, post: PostOffice) -> None:
    help_request = filed(cast, MeetingPlace(postcode="49076", street="Rosenweg 3"))
    (offer,) = make.offers_to(help_request, [cast.ana], cast.kaya)
    told = post.deliver_by_template()
    make.accepted(offer)
    confirm_assignment(help_request_id=help_request.pk, offer_id=offer.pk, by=cast.kaya, now=NOW)
    told |= post.deliver_by_template()
    for template in ("request_received", "offer_made", "confirmed_to_pilot", "confirmed_to_asking_side"):
        assert "49076" not in told[template].everything
        assert "Rosenweg" not in told[template].everything
        assert "Osnabrück" in str(told[template].message.body)
    _, event = entry_in(told["confirmed_to_pilot"])
    assert "LOCATION" not in event


def test_a_remote_session_has_no_address(cast: Cast, post: PostOffice) -> None:
    _, told = confirmed(cast, post, filed(cast, None, setting="video"))
    _, event = entry_in(told["confirmed_to_pilot"])
    assert "49074" not in str(event.get("LOCATION", ""))
    with translation.override("de"):
        assert str(Setting.VIDEO.label) in str(told["confirmed_to_pilot"].message.body)


def test_a_cancellation_takes_the_entry_out(cast: Cast, post: PostOffice) -> None:
    assignment, told = confirmed(cast, post, filed(cast, MeetingPlace(postcode="49074")))
    _, before = entry_in(told["confirmed_to_pilot"])
    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)
    told = post.deliver_by_template()

    for template in ("cancelled_to_pilot", "cancelled_to_asking_side"):
        calendar, event = entry_in(told[template])
        assert calendar["METHOD"] == "CANCEL"
        assert event["STATUS"] == "CANCELLED"
        assert event["UID"] == before["UID"]
        assert event["SEQUENCE"] == 1 > before["SEQUENCE"]


def test_an_entry_over_the_night_of_the_clock_change(cast: Cast, post: PostOffice) -> None:
    """At 10:00 by the wall before and after 28 March 2027: the entry names the wall's zone, not an offset."""
    slots = [(at(29, 10, month=3, year=2027), at(29, 11, month=3, year=2027))]
    help_request = make.a_help_request(cast.samir, cast.rita, slots=slots)
    _, told = confirmed(cast, post, help_request)
    _, event = entry_in(told["confirmed_to_pilot"])
    assert event["DTSTART"].to_ical() == b"20270329T100000"
    assert event.start.utcoffset().total_seconds() == 7200


# --- the calendar that programs subscribe to


def events_of(user: Any) -> list[Any]:
    """What a calendar program reads."""
    return list(Calendar.from_ical(feed(user, now=NOW)).walk("VEVENT"))


def test_the_feed_has_the_entry_that_was_mailed(cast: Cast, post: PostOffice) -> None:
    school = MeetingPlace(street="Domhof 1", postcode="49074", public=True)
    _assignment, told = confirmed(cast, post, filed(cast, school))
    _, mailed = entry_in(told["confirmed_to_pilot"])
    (subscribed,) = events_of(cast.ana.user)

    for name in ("UID", "SEQUENCE", "SUMMARY", "LOCATION", "STATUS"):
        assert subscribed[name] == mailed[name]
    assert (subscribed.start, subscribed.end) == (mailed.start, mailed.end)
    assert subscribed["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert "ATTENDEE" not in subscribed
    assert b"BEGIN:VTIMEZONE" in feed(cast.ana.user, now=NOW)


def test_the_feed_is_empty_and_sound_without_appointments(cast: Cast) -> None:
    assert events_of(cast.ana.user) == []
    assert Calendar.from_ical(feed(cast.ana.user, now=NOW))["VERSION"] == "2.0"


def test_a_cancelled_appointment_is_in_the_feed_as_such(cast: Cast, post: PostOffice) -> None:
    school = MeetingPlace(street="Domhof 1", postcode="49074", public=True)
    assignment, _told = confirmed(cast, post, filed(cast, school))
    before = feed(cast.ana.user, now=NOW)
    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)

    (event,) = events_of(cast.ana.user)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert before != feed(cast.ana.user, now=NOW)


def test_the_place_is_hidden_when_it_is_cancelled_or_a_day_after(cast: Cast, post: PostOffice) -> None:
    school = MeetingPlace(street="Domhof 1", postcode="49074", public=True)
    assignment, _told = confirmed(cast, post, filed(cast, school))
    later = assignment.ends_at + timedelta(hours=25)
    assert b"Domhof" in feed(cast.ana.user, now=later - timedelta(hours=1))
    assert b"Domhof" not in feed(cast.ana.user, now=later)
    assert b"Domhof" in feed(cast.kaya, now=later)

    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)
    assert b"Domhof" not in feed(cast.ana.user, now=NOW)
    _, event = entry_in(post.deliver_by_template()["cancelled_to_pilot"])
    assert "LOCATION" not in event


def test_a_missed_appointment_does_not_stand_as_confirmed(cast: Cast) -> None:
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    report_activity(
        assignment_id=assignment.pk,
        done=False,
        not_done_reason=NotDoneReason.PILOT_ABSENT,
        minutes=None,
        km=None,
        by=cast.kaya,
        now=assignment.ends_at,
    )
    (event,) = events_of(cast.ana.user)
    assert event["STATUS"] == "CANCELLED"


def test_the_feed_is_the_same_until_something_changes(cast: Cast, post: PostOffice) -> None:
    confirmed(cast, post, filed(cast, MeetingPlace(street="Domhof 1", postcode="49074", public=True)))

    assert feed(cast.ana.user, now=NOW) == feed(cast.ana.user, now=NOW + timedelta(hours=5))


def test_a_private_home_is_never_in_the_feed(cast: Cast, post: PostOffice) -> None:
    home = MeetingPlace(street="Privatweg 3", postcode="49074", public=False)
    confirmed(cast, post, filed(cast, home))
    text = feed(cast.ana.user, now=NOW).decode() + feed(cast.kaya, now=NOW).decode()

    assert "LOCATION" not in text
    for word in ("Privatweg", "49074", "SCH-7", "Ana"):
        assert word not in text


def test_coordinators_read_their_own_office_alone(cast: Cast, post: PostOffice) -> None:
    confirmed(cast, post, filed(cast, MeetingPlace(street="Domhof 1", postcode="49074", public=True)))

    assert len(events_of(cast.kaya)) == 1
    assert events_of(cast.frauke) == []
    assert events_of(cast.ben.user) == []
