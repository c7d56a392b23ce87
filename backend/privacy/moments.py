"""From when does a period count, where no field of the row says it? Each as a condition: over for that long already.

A condition takes the moment up to which something must have ended (`until`: now less the period) and the present.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Exists, OuterRef, Q

from backend.accounts.models import Membership
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.states import HelpRequestStatus
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.codes import ConsentKind
from backend.people.commands.erasing import UNDETERMINED
from backend.people.models import Consent, HelpSeeker, Pilot
from backend.people.states import PilotStatus

Over = Callable[[type[models.Model], datetime, datetime], Q]
NOTICE = timedelta(days=30)  # between the letter to a silent pilot and the end
STILL_HERE = (PilotStatus.APPLICANT, PilotStatus.IN_TRAINING, PilotStatus.ACTIVE, PilotStatus.PAUSED)
RUNNING = (HelpRequestStatus.OPEN, HelpRequestStatus.ASSIGNED)


def over_requests(until: datetime) -> models.QuerySet[HelpRequest]:
    """Requests whose last date, or their withdrawal, lies so long back."""
    dates = HelpRequestSlot.objects.filter(
        Q(help_request=OuterRef("pk")) | Q(dropped_from=OuterRef("pk")), ends_at__gt=until
    )
    sessions = Assignment.objects.filter(help_request=OuterRef("pk"), ends_at__gt=until)
    nothing_later = Q(~Exists(dates), ~Exists(sessions), created_at__lte=until)
    withdrawn = HelpRequestStatus.WITHDRAWN
    return HelpRequest.objects.order_by().filter(
        Q(status=withdrawn, withdrawn_at__lte=until) | ~Q(status=withdrawn) & nothing_later
    )


def _last_session(model: type[models.Model], until: datetime, now: datetime) -> Q:
    if model is HelpRequest:
        return Q(pk__in=over_requests(until).values("pk"))
    if model is HelpSeeker:
        return ~Q(languages=[UNDETERMINED]) & _case_over("pk", "", until)
    return Q(help_request__in=over_requests(until).values("pk"))


def _case_over(outer: str, prefix: str, until: datetime) -> Q:
    """No request of hers is younger, and where she has a login she has not used it since."""
    younger = HelpRequest.objects.filter(help_seeker=OuterRef(outer)).exclude(
        pk__in=over_requests(until).values("pk")
    )
    login = f"{prefix}user__last_login"
    return Q(
        ~Exists(younger),
        Q(**{f"{login}__isnull": True}) | Q(**{f"{login}__lte": until}),
        **{f"{prefix}registered_at__lte": until},
    )


def _activity_or_case(model: type[models.Model], until: datetime, now: datetime) -> Q:
    seeker = Q(help_seeker__isnull=False) & _case_over("help_seeker__pk", "help_seeker__", until)
    return Q(pilot__left_at__lte=until) | seeker


def _activity(model: type[models.Model], until: datetime, now: datetime) -> Q:
    """Where no activity ever began, at once (§ 72a (5) SGB VIII)."""
    return Q(pilot__left_at__lte=until) | Q(pilot__left_at__lte=now, pilot__active_at=None)


def _question(model: type[models.Model], until: datetime, now: datetime) -> Q:
    return Q(made_at__lte=until) & ~Q(help_request__status__in=RUNNING)


def silent_since(until: datetime, now: datetime) -> Q:
    """Pilots who have not signed in since, not answered, met nobody, and of whom nothing was noted since."""
    answers = Offer.objects.filter(Q(accepted_at__gt=until) | Q(declined_at__gt=until), pilot=OuterRef("pk"))
    sessions = Assignment.objects.filter(pilot=OuterRef("pk"), ends_at__gt=until)
    care = Event.objects.filter(subject_id=OuterRef("pk"), happened_at__gt=until).exclude(
        kind=EventKind.PILOT_SILENCE_NOTICED
    )
    return Q(
        ~Exists(answers),
        ~Exists(sessions),
        ~Exists(care),
        Q(active_at=None) | Q(active_at__lte=until),
        Q(user__last_login=None) | Q(user__last_login__lte=until),
        Q(paused_until=None) | Q(paused_until__lte=now.date()),
        status__in=STILL_HERE,
        registered_at__lte=until,
    )


def noticed(since: datetime, until: datetime) -> Exists:
    """Whether the letter to a silent pilot was written in that span."""
    letters = Event.objects.filter(subject_id=OuterRef("pk"), kind=EventKind.PILOT_SILENCE_NOTICED)
    return Exists(letters.filter(happened_at__gt=since, happened_at__lte=until))


def _sign_of_life(model: type[models.Model], until: datetime, now: datetime) -> Q:
    return silent_since(until, now) & Q(noticed(until, now - NOTICE))


def _withdrawal(model: type[models.Model], until: datetime, now: datetime) -> Q:
    """The consent to data protection was taken back, and not given anew (Art. 17 (1) b GDPR)."""
    if model is Pilot:
        own, outer = (
            Consent.objects.filter(user=OuterRef("user"), help_seeker=None),
            ~Q(status=PilotStatus.ERASED),
        )
    else:
        own, outer = Consent.objects.filter(help_seeker=OuterRef("pk")), ~Q(languages=[UNDETERMINED])
    own = own.filter(kind=ConsentKind.DATA_PROTECTION)
    ended = own.filter(withdrawn_at__lte=until)
    lives_or_ended_later = own.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=until))
    return outer & Q(Exists(ended), ~Exists(lives_or_ended_later))


def _sign_in_without_role(model: type[models.Model], until: datetime, now: datetime) -> Q:
    """Logins by which nobody is anything here any more."""
    return Q(
        ~Exists(Membership.objects.filter(user=OuterRef("pk"))),
        ~Exists(Pilot.objects.filter(user=OuterRef("pk")).exclude(status=PilotStatus.ERASED)),
        ~Exists(HelpSeeker.objects.filter(user=OuterRef("pk")).exclude(languages=[UNDETERMINED])),
        ~Q(email__endswith="@erased.invalid"),
        Q(last_login=None) | Q(last_login__lte=until),
        created_at__lte=until,
    )


MOMENTS: dict[str, Over] = {
    "the last session": _last_session,
    "the end of the activity or of the case": _activity_or_case,
    "the end of the activity": _activity,
    "the question, once the request is closed": _question,
    "the last sign of life, if a letter has said so a month before": _sign_of_life,
    "the withdrawal of the consent": _withdrawal,
    "the last sign-in, if nobody is anything by it": _sign_in_without_role,
}


def unknown_path(model: type[models.Model], path: str) -> bool:
    """Whether a path of fields leads nowhere."""
    meta = model._meta
    for part in path.split("__"):
        try:
            field = meta.get_field(part)
        except (FieldDoesNotExist, AttributeError):
            return True
        meta = field.related_model._meta if field.related_model else None  # type: ignore[assignment]
    return False
