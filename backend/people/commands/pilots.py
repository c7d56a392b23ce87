"""What changes a pilot: registration, profile, qualifications, lifecycle."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr

from backend.accounts.commands import registrant
from backend.accounts.models import Membership, Office, User
from backend.accounts.names import check_name
from backend.accounts.queries import office_for
from backend.accounts.roles import Role
from backend.errors import NotThere, RuleViolated
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.record import record
from backend.people import permissions, policies
from backend.people.codes import ConsentKind, ProfileStep
from backend.people.commands.availability import replace_week
from backend.people.commands.consents import note_consents
from backend.people.commands.places import home_from, home_values
from backend.people.commands.steps import take_steps
from backend.people.models import (
    BackgroundCheck,
    Identity,
    LanguageSkill,
    Pilot,
    PilotOffice,
    Qualification,
)
from backend.people.profile import PersonalData, Skill, WeeklySpan, Wishes, check_wishes, checked_skills
from backend.people.reach import write_reach
from backend.people.states import PilotStatus
from geo.locating import Located
from geo.postgis import to_point


@command
def register_pilot(
    *,
    email: str,
    language: str,
    person: PersonalData,
    home: Located,
    wishes: Wishes,
    skills: Sequence[Skill],
    week: Sequence[WeeklySpan],
    data_protection: bool,
    confidentiality: bool,
    by: User | None,
    now: datetime,
) -> Pilot | None:
    """Register a volunteer with the office that serves her home; she is an applicant until the office activates.

    An address with an account gets a mail that says so, and nothing changes: what its pilot is, if it has one, is
    returned as it was. Whoever is signed in with that address gets the role beside the others.
    """
    policies.check_consents(data_protection=data_protection, confidentiality=confidentiality)
    check_name(person.name)
    check_wishes(wishes)
    skills = checked_skills(skills)
    office = office_for(postcode=home.postcode, point=to_point(home.point))
    user = registrant(email, language=language, by=by, at=now)
    earlier = Pilot.objects.filter(user__email__iexact=email.strip()).first()
    if user is None or earlier is not None:
        return earlier

    pilot = new_pilot(user, office, person=person, home=home, wishes=wishes, at=now, steps=tuple(ProfileStep))
    note_consents(ConsentKind.DATA_PROTECTION, ConsentKind.CONFIDENTIALITY, of=user, by=by, at=now)
    _replace_skills(pilot, skills)
    replace_week(pilot, week)
    record(EventKind.PILOT_REGISTERED, subject=pilot, by=by, at=now)
    return pilot


@command
def change_profile(
    *,
    pilot_id: UUID,
    by: User,
    now: datetime,
    wishes: Wishes | None = None,
    wished: Mapping[str, Any] | None = None,
    skills: Sequence[Skill] | None = None,
    home: Located | None = None,
    person: PersonalData | None = None,
    step: ProfileStep | None = None,
) -> Pilot:
    """Change the parts that are given; matching sees the change at once. `step`: the one whose page said so.

    `wished` names single fields of the wishes; the others stay as they are once the row is locked.
    """
    pilot = lock_pilot(pilot_id)
    permissions.check_may_edit_profile(by, pilot)
    if wished is not None:
        wishes = replace(wishes or pilot.wishes, **wished)
    parts, taken = [], []
    if step is not None:
        taken.append(step)
    elif wishes is not None:
        taken += [ProfileStep.TRAVEL, ProfileStep.TOPICS]
    if skills is not None:
        taken.append(ProfileStep.LANGUAGES)
    take_steps(pilot, *taken, by=by, at=now)
    if wishes is not None:
        check_wishes(wishes)
        for field, value in _wished(wishes, pilot.office).items():
            setattr(pilot, field, value)
        parts.append("wishes")
    if skills is not None:
        _replace_skills(pilot, checked_skills(skills))
        parts.append("languages")
    if home is not None:
        for field, value in home_values(home).items():
            setattr(pilot.home, field, value)
        pilot.home.save()
        parts.append("home")
    if person is not None:
        check_name(person.name)
        pilot.identity.name, pilot.identity.phone, pilot.identity.street = (
            person.name,
            person.phone,
            person.street,
        )
        pilot.identity.save()
        parts.append("person")
    pilot.save()
    write_reach(pilot)
    record(EventKind.PILOT_PROFILE_CHANGED, subject=pilot, by=by, at=now, parts=parts)
    return pilot


@command
def record_qualification(
    *, pilot_id: UUID, kind: str, hours: int, issuer: str, issued_date: date, by: User, now: datetime
) -> Qualification:
    """Note a course or an interview."""
    pilot = lock_pilot(pilot_id)
    permissions.check_may_manage(by, pilot)
    if issued_date > pilot.office.local_date(now):
        raise RuleViolated("date_in_future", field="issued_date")
    qualification = Qualification.objects.create(
        pilot=pilot, kind=kind, hours=hours, issuer=issuer, issued_date=issued_date
    )
    if pilot.status == PilotStatus.APPLICANT:
        pilot.move_to(PilotStatus.IN_TRAINING, at=now)
    record(EventKind.QUALIFICATION_RECORDED, subject=pilot, by=by, at=now, kind=kind)
    return qualification


@command
def record_background_check(
    *, pilot_id: UUID, inspected_date: date, stands_in_the_way: bool, by: User, now: datetime
) -> BackgroundCheck:
    """Note that the certificate was inspected, and whether it stands in the way; never the document itself."""
    pilot = lock_pilot(pilot_id)
    permissions.check_may_manage(by, pilot)
    if inspected_date > pilot.office.local_date(now):
        raise RuleViolated("date_in_future", field="inspected_date")
    check = BackgroundCheck.objects.create(
        pilot=pilot,
        inspected_date=inspected_date,
        inspected_by=by,
        valid_until=_years_later(inspected_date, pilot.office.background_check_years),
        stands_in_the_way=stands_in_the_way,
    )
    record(EventKind.BACKGROUND_CHECK_RECORDED, subject=pilot, by=by, at=now)
    return check


@command
def activate_pilot(*, pilot_id: UUID, by: User, now: datetime, pledge_seen: bool = False) -> Pilot:
    """Let the office ask this pilot from now on; `pledge_seen`: the office has her signed pledge before it."""
    pilot = lock_pilot(pilot_id)
    permissions.check_may_manage(by, pilot)
    pilot.check_may_move_to(PilotStatus.ACTIVE)
    if pledge_seen:
        policies.pledges_of(pilot).filter(confirmed_at=None).update(confirmed_at=now, confirmed_by=by)
    policies.check_may_become_active(pilot)
    return _move(pilot, PilotStatus.ACTIVE, by=by, now=now, paused_until=None)


@command
def pause_pilot(*, pilot_id: UUID, until: date | None, by: User, now: datetime) -> Pilot:
    """Ask this pilot nothing until then, or until she says so."""
    pilot = lock_pilot(pilot_id)
    permissions.check_may_edit_profile(by, pilot)
    if until is not None and until <= pilot.office.local_date(now):
        raise RuleViolated("date_not_in_future", field="until")
    return _move(pilot, PilotStatus.PAUSED, by=by, now=now, paused_until=until)


@command
def resume_pilot(*, pilot_id: UUID, by: User, now: datetime) -> Pilot:
    """End a pause."""
    pilot = lock_pilot(pilot_id)
    permissions.check_may_edit_profile(by, pilot)
    if pilot.status != PilotStatus.PAUSED:
        raise RuleViolated("pilot_not_paused")
    policies.check_may_become_active(pilot)
    return _move(pilot, PilotStatus.ACTIVE, by=by, now=now, paused_until=None)


@command
def end_pause(*, pilot_id: UUID, by: None, now: datetime) -> Pilot:
    """Bring back a pilot whose pause is over by the calendar; who lacks a condition by now stays paused."""
    pilot = lock_pilot(pilot_id)
    over = pilot.paused_until is not None and pilot.paused_until <= pilot.office.local_date(now)
    if pilot.status == PilotStatus.PAUSED and over and not policies.missing_for_activation(pilot):
        _move(pilot, PilotStatus.ACTIVE, by=by, now=now, paused_until=None)
    return pilot


def stop_asking(pilot_id: UUID, *, by: User | None, now: datetime) -> None:
    """Let an active pilot pause without an end, because something she needs for it has ended. Within a command."""
    pilot = lock_pilot(pilot_id)
    if pilot.status == PilotStatus.ACTIVE:
        _move(pilot, PilotStatus.PAUSED, by=by, now=now, paused_until=None)


def lock_pilot(pilot_id: UUID) -> Pilot:
    """The pilot's row, locked."""
    pilot = Pilot.objects.select_for_update(of=("self",)).select_related("office").filter(pk=pilot_id).first()
    if pilot is None:
        raise NotThere("pilot_unknown")
    return pilot


def new_pilot(
    user: User,
    office: Office,
    *,
    person: PersonalData,
    home: Located,
    wishes: Wishes,
    at: datetime,
    steps: Sequence[ProfileStep] = (),
) -> Pilot:
    """An applicant's rows: the profile, its vault entry, home, office and role. Within a command."""
    pilot = Pilot.objects.create(
        user=user,
        identity=Identity.objects.create(
            name=person.name, phone=person.phone, street=person.street, created_at=at
        ),
        office=office,
        display_code=_next_display_code(office),
        home=home_from(home),
        registered_at=at,
        steps_done=sorted(steps),
        **_wished(wishes, office),
    )
    PilotOffice.objects.create(pilot=pilot, office=office)
    Membership.objects.create(user=user, role=Role.PILOT, office=office, created_at=at)
    return pilot


def _move(pilot: Pilot, status: PilotStatus, *, by: User | None, now: datetime, **fields: object) -> Pilot:
    pilot.move_to(status, at=now, **fields)
    write_reach(pilot)
    record(EventKind.PILOT_STATUS_CHANGED, subject=pilot, by=by, at=now, status=status.value)
    return pilot


def _wished(wishes: Wishes, office: Office) -> dict[str, object]:
    return {
        "gender": wishes.gender,
        "german_level": wishes.german_level,
        "reach_km": wishes.reach_km or office.default_reach_km,
        "travel_mode": wishes.travel_mode,
        "monthly_hours": wishes.monthly_hours,
        "heavy_per_month": wishes.heavy_per_month,
        "topics_wished": sorted(wishes.topics_wished),
        "topics_refused": sorted(wishes.topics_refused),
    }


def _replace_skills(pilot: Pilot, skills: Sequence[Skill]) -> None:
    pilot.skills.all().delete()
    LanguageSkill.objects.bulk_create(
        LanguageSkill(pilot=pilot, language=s.language, speaks=s.speaks, understands=s.understands)
        for s in skills
    )


def _next_display_code(office: Office) -> str:
    # The office row is locked, so that two registrations at once do not draw the same number.
    with transaction.atomic():
        Office.objects.select_for_update(of=("self",), no_key=True).get(pk=office.pk)
        numbered = Pilot.objects.filter(office=office, display_code__regex=r"^P-[0-9]+$")
        number = Cast(Substr("display_code", len("P-") + 1), IntegerField())
        highest = numbered.aggregate(highest=Max(number))["highest"] or 0
    return f"P-{highest + 1:04d}"


def _years_later(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
