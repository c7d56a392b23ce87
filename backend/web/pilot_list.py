"""Which pilots does a coordinator look for, how loaded are they, and what is due?"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.utils.translation import gettext as _

from backend.accounts.models import Office, User
from backend.dispatch.models import Assignment, Offer
from backend.dispatch.models.assignment import LIVE
from backend.dispatch.states import AssignmentStatus, OfferStatus
from backend.moments import day_in_words
from backend.people.codes import AccessReason, QualificationKind
from backend.people.models import (
    Availability,
    BackgroundCheck,
    LanguageSkill,
    Pilot,
    PilotOffice,
    Qualification,
)
from backend.people.states import PilotStatus
from backend.web.around import EXPIRES_WITHIN
from backend.web.ranking import names_of
from backend.web.worklist import APPLYING

RECENT = timedelta(days=90)
MANY_SESSIONS = 20  # in ninety days: a full bar
STATES: Mapping[str, Collection[str]] = {
    "bewerbungen": APPLYING,
    "aktiv": (PilotStatus.ACTIVE,),
    "pause": (PilotStatus.PAUSED,),
    "ausgeschieden": (PilotStatus.LEFT,),
}


@dataclass(frozen=True)
class Due:
    """Something the office should see to."""

    text: str
    is_grave: bool


@dataclass(frozen=True)
class Load:
    """Hours of this month beside those wished, sessions of the last ninety days, and the next assignment."""

    hours: float = 0.0
    wished: int | None = None
    sessions: int = 0
    next_at: datetime | None = None

    @property
    def share(self) -> float | None:
        """Of the hours wished; None where no limit was named."""
        return min(self.hours / self.wished, 1.0) if self.wished else None

    @property
    def is_full(self) -> bool:
        return self.wished is not None and self.hours >= self.wished

    @property
    def session_share(self) -> float:
        return min(self.sessions / MANY_SESSIONS, 1.0)


@dataclass(frozen=True)
class PilotLine:
    pilot: Pilot
    name: str
    load: Load
    due: list[Due]
    is_applying: bool


def pilots_of(offices: Collection[UUID]) -> QuerySet[Pilot]:
    """All who belong to the offices or are lent to them, with their latest background check and course hours."""
    mine = PilotOffice.objects.filter(pilot=OuterRef("pk"), office__in=offices)
    latest = BackgroundCheck.objects.filter(pilot=OuterRef("pk")).order_by("-inspected_date", "-pk")
    noted = Qualification.objects.filter(pilot=OuterRef("pk"), kind=QualificationKind.BASIC_COURSE)
    course = noted.order_by().values("pilot").annotate(total=Sum("hours"))
    return (
        Pilot.objects.filter(Exists(mine))
        .exclude(status=PilotStatus.ERASED)
        .annotate(
            check_until=Subquery(latest.values("valid_until")[:1]),
            check_stands=Subquery(latest.values("stands_in_the_way")[:1]),
            course_hours=Subquery(course.values("total")),
        )
    )


def filtered(
    pilots: QuerySet[Pilot],
    *,
    status: str = "",
    language: str = "",
    weekday: int | None = None,
    minors: bool = False,
    check_due: bool = False,
    today: date,
) -> QuerySet[Pilot]:
    """What the address asks for; what it does not name filters nothing."""
    if status in STATES:
        pilots = pilots.filter(status__in=STATES[status])
    if language:
        pilots = pilots.filter(Exists(LanguageSkill.objects.filter(pilot=OuterRef("pk"), language=language)))
    if weekday is not None:
        free = Availability.objects.filter(pilot=OuterRef("pk"), weekday=weekday)
        pilots = pilots.filter(Exists(free))
    if minors:
        pilots = pilots.filter(Q(check_until__gte=today, check_stands=False))
    if check_due:
        pilots = pilots.filter(
            Q(check_until__lte=today + EXPIRES_WITHIN), status__in=(PilotStatus.ACTIVE, PilotStatus.PAUSED)
        )
    return pilots


def languages_of(offices: Collection[UUID]) -> list[str]:
    """The codes of all languages that somebody there speaks."""
    spoken = LanguageSkill.objects.filter(pilot__pilot_offices__office__in=offices)
    return list(spoken.order_by("language").values_list("language", flat=True).distinct())


def lines_of(pilots: Sequence[Pilot], *, by: User, now: datetime) -> list[PilotLine]:
    """The rows of a page, in a fixed number of queries; the access log knows of the names."""
    names = names_of(pilots, by=by, now=now, reason=AccessReason.OVERVIEW)
    loads = loads_of(pilots, now=now)
    return [
        PilotLine(
            pilot,
            names[pilot.pk],
            loads[pilot.pk],
            list(_due(pilot, now=now)),
            pilot.status in APPLYING,
        )
        for pilot in pilots
    ]


def loads_of(pilots: Iterable[Pilot], *, now: datetime) -> dict[UUID, Load]:
    """What each has done and promised, in one query."""
    by_id = {pilot.pk: pilot for pilot in pilots}
    held = Q(status=AssignmentStatus.COMPLETED, starts_at__gte=now - RECENT, starts_at__lte=now)
    coming = Q(status=AssignmentStatus.CONFIRMED, starts_at__gt=now)
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    counted = (
        Assignment.objects.filter(pilot__in=by_id)
        .order_by()
        .values_list("pilot")
        .annotate(
            hours=Sum(length, filter=_this_month(by_id.values(), now)),
            sessions=Count("pk", filter=held),
            next_at=Min("starts_at", filter=coming),
        )
    )
    found = {pk: rest for pk, *rest in counted}
    return {pk: _load(pilot, *found.get(pk, (None, 0, None))) for pk, pilot in by_id.items()}


def _load(pilot: Pilot, hours: timedelta | None, sessions: int, next_at: datetime | None) -> Load:
    return Load((hours or timedelta()).total_seconds() / 3600, pilot.monthly_hours, sessions, next_at)


def _this_month(pilots: Iterable[Pilot], now: datetime) -> Q:
    """Sessions that stand or were held in this month, by the calendar on the wall of each pilot's own office."""
    months: dict[tuple[datetime, datetime], list[UUID]] = defaultdict(list)
    for pilot in pilots:
        months[_month(pilot.office, now)].append(pilot.pk)
    return reduce(
        or_,
        (
            Q(pilot__in=theirs, status__in=LIVE, starts_at__gte=since, starts_at__lt=until)
            for (since, until), theirs in months.items()
        ),
        Q(pk=None),  # nobody's
    )


@dataclass(frozen=True)
class Answers:
    """How often she was asked in the last ninety days, and what she said."""

    asked: int
    yes: int
    no: int


def answers_of(pilot: Pilot, *, now: datetime) -> Answers:
    said = Offer.objects.filter(pilot=pilot, made_at__gte=now - RECENT).aggregate(
        asked=Count("pk"),
        yes=Count("pk", filter=Q(accepted_at__isnull=False)),
        no=Count("pk", filter=Q(status=OfferStatus.DECLINED, accepted_at=None)),
    )
    return Answers(**said)


def assignments_of(pilot: Pilot, *, by: User) -> QuerySet[Assignment]:
    """Her assignments for the reader's offices, the latest first."""
    return (
        Assignment.objects.visible_to(by)
        .filter(pilot=pilot)
        .select_related("help_request__office", "help_request__meeting_place")
        .order_by("-starts_at", "-pk")
    )


def _due(found: Any, *, now: datetime) -> Iterable[Due]:
    """Needs the annotations of `pilots_of`."""
    pilot: Pilot = found
    today = pilot.office.local_date(now)
    until, stands, course_hours = found.check_until, found.check_stands, found.course_hours or 0
    if pilot.status in APPLYING and course_hours < pilot.office.course_hours:
        missing = pilot.office.course_hours - course_hours
        yield Due(_("course: %(hours)s hours missing") % {"hours": missing}, is_grave=False)
    if pilot.status == PilotStatus.PAUSED and pilot.paused_until and pilot.paused_until < today:
        yield Due(_("the pause is over"), is_grave=False)
    if pilot.status == PilotStatus.LEFT:
        return
    if stands:
        yield Due(_("not with minors"), is_grave=False)
    elif until is not None and until < today:
        yield Due(_("background check expired"), is_grave=True)
    elif until is not None and until <= today + EXPIRES_WITHIN:
        yield Due(
            _("background check until %(day)s") % {"day": day_in_words(until, short=True)}, is_grave=False
        )


def _month(office: Office, now: datetime) -> tuple[datetime, datetime]:
    first = office.local_date(now).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return datetime.combine(first, time(), office.zone), datetime.combine(after, time(), office.zone)
