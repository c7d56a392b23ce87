"""How does an applicant become active, pause, come back, and what must be true for it?"""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from backend.errors import NotPermitted, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.keys import uuid7
from backend.people.commands.consents import confirm_consents
from backend.people.commands.pilots import (
    activate_pilot,
    end_pause,
    pause_pilot,
    record_background_check,
    record_qualification,
    resume_pilot,
)
from backend.people.models import BackgroundCheck, Consent, Pilot
from backend.people.states import PILOT_TRANSITIONS, PilotStatus
from backend.people.tasks import end_pauses
from tests import factories as make
from tests.asserting import database_refuses, recorded, refused
from tests.conftest import Cast
from tests.factories import NOW

TODAY = NOW.date()


@pytest.fixture
def applicant(cast: Cast) -> Pilot:
    return make.a_pilot("petra", cast.kaya, active=False)


def course(pilot: Pilot, cast: Cast, hours: int = 50, kind: str = "basic_course") -> None:
    record_qualification(
        pilot_id=pilot.pk, kind=kind, hours=hours, issuer="VHS", issued_date=TODAY, by=cast.kaya, now=NOW
    )


def statuses(pilot: Pilot) -> list[str]:
    events = Event.objects.timeline_of(pilot.pk).filter(kind=EventKind.PILOT_STATUS_CHANGED)
    return [event.facts["status"] for event in events]


class TestActivation:
    def test_after_course_and_pledge(self, cast: Cast, applicant: Pilot) -> None:
        course(applicant, cast)
        confirm_consents(by=applicant.user, now=NOW)
        pilot = activate_pilot(pilot_id=applicant.pk, by=cast.kaya, now=NOW)
        assert (pilot.status, pilot.active_at) == (PilotStatus.ACTIVE, NOW)
        event = recorded(EventKind.PILOT_STATUS_CHANGED, pilot)
        assert (event.facts, event.actor_id) == ({"status": "ACTIVE"}, cast.kaya.pk)

    def test_a_first_course_begins_the_training(self, cast: Cast, applicant: Pilot) -> None:
        course(applicant, cast, 20)
        applicant.refresh_from_db()
        assert applicant.status == PilotStatus.IN_TRAINING
        event = recorded(EventKind.QUALIFICATION_RECORDED, applicant)
        assert event.facts == {"kind": "basic_course"}

    def test_hours_add_up_to_what_the_office_asks(self, cast: Cast, applicant: Pilot) -> None:
        confirm_consents(by=applicant.user, now=NOW)
        course(applicant, cast, 30)
        course(applicant, cast, 60, kind="follow_up")
        with refused(RuleViolated, "pilot_not_ready", missing=["basic_course"], course_hours=50):
            activate_pilot(pilot_id=applicant.pk, by=cast.kaya, now=NOW)
        course(applicant, cast, 20)
        assert activate_pilot(pilot_id=applicant.pk, by=cast.kaya, now=NOW).status == PilotStatus.ACTIVE

    def test_a_pledge_from_an_unproven_address_does_not_count(self, cast: Cast, applicant: Pilot) -> None:
        course(applicant, cast)
        with refused(RuleViolated, "pilot_not_ready", missing=["confidentiality_pledge"]):
            activate_pilot(pilot_id=applicant.pk, by=cast.kaya, now=NOW)

    def test_the_office_answers_for_a_pledge_on_paper(self, cast: Cast, applicant: Pilot) -> None:
        course(applicant, cast)
        pilot = activate_pilot(pilot_id=applicant.pk, pledge_seen=True, by=cast.kaya, now=NOW)
        assert pilot.status == PilotStatus.ACTIVE
        confirmed = Consent.objects.filter(user=applicant.user).values_list(
            "kind", "confirmed_at", "confirmed_by"
        )
        assert set(confirmed) == {
            ("confidentiality", NOW, cast.kaya.pk),
            ("data_protection", None, None),
        }

    def test_a_refused_activation_attests_nothing(self, cast: Cast, applicant: Pilot) -> None:
        with refused(RuleViolated, "pilot_not_ready", missing=["basic_course"]):
            activate_pilot(pilot_id=applicant.pk, pledge_seen=True, by=cast.kaya, now=NOW)
        assert not Consent.objects.filter(user=applicant.user).exclude(confirmed_at=None).exists()

    def test_the_first_sign_in_confirms_and_later_ones_leave_it(self, cast: Cast, applicant: Pilot) -> None:
        for now in (NOW, NOW + timedelta(days=1)):
            confirm_consents(by=applicant.user, now=now)
        confirmed = Consent.objects.filter(user=applicant.user).values_list("confirmed_at", "confirmed_by")
        assert set(confirmed) == {(NOW, applicant.user_id)}

    def test_without_the_pledge(self, cast: Cast, applicant: Pilot) -> None:
        Consent.objects.filter(user=applicant.user, kind="confidentiality").update(withdrawn_at=NOW)
        with refused(RuleViolated, "pilot_not_ready", missing=["basic_course", "confidentiality_pledge"]):
            activate_pilot(pilot_id=applicant.pk, pledge_seen=True, by=cast.kaya, now=NOW)

    def test_twice(self, cast: Cast) -> None:
        with refused(RuleViolated, "transition_not_allowed", current="ACTIVE", wanted="ACTIVE"):
            activate_pilot(pilot_id=cast.ana.pk, by=cast.kaya, now=NOW)

    def test_of_nobody(self, cast: Cast) -> None:
        with refused(NotThere, "pilot_unknown"):
            activate_pilot(pilot_id=uuid7(), by=cast.kaya, now=NOW)


class TestTheDatabaseHolds:
    def activate(self, pilot: Pilot) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE people_pilot SET status = 'ACTIVE', active_at = now() WHERE id = %s", [pilot.pk]
            )

    def test_no_active_pilot_without_a_course(self, applicant: Pilot) -> None:
        with database_refuses("pilot_active_needs_qualification"):
            self.activate(applicant)

    def test_no_active_pilot_without_a_pledge(self, cast: Cast, applicant: Pilot) -> None:
        course(applicant, cast)
        Consent.objects.filter(user=applicant.user, kind="confidentiality").update(withdrawn_at=NOW)
        with database_refuses("pilot_active_needs_qualification"):
            self.activate(applicant)

    def test_with_both_it_may(self, cast: Cast, applicant: Pilot) -> None:
        course(applicant, cast)
        self.activate(applicant)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        applicant.refresh_from_db()
        assert applicant.status == PilotStatus.ACTIVE

    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ("status = 'SLEEPING'", "pilot_status"),
            ("active_at = NULL", "pilot_active_at"),
            ("status = 'LEFT'", "pilot_left_at"),
            ("reach_km = 0", "pilot_reach"),
            ("german_level = 7", "pilot_german_level"),
        ],
    )
    def test_states_and_limits(self, cast: Cast, change: str, constraint: str) -> None:
        with database_refuses(constraint), connection.cursor() as cursor:
            cursor.execute(f"UPDATE people_pilot SET {change} WHERE id = %s", [cast.ana.pk])


class TestPause:
    def test_by_the_pilot_until_a_day(self, cast: Cast) -> None:
        pilot = pause_pilot(pilot_id=cast.ana.pk, until=date(2026, 12, 1), by=cast.ana.user, now=NOW)
        assert (pilot.status, pilot.paused_until) == (PilotStatus.PAUSED, date(2026, 12, 1))
        assert statuses(pilot) == ["ACTIVE", "PAUSED"]

    @pytest.mark.parametrize("days", [0, -1])
    def test_not_until_today(self, cast: Cast, days: int) -> None:
        with refused(RuleViolated, "date_not_in_future", field="until"):
            pause_pilot(pilot_id=cast.ana.pk, until=TODAY + timedelta(days), by=cast.kaya, now=NOW)

    def test_today_is_the_offices_today(self, cast: Cast) -> None:
        midnight = make.at(4, 0, 30)
        with refused(RuleViolated, "date_not_in_future"):
            pause_pilot(pilot_id=cast.ana.pk, until=date(2026, 11, 4), by=cast.kaya, now=midnight)

    def test_an_applicant_has_nothing_to_pause(self, cast: Cast, applicant: Pilot) -> None:
        with refused(RuleViolated, "transition_not_allowed", current="APPLICANT", wanted="PAUSED"):
            pause_pilot(pilot_id=applicant.pk, until=None, by=applicant.user, now=NOW)

    def test_resumed_by_the_pilot(self, cast: Cast) -> None:
        pause_pilot(pilot_id=cast.ana.pk, until=None, by=cast.ana.user, now=NOW)
        pilot = resume_pilot(pilot_id=cast.ana.pk, by=cast.ana.user, now=NOW)
        assert (pilot.status, pilot.paused_until) == (PilotStatus.ACTIVE, None)

    def test_only_a_pause_is_resumed(self, cast: Cast, applicant: Pilot) -> None:
        for pilot in (cast.ana, applicant):
            with refused(RuleViolated, "pilot_not_paused"):
                resume_pilot(pilot_id=pilot.pk, by=pilot.user, now=NOW)

    def test_not_resumed_without_the_pledge(self, cast: Cast) -> None:
        pause_pilot(pilot_id=cast.ana.pk, until=None, by=cast.ana.user, now=NOW)
        Consent.objects.filter(user=cast.ana.user, kind="confidentiality").update(withdrawn_at=NOW)
        with refused(RuleViolated, "pilot_not_ready", missing=["confidentiality_pledge"]):
            resume_pilot(pilot_id=cast.ana.pk, by=cast.ana.user, now=NOW)

    def test_ends_by_the_calendar_on_its_day(self, cast: Cast) -> None:
        pause_pilot(pilot_id=cast.ana.pk, until=date(2026, 11, 4), by=cast.kaya, now=NOW)
        still = end_pause(pilot_id=cast.ana.pk, by=None, now=make.at(3, 23, 59))
        assert still.status == PilotStatus.PAUSED
        back = end_pause(pilot_id=cast.ana.pk, by=None, now=make.at(4, 0, 1))
        assert (back.status, back.paused_until) == (PilotStatus.ACTIVE, None)
        assert Event.objects.filter(kind=EventKind.PILOT_STATUS_CHANGED).latest("id").actor_id is None

    def test_the_clock_leaves_the_others_alone(self, cast: Cast) -> None:
        tomorrow = TODAY + timedelta(1)
        paused = make.a_pilot("paul", cast.kaya)
        pause_pilot(pilot_id=paused.pk, until=None, by=cast.kaya, now=NOW)
        unready = make.a_pilot("una", cast.kaya)
        pause_pilot(pilot_id=unready.pk, until=tomorrow, by=cast.kaya, now=NOW)
        Consent.objects.filter(user=unready.user).update(withdrawn_at=NOW)
        pause_pilot(pilot_id=cast.ana.pk, until=tomorrow, by=cast.kaya, now=NOW)
        Pilot.objects.filter(paused_until=tomorrow).update(paused_until=date(2020, 1, 1))

        end_pauses()

        assert set(Pilot.objects.values_list("pk", "status")) == {
            (paused.pk, "PAUSED"),
            (unready.pk, "PAUSED"),
            (cast.ana.pk, "ACTIVE"),
        }

    def test_one_that_breaks_leaves_the_others_alone(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for pilot in (cast.ana, cast.ben):
            pause_pilot(pilot_id=pilot.pk, until=TODAY + timedelta(1), by=cast.kaya, now=NOW)
        Pilot.objects.filter(paused_until__isnull=False).update(paused_until=date(2020, 1, 1))

        def break_on_ana(*, pilot_id: UUID, by: None, now: datetime) -> Pilot:
            if pilot_id == cast.ana.pk:
                raise ValueError(pilot_id)
            return end_pause(pilot_id=pilot_id, by=by, now=now)

        monkeypatch.setattr("backend.people.tasks.end_pause", break_on_ana)
        end_pauses()

        statuses_now = dict(Pilot.objects.values_list("pk", "status"))
        assert statuses_now == {cast.ana.pk: "PAUSED", cast.ben.pk: "ACTIVE"}


class TestPapers:
    @pytest.mark.parametrize(
        ("inspected", "valid_until"),
        [
            (date(2026, 1, 15), date(2029, 1, 15)),
            (date(2024, 2, 29), date(2027, 2, 28)),
        ],
    )
    def test_a_background_check_lasts_the_offices_years(
        self, cast: Cast, applicant: Pilot, inspected: date, valid_until: date
    ) -> None:
        check = record_background_check(
            pilot_id=applicant.pk, inspected_date=inspected, stands_in_the_way=False, by=cast.kaya, now=NOW
        )
        assert check.valid_until == valid_until
        event = recorded(EventKind.BACKGROUND_CHECK_RECORDED, applicant)
        assert event.facts == {}  # not even whether it stands in the way

    def test_nothing_comes_from_the_future(self, cast: Cast, applicant: Pilot) -> None:
        tomorrow = TODAY + timedelta(1)
        with refused(RuleViolated, "date_in_future", field="inspected_date"):
            record_background_check(
                pilot_id=applicant.pk, inspected_date=tomorrow, stands_in_the_way=False, by=cast.kaya, now=NOW
            )
        with refused(RuleViolated, "date_in_future", field="issued_date"):
            record_qualification(
                pilot_id=applicant.pk,
                kind="interview",
                hours=1,
                issuer="",
                issued_date=tomorrow,
                by=cast.kaya,
                now=NOW,
            )
        assert not BackgroundCheck.objects.exists()

    def test_shortly_after_midnight_today_is_not_the_future(self, cast: Cast, applicant: Pilot) -> None:
        check = record_background_check(
            pilot_id=applicant.pk,
            inspected_date=date(2026, 11, 4),
            stands_in_the_way=False,
            by=cast.kaya,
            now=make.at(4, 0, 30),
        )
        assert check.inspected_date == date(2026, 11, 4)


COMMANDS = {
    "record_qualification": lambda pilot, by: record_qualification(
        pilot_id=pilot.pk, kind="interview", hours=1, issuer="", issued_date=TODAY, by=by, now=NOW
    ),
    "record_background_check": lambda pilot, by: record_background_check(
        pilot_id=pilot.pk, inspected_date=TODAY, stands_in_the_way=False, by=by, now=NOW
    ),
    "activate_pilot": lambda pilot, by: activate_pilot(pilot_id=pilot.pk, by=by, now=NOW),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_papers_and_activation_are_the_offices(cast: Cast, applicant: Pilot, command: str) -> None:
    for by in (applicant.user, cast.ana.user, cast.rita, cast.otto, cast.frauke):
        with refused(NotPermitted, "not_permitted", permission="manage_pilots"):
            COMMANDS[command](applicant, by)


def test_every_state_has_its_way_out() -> None:
    assert set(PILOT_TRANSITIONS) == set(PilotStatus)
    assert {s for s, ways in PILOT_TRANSITIONS.items() if not ways} == {PilotStatus.ERASED}
