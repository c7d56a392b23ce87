"""How does an account become an application, and what holds it back?"""

from typing import Any

import pytest
from django.db import connection

from backend.accounts.models import Membership
from backend.accounts.roles import Role
from backend.errors import NotPermitted, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.codes import ProfileStep
from backend.people.commands.applications import Quiet, apply_as_pilot, say_how_to_reach
from backend.people.commands.availability import set_availability
from backend.people.commands.pilots import activate_pilot, change_profile, record_qualification
from backend.people.models import Consent, Pilot
from backend.people.policies import missing_for_activation, steps_left
from backend.people.profile import Skill
from geo.locating import locate
from notifications.rules import deliveries_for
from tests import factories as make
from tests.asserting import database_refuses, recorded, refused
from tests.conftest import Cast
from tests.factories import ALL_WEEK, NOW


def apply(**given: Any) -> Pilot:
    values: dict[str, Any] = {
        "email": "Nadia@Example.org",
        "language": "de",
        "name": "Nadia Muster",
        "home": locate(private=True, postcode="49074"),
        "data_protection": True,
        "by": None,
        "now": NOW,
    }
    return apply_as_pilot(**{**values, **given})


def reach(pilot: Pilot, **given: Any) -> Pilot:
    values: dict[str, Any] = {
        "pilot_id": pilot.pk,
        "name": "Nadia Muster",
        "phone": "+49541123456",
        "language": "en",
        "quiet": None,
        "pledges": True,
        "by": pilot.user,
        "now": NOW,
    }
    return say_how_to_reach(**{**values, **given})


def test_an_account_with_the_office_of_her_home(cast: Cast) -> None:
    pilot = apply()
    assert (pilot.office, pilot.status, pilot.display_code) == (cast.osnabrueck, "APPLICANT", "P-0001")
    assert steps_left(pilot) == list(ProfileStep)
    assert missing_for_activation(pilot) == [
        "languages",
        "travel",
        "times",
        "basic_course",
        "confidentiality_pledge",
    ]
    assert Membership.objects.get(user=pilot.user).role == Role.PILOT
    assert list(Consent.objects.values_list("kind", flat=True)) == ["data_protection"]
    recorded(EventKind.PILOT_REGISTERED, pilot)


def test_somebody_elses_address_changes_nothing(cast: Cast) -> None:
    assert apply(email=cast.kaya.email) is None
    assert apply(email=cast.ana.user.email) == cast.ana
    recorded(EventKind.REGISTERED_AGAIN, cast.kaya)
    assert Pilot.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"data_protection": False}, "consent_missing"),
        ({"name": "Gewinn: https://x.example"}, "name_not_plain"),
    ],
)
def test_refused(cast: Cast, given: dict[str, Any], code: str) -> None:
    with refused(RuleViolated, code):
        apply(**given)
    assert not Pilot.objects.exists()


def test_each_step_is_remembered(cast: Cast) -> None:
    pilot = apply()
    by = pilot.user
    change_profile(pilot_id=pilot.pk, skills=[Skill("kmr", 6, 6)], by=by, now=NOW)
    change_profile(pilot_id=pilot.pk, wishes=pilot.wishes, step=ProfileStep.TRAVEL, by=by, now=NOW)
    set_availability(pilot_id=pilot.pk, week=ALL_WEEK, by=by, now=NOW)
    pilot.refresh_from_db()
    assert steps_left(pilot) == [ProfileStep.TOPICS, ProfileStep.CONTACT]
    reach(pilot)
    pilot.refresh_from_db()
    assert steps_left(pilot) == [ProfileStep.TOPICS]
    assert missing_for_activation(pilot) == ["basic_course"]


def test_who_registers_at_once_has_said_all(cast: Cast) -> None:
    assert steps_left(make.a_pilot("cleo", cast.kaya, active=False)) == []


def test_not_active_before_the_needed_steps(cast: Cast) -> None:
    pilot = reach(apply())
    with refused(RuleViolated, "pilot_not_ready", missing=["languages", "travel", "times", "basic_course"]):
        activate_pilot(pilot_id=pilot.pk, pledge_seen=True, by=cast.kaya, now=NOW)


def test_the_database_wants_a_language_too(cast: Cast) -> None:
    cleo = make.a_pilot("cleo", cast.kaya, active=False)
    cleo.qualifications.create(kind="basic_course", hours=50, issued_date=NOW.date())
    cleo.skills.all().delete()
    with database_refuses("pilot_active_needs_qualification"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_pilot SET status = 'ACTIVE', active_at = now() WHERE id = %s", [cleo.pk]
        )


def test_how_to_reach_her(cast: Cast) -> None:
    pilot = reach(apply(), quiet=Quiet(20, 7))
    pilot.refresh_from_db()
    assert (pilot.identity.phone, pilot.user.language) == ("+49541123456", "en")
    assert (pilot.quiet_from_hour, pilot.quiet_until_hour) == (20, 7)
    assert recorded(EventKind.PILOT_PROFILE_CHANGED, pilot).facts == {"parts": ["person"]}
    reach(pilot, pledges=False)  # asked for once
    pilot.refresh_from_db()
    assert pilot.quiet_from_hour is None
    assert Consent.objects.filter(kind="confidentiality").count() == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"pledges": False}, "pledge_missing"),
        ({"language": "tlh"}, "reader_language_unknown"),
        ({"quiet": Quiet(24, 7)}, "rule_out_of_range"),
        ({"name": "Ana\nBcc: x"}, "name_not_plain"),
    ],
)
def test_how_to_reach_her_is_refused(cast: Cast, given: dict[str, Any], code: str) -> None:
    pilot = apply()
    with refused(RuleViolated, code):
        reach(pilot, **given)
    pilot.refresh_from_db()
    assert pilot.steps_done == []


def test_the_office_may_note_it_but_not_promise_for_her(cast: Cast) -> None:
    pilot = apply()
    reach(pilot, by=cast.kaya)
    assert not Consent.objects.filter(kind="confidentiality").exists()
    for stranger in (cast.frauke, cast.rita, cast.ana.user):
        with refused(NotPermitted, "not_permitted"):
            reach(pilot, by=stranger)


def test_the_last_step_completes_the_application(cast: Cast) -> None:
    pilot = apply()
    assert recorded(EventKind.PILOT_REGISTERED, pilot).facts == {"complete": False}
    by = pilot.user
    change_profile(pilot_id=pilot.pk, skills=[Skill("kmr", 6, 6)], wishes=pilot.wishes, by=by, now=NOW)
    reach(pilot)
    assert not Event.objects.filter(kind=EventKind.APPLICATION_COMPLETED).exists()
    for _ in range(2):
        set_availability(pilot_id=pilot.pk, week=ALL_WEEK, by=by, now=NOW)
    assert recorded(EventKind.APPLICATION_COMPLETED, pilot).actor_id == by.pk


def test_who_is_in_training_may_still_complete_it(cast: Cast) -> None:
    pilot = apply()
    record_qualification(
        pilot_id=pilot.pk,
        kind="basic_course",
        hours=50,
        issuer="VHS",
        issued_date=NOW.date(),
        by=cast.kaya,
        now=NOW,
    )
    change_profile(
        pilot_id=pilot.pk, skills=[Skill("kmr", 6, 6)], wishes=pilot.wishes, by=pilot.user, now=NOW
    )
    set_availability(pilot_id=pilot.pk, week=ALL_WEEK, by=pilot.user, now=NOW)
    reach(pilot)
    pilot.refresh_from_db()
    assert pilot.status == "IN_TRAINING"
    recorded(EventKind.APPLICATION_COMPLETED, pilot)
    assert activate_pilot(pilot_id=pilot.pk, by=cast.kaya, now=NOW).status == "ACTIVE"


def test_the_office_hears_of_whole_applications(cast: Cast) -> None:
    def told(kind: str, pilot: Pilot) -> list[tuple[str, Any]]:
        event = Event.objects.get(kind=kind, subject_id=pilot.pk)
        return [(delivery.template, delivery.recipient_id) for delivery in deliveries_for(event)]

    assert cast.kaya
    pilot, cleo = apply(), make.a_pilot("cleo", cast.kaya, active=False)
    assert told("PILOT_REGISTERED", pilot) == [("pilot_welcome", pilot.user_id)]
    assert ("new_applicant", cast.kaya.pk) in told("PILOT_REGISTERED", cleo)
    change_profile(
        pilot_id=pilot.pk, skills=[Skill("kmr", 6, 6)], wishes=pilot.wishes, by=pilot.user, now=NOW
    )
    reach(pilot)
    set_availability(pilot_id=pilot.pk, week=ALL_WEEK, by=pilot.user, now=NOW)
    assert told("APPLICATION_COMPLETED", pilot) == [("new_applicant", cast.kaya.pk)]
