"""What has to be true before a pilot may be asked."""

from django.db.models import QuerySet

from backend.errors import RuleViolated
from backend.people.codes import NEEDED_STEPS, ConsentKind, ProfileStep, QualificationKind
from backend.people.models import Consent, HelpSeeker, Pilot


def check_consents(*, data_protection: bool, confidentiality: bool | None) -> None:
    """Registration needs the consent, and for pilots the pledge."""
    if not data_protection:
        raise RuleViolated("consent_missing", field="data_protection")
    if confidentiality is False:
        raise RuleViolated("pledge_missing", field="confidentiality")


def pledges_of(pilot: Pilot) -> QuerySet[Consent]:
    """The pilot's confidentiality pledges that she has not taken back, confirmed or not."""
    return Consent.objects.filter(user=pilot.user_id, kind=ConsentKind.CONFIDENTIALITY, withdrawn_at=None)


def has_withdrawn(consents: QuerySet[Consent]) -> bool:
    """Whether the consent to data protection was taken back and not given anew."""
    own = consents.filter(kind=ConsentKind.DATA_PROTECTION)
    return own.exclude(withdrawn_at=None).exists() and not own.filter(withdrawn_at=None).exists()


def check_consents_to_matching(help_seeker: HelpSeeker) -> None:
    """Nobody is looked for against the will of the person concerned."""
    if has_withdrawn(Consent.objects.filter(help_seeker=help_seeker)):
        raise RuleViolated("consent_withdrawn")


def missing_for_activation(pilot: Pilot) -> list[str]:
    """Codes of what is still missing: steps of the profile, course hours, a confirmed pledge, the consent."""
    hours = sum(q.hours for q in pilot.qualifications.all() if q.kind == QualificationKind.BASIC_COURSE)
    pledged = pledges_of(pilot).exclude(confirmed_at=None).exists()
    missing = [step.value for step in NEEDED_STEPS if step not in pilot.steps_done]
    if hours < pilot.office.course_hours:
        missing.append("basic_course")
    if not pledged:
        missing.append("confidentiality_pledge")
    if has_withdrawn(Consent.objects.filter(user=pilot.user_id, help_seeker=None)):
        missing.append("data_protection_consent")
    return missing


def steps_left(pilot: Pilot) -> list[ProfileStep]:
    """The steps of the profile she has not taken yet, in their order."""
    return [step for step in ProfileStep if step not in pilot.steps_done]


def check_may_become_active(pilot: Pilot) -> None:
    if missing := missing_for_activation(pilot):
        raise RuleViolated("pilot_not_ready", missing=missing, course_hours=pilot.office.course_hours)
