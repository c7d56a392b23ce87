"""What do the figures of one office count? Its requests, sessions and pilots, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, FilteredRelation, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import TruncDate

from backend.accounts.models import Office
from backend.dispatch.codes import Setting
from backend.dispatch.models import Assignment, HelpRequest, HelpRequestSlot, Offer
from backend.dispatch.models.offer import ANSWERED
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus, OfferStatus
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.models import Availability, LanguageSkill, Pilot, Qualification
from backend.people.states import PilotStatus
from backend.reporting.periods import Period

REMOTE = ""  # where nobody travels
SAID = (*ANSWERED, OfferStatus.DECLINED)
FILLED = frozenset({HelpRequestStatus.ASSIGNED.value, HelpRequestStatus.FULFILLED.value})
UNMET = HelpRequestStatus.UNFILLED.value
ENOUGH = 3  # B1 in the weaker direction: what most requests ask for


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request filed in the period. Of several languages that would do, the first counts.

    Days are those of the office; the database counts them and the waits, as it does both faster than Python.
    """

    pk: UUID
    status: str
    language: str
    topic: str
    organisation: str
    postcode: str
    place: str
    reason: str
    day: date
    first_day: date | None  # the earliest of its dates
    lead: timedelta | None  # until that date begins
    asked: int = 0
    answered: int = 0
    until_yes: timedelta | None = None
    until_confirmed: timedelta | None = None

    @property
    def is_filled(self) -> bool:
        return self.status in FILLED

    @property
    def is_unmet(self) -> bool:
        return self.status == UNMET


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session that took place in the period."""

    pilot: UUID
    language: str
    topic: str
    organisation: str
    postcode: str
    place: str
    day: date
    minutes: int


@dataclass(frozen=True, slots=True)
class PilotRow:
    """One pilot of the office as she is now; `languages` are those she speaks and understands well enough."""

    pk: UUID
    status: str
    gender: str
    postcode: str
    place: str
    active_at: datetime | None
    left_at: datetime | None
    languages: tuple[str, ...]
    weekly_hours: float

    @property
    def is_active(self) -> bool:
        return self.status == PilotStatus.ACTIVE


@dataclass(frozen=True)
class Material:
    """All that the figures of one office and period are made of."""

    office: Office
    period: Period
    now: datetime
    requests: Sequence[RequestRow]
    sessions: Sequence[SessionRow]
    pilots: Sequence[PilotRow]
    course_hours: int
    handed_off: Mapping[str, int]

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.office.zone)


def material(office: Office, period: Period, *, now: datetime) -> Material:
    """Requests by the day they came in, sessions by the day they took place."""
    return Material(
        office,
        period,
        now,
        requests_of(office, period),
        sessions_of(office, period),
        pilots_of(office),
        _course_hours(office, period.first, period.last),
        _handed_off(office, period),
    )


def requests_filed(office: Office, period: Period) -> QuerySet[HelpRequest]:
    """Those that came in within the period, in no order."""
    since, until = period.moments(office.zone)
    filed = HelpRequest.objects.filter(office=office, created_at__gte=since, created_at__lt=until)
    return filed.exclude(status=HelpRequestStatus.DRAFT).order_by()


def requests_of(office: Office, period: Period) -> list[RequestRow]:
    """Those filed in the period, oldest first."""
    since, until = period.moments(office.zone)
    mine = Q(
        help_request__office=office, help_request__created_at__gte=since, help_request__created_at__lt=until
    )
    filed_at = F("help_request__created_at")
    dates = {
        pk: (day, lead)
        for pk, day, lead in HelpRequestSlot.objects.filter(mine)
        .order_by()
        .values_list("help_request")
        .annotate(day=TruncDate(Min("starts_at"), tzinfo=office.zone), lead=Min(F("starts_at") - filed_at))
    }
    asked = {
        pk: (count, said, yes)
        for pk, count, said, yes in Offer.objects.filter(mine)
        .order_by()
        .values_list("help_request")
        .annotate(
            count=Count("pk"),
            said=Count("pk", filter=Q(status__in=SAID)),
            yes=Min(F("accepted_at") - filed_at),
        )
    }
    confirmed = dict(
        Assignment.objects.filter(mine)
        .order_by()
        .values_list("help_request")
        .annotate(first=Min(F("confirmed_at") - filed_at))
    )
    found = (
        requests_filed(office, period)
        .order_by("created_at", "pk")
        .values_list(
            "pk",
            "status",
            "languages",
            "topic",
            "organisation__name",
            "setting",
            "meeting_place__postcode",
            "meeting_place__place",
            "unfilled_reason",
            TruncDate("created_at", tzinfo=office.zone),
            "past_asked",
            "past_answered",
            F("past_yes_at") - F("created_at"),
        )
    )
    rows = []
    for pk, status, languages, topic, organisation, setting, postcode, place, reason, day, *past in found:
        on_site = setting == Setting.ON_SITE
        first_day, lead = dates.get(pk, (None, None))
        count, said, yes = asked.get(pk, (0, 0, None))
        past_asked, past_answered, past_yes = past  # of questions that are deleted by now
        rows.append(
            RequestRow(
                pk=pk,
                status=status,
                language=languages[0],
                topic=topic,
                organisation=organisation or "",
                postcode=postcode if on_site and postcode else REMOTE,
                place=place if on_site and place else REMOTE,
                reason=reason,
                day=day,
                first_day=first_day,
                lead=lead,
                asked=count + past_asked,
                answered=said + past_answered,
                until_yes=min((wait for wait in (yes, past_yes) if wait is not None), default=None),
                until_confirmed=confirmed.get(pk),
            )
        )
    return rows


def sessions_of(office: Office, period: Period) -> list[SessionRow]:
    """Those that took place; how long is what was settled or the pilot reported, else what was agreed."""
    since, until = period.moments(office.zone)
    by_pilot = FilteredRelation("reports", condition=Q(reports__by_pilot=True, reports__done=True))
    settled = When(settlement__report__done=True, then=F("settlement__report__minutes"))
    found = (
        Assignment.objects.filter(
            office=office,
            status=AssignmentStatus.COMPLETED,
            starts_at__gte=since,
            starts_at__lt=until,
        )
        .annotate(by_pilot=by_pilot, told=Case(settled, default=F("by_pilot__minutes")))
        .order_by("starts_at", "pk")
        .values_list(
            "pilot",
            "help_request__languages",
            "help_request__topic",
            "help_request__organisation__name",
            "help_request__setting",
            "help_request__meeting_place__postcode",
            "help_request__meeting_place__place",
            TruncDate("starts_at", tzinfo=office.zone),
            F("ends_at") - F("starts_at"),
            "told",
        )
    )
    rows = []
    for pilot, languages, topic, organisation, setting, postcode, place, day, agreed, told in found:
        on_site = setting == Setting.ON_SITE
        rows.append(
            SessionRow(
                pilot=pilot,
                language=languages[0],
                topic=topic,
                organisation=organisation or "",
                postcode=postcode if on_site and postcode else REMOTE,
                place=place if on_site and place else REMOTE,
                day=day,
                minutes=told or round(agreed.total_seconds() / 60),
            )
        )
    return rows


def pilots_of(office: Office) -> list[PilotRow]:
    """All who belong to the office or are lent to it, with their languages and the hours a week they have given."""
    skills = LanguageSkill.objects.filter(pilot=OuterRef("pk"), speaks__gte=ENOUGH, understands__gte=ENOUGH)
    spans = Availability.objects.filter(pilot=OuterRef("pk")).order_by().values("pilot")
    found = (
        Pilot.objects.filter(pilot_offices__office=office)
        .exclude(status=PilotStatus.ERASED)
        .order_by("pk")
        .values_list(
            "pk", "status", "gender", "home__postcode", "home__place", "active_at", "left_at",
            ArraySubquery(skills.order_by("language").values("language")),
            Subquery(spans.annotate(total=Sum(F("ends") - F("starts"))).values("total")),
        )
    )  # fmt: skip
    return [
        PilotRow(
            pk, status, gender, postcode, place, active_at, left_at,
            tuple(languages), (week or timedelta()).total_seconds() / 3600,
        )
        for pk, status, gender, postcode, place, active_at, left_at, languages, week in found
    ]  # fmt: skip


def _course_hours(office: Office, first: date, last: date) -> int:
    """Hours of courses and talks noted for the office's own pilots."""
    noted = Qualification.objects.filter(pilot__office=office, issued_date__range=(first, last))
    return noted.aggregate(total=Sum("hours"))["total"] or 0


def _handed_off(office: Office, period: Period) -> dict[str, int]:
    """What was left to others, by matter; there is no request of it, and nobody's name."""
    since, until = period.moments(office.zone)
    found = Event.objects.filter(
        kind=EventKind.HELP_REQUEST_HANDED_OFF.value,
        office_id=office.pk,
        happened_at__gte=since,
        happened_at__lt=until,
    )
    return dict(found.order_by().values_list("facts__matter").annotate(count=Count("pk")))
