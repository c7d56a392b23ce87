"""What has to be true before a pilot may be asked."""

from collections.abc import Iterable

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


def has_withdrawn(consents: Iterable[Consent]) -> bool:
    """Whether the consent to data protection was taken back and not given anew."""
    taken_back = [one.withdrawn_at is not None for one in consents if one.kind == ConsentKind.DATA_PROTECTION]
    return bool(taken_back) and all(taken_back)


def check_consents_to_matching(help_seeker: HelpSeeker) -> None:
    """Nobody is looked for against the will of the person concerned."""
    if has_withdrawn(Consent.objects.filter(help_seeker=help_seeker)):
        raise RuleViolated("consent_withdrawn")


def missing_for_activation(pilot: Pilot) -> list[str]:
    """Codes of what is still missing: steps of the profile, course hours, a confirmed pledge, the consent."""
    hours = sum(q.hours for q in pilot.qualifications.all() if q.kind == QualificationKind.BASIC_COURSE)
    consents = list(Consent.objects.filter(user=pilot.user_id))
    missing = [step.value for step in NEEDED_STEPS if step not in pilot.steps_done]
    if hours < pilot.office.course_hours:
        missing.append("basic_course")
    if not any(_is_confirmed_pledge(one) for one in consents):
        missing.append("confidentiality_pledge")
    if has_withdrawn(one for one in consents if one.help_seeker_id is None):
        missing.append("data_protection_consent")
    return missing


def _is_confirmed_pledge(one: Consent) -> bool:
    return (
        one.kind == ConsentKind.CONFIDENTIALITY and one.withdrawn_at is None and one.confirmed_at is not None
    )


def steps_left(pilot: Pilot) -> list[ProfileStep]:
    """The steps of the profile she has not taken yet, in their order."""
    return [step for step in ProfileStep if step not in pilot.steps_done]


def check_may_become_active(pilot: Pilot) -> None:
    if missing := missing_for_activation(pilot):
        raise RuleViolated("pilot_not_ready", missing=missing, course_hours=pilot.office.course_hours)
