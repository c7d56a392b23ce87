"""Which appointments and open dates lie on which day of a month or week, and on which could nobody come?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from backend.accounts.models import Office, User
from backend.accounts.public_holidays import holidays_near
from backend.dispatch.codes import Setting
from backend.dispatch.models import Assignment
from backend.dispatch.plan_table import OpenRequest, lay_out, open_requests
from backend.moments import clock
from backend.people.codes import AccessReason
from backend.people.models import Pilot
from backend.web.ranking import names_of

Scope = Literal["month", "week"]
SHOWN = 6  # entries of a day before the rest folds away
WEEK = timedelta(days=7)
NEAR = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A month or a week, and its whole weeks from Monday to Sunday."""

    scope: Scope
    first: date
    last: date

    @property
    def start(self) -> date:
        return self.first - timedelta(days=self.first.weekday())

    @property
    def end(self) -> date:
        return self.last + timedelta(days=6 - self.last.weekday())

    @property
    def before(self) -> date:
        return self.first - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.last + timedelta(days=1)


def month_of(day: date) -> Span:
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Span("month", first, last)


def week_of(day: date) -> Span:
    monday = day - timedelta(days=day.weekday())
    return Span("week", monday, monday + timedelta(days=6))


@dataclass(frozen=True)
class Entry:
    """An assignment, or a date of an open request; `pilots` counts who could come then, None where it is settled."""

    starts: datetime  # by the clock on the wall of its office
    ends: datetime
    url: str
    language: str  # the first that is asked for
    where: str  # the place, or by telephone and the like
    urgent: bool
    name: str = ""
    pilots: int | None = None

    @property
    def is_open(self) -> bool:
        return self.pilots is not None

    @property
    def is_gap(self) -> bool:
        """Nobody could come on this date as things stand."""
        return self.pilots == 0

    @property
    def times(self) -> str:
        return f"{clock(self.starts)}–{clock(self.ends)}"


@dataclass
class Day:
    """One box of the calendar."""

    day: date
    inside: bool
    today: bool
    holiday: str = ""
    entries: list[Entry] = field(default_factory=list)

    @property
    def gaps(self) -> int:
        return sum(entry.is_gap for entry in self.entries)

    @property
    def shown(self) -> list[Entry]:
        return self.entries[:SHOWN]

    @property
    def more(self) -> list[Entry]:
        return self.entries[SHOWN:]


@dataclass(frozen=True)
class CalendarPage:
    span: Span
    weeks: list[list[Day]]

    @property
    def days(self) -> list[Day]:
        """Those of the month or week itself that hold something."""
        return [day for week in self.weeks for day in week if day.entries and day.inside]

    @property
    def gaps(self) -> int:
        return sum(day.gaps for week in self.weeks for day in week if day.inside)


def calendar_page(
    offices: Sequence[Office], span: Span, *, by: User, now: datetime, with_names: bool
) -> CalendarPage:
    """The weeks of the span, every day with its entries by time, in a fixed number of queries."""
    zone = offices[0].zone
    since, until = (datetime.combine(day, time(), zone) for day in (span.start, span.end + timedelta(days=1)))
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in (
        *_assignments(offices, since, until, by=by, now=now, with_names=with_names),
        *_open_dates(offices, since, until, now=now),
    ):
        by_day[entry.starts.date()].append(entry)
    today = now.astimezone(zone).date()
    shown = [span.start + timedelta(days=n) for n in range((span.end - span.start).days + 1)]
    closed = holidays_near(offices[0], set(shown))
    days = [
        Day(
            day,
            inside=span.first <= day <= span.last,
            today=day == today,
            holiday=closed.get(day, ""),
            entries=sorted(by_day[day], key=lambda entry: (entry.starts, entry.ends, entry.url)),
        )
        for day in shown
    ]
    return CalendarPage(span, [days[at : at + 7] for at in range(0, len(days), 7)])


# Of an assignment in the calendar. A busy office has hundreds in a month, so they come as bare values.
SHOWN_OF_IT = (
    "pk", "office", "pilot", "starts_at", "ends_at", "help_request__languages", "help_request__setting",
    "help_request__urgent", "help_request__meeting_place__place",
)  # fmt: skip
NAMED_BY = ("office", "user", "display_code", "identity__name")


def _assignments(
    offices: Iterable[Office], since: datetime, until: datetime, *, by: User, now: datetime, with_names: bool
) -> list[Entry]:
    zones = {office.pk: office.zone for office in offices}
    held = Assignment.objects.live().filter(office__in=zones, starts_at__gte=since, starts_at__lt=until)
    found = list(held.values_list(*SHOWN_OF_IT, named=True))
    names = _names({one.pilot for one in found}, by=by, now=now) if with_names and found else {}
    return [
        Entry(
            *_local(one.starts_at, one.ends_at, zones[one.office]),
            reverse("web:assignment", args=[one.pk]),
            one.help_request__languages[0],
            _where(one.help_request__setting, one.help_request__meeting_place__place),
            one.help_request__urgent,
            name=names.get(one.pilot, ""),
        )
        for one in found
    ]


def _names(pilot_ids: set[UUID], *, by: User, now: datetime) -> dict[UUID, str]:
    named = Pilot.objects.filter(pk__in=pilot_ids).select_related("identity").only(*NAMED_BY)
    return names_of(named.prefetch_related("pilot_offices"), by=by, now=now, reason=AccessReason.OVERVIEW)


def _where(setting: str, place: str | None) -> str:
    return place if place and setting == Setting.ON_SITE else str(Setting(setting).label)


def _open_dates(offices: Sequence[Office], since: datetime, until: datetime, *, now: datetime) -> list[Entry]:
    # What is open on other days is left out, but for the days around: a yes given there may be in the way.
    found = open_requests(offices, now=now, between=(since - NEAR, until + NEAR))
    shown = [
        (one.help_request, slot)
        for one in found
        for slot in one.help_request.slots.all()
        if max(since, now) <= slot.starts_at < until
    ]
    able = pilots_per_slot(found, now=now) if shown else {}
    return [
        Entry(
            *_local(slot.starts_at, slot.ends_at, help_request.office.zone),
            reverse("web:office_request", args=[help_request.pk]),
            help_request.languages[0],
            _where(help_request.setting, getattr(help_request.meeting_place, "place", None)),
            help_request.urgent,
            pilots=able.get(slot.pk, 0),
        )
        for help_request, slot in shown
    ]


def pilots_per_slot(found: Sequence[OpenRequest], *, now: datetime) -> dict[UUID, int]:
    """How many pilots keep every hard rule for each date of the open requests; dates of nobody are missing."""
    table = lay_out(found, now=now, scored=False)
    counts: dict[UUID, int] = defaultdict(int)
    if table is not None:
        for slot in table.pairs.slot.tolist():
            counts[table.slots[slot].pk] += 1
    return counts


def _local(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return starts_at.astimezone(zone), ends_at.astimezone(zone)
