"""What would a request find that nobody has filed yet, and which small changes would help? Nothing is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from backend.accounts.models import Office, Organisation, User
from backend.accounts.permissions import Permission, may
from backend.dispatch import permissions, policies
from backend.dispatch.codes import Setting
from backend.dispatch.models import HelpRequest, HelpRequestSlot
from backend.dispatch.pool import load_pool
from backend.errors import RuleViolated
from backend.people.commands.places import place_values
from backend.people.models import HelpSeeker, Place, Reach
from backend.people.permissions import check_may_register_help_seeker
from backend.people.profile import checked_language
from geo.locating import Located, locate
from matching.changes import LOWEST_LEVEL, Change
from matching.feasibility import FEW, FREE, WITHIN_REACH, Draft, bucket, feasibility

Date = tuple[datetime, datetime]  # from, to
Dates = Sequence[Date]

OPENS, CLOSES = time(8), time(19)  # when authorities, schools and practices give appointments
STEP = timedelta(minutes=30)
SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """A request as far as somebody has typed it. Whatever is not known yet refuses nobody.

    A help-seeker who is known belongs to `office`.
    """

    office: Office
    help_seeker: HelpSeeker | None = None
    organisation: Organisation | None = None  # of a help-seeker not known yet
    languages: Sequence[str] = ()  # empty: those of the help-seeker
    required_level: int = 3
    topic: str = ""
    setting: str = Setting.ON_SITE
    gender_wish: str | None = None  # None: as registered for the help-seeker
    minors: bool = False
    urgent: bool = False
    slots: Dates = ()
    where: Located | None = None

    @property
    def asked(self) -> Sequence[str]:
        """The languages asked for, as typed or as registered."""
        return self.languages or (self.help_seeker.languages if self.help_seeker else [])

    @property
    def postcode(self) -> str:
        """Where they would meet; empty by phone or video, and as long as nobody has typed it."""
        return self.where.postcode if self.where and self.setting == Setting.ON_SITE else ""


@dataclass(frozen=True)
class Count:
    """How many pilots: a bucket that identifies nobody, and for the office itself the number."""

    at_least: int
    at_most: int | None
    exact: int | None


@dataclass(frozen=True)
class Stage:
    """How many are left after one more group of rules."""

    code: str
    count: Count


@dataclass(frozen=True)
class Repair:
    """What to ask for differently, as [{code, facts}], and how many could then be asked."""

    changes: list[dict[str, Any]]
    count: Count
    by_office: bool  # whether only the office can do it


@dataclass(frozen=True)
class Chances:
    """The pool stage by stage, what is left of it, and what would help; `unknown`: what nobody has typed yet.

    Without a language there is nothing to count: `count` is None. `refusals` say why dates typed cannot be filed.
    `few_speak`: of so few speakers only the office is told more.
    """

    languages: Sequence[str]
    minors: bool
    unknown: tuple[str, ...]
    stages: tuple[Stage, ...] = ()
    count: Count | None = None
    repairs: tuple[Repair, ...] = ()
    refusals: tuple[RuleViolated, ...] = ()
    few_speak: bool = False


def chances_of(sketch: Sketch, *, by: User, now: datetime) -> Chances:
    """What `by`, who may file such a request, can be told of it. Raises as filing it would for who may not."""
    check_may_sketch(by, sketch)
    policies.check_need(required_level=sketch.required_level, seats=1)
    exact = may(by, Permission.DISPATCH, office_id=sketch.office.pk)
    if not exact:
        sketch = _no_finer_than_postcode(sketch)
    of_seeker = sketch.help_seeker.languages if sketch.help_seeker else []
    asked = tuple(dict.fromkeys(checked_language(code) for code in sketch.asked))
    wished, refusals = _possible(sketch, now)
    unknown = _unknown(sketch, asked, wished)
    if not asked:
        return Chances(asked, sketch.minors, unknown, refusals=refusals)

    dates = wished or [_some_date(sketch.office, now)]
    proposed = _other_dates(sketch, wished, now)
    help_request = _unsaved(sketch, [*asked, *(code for code in of_seeker if code not in asked)])
    slots = [
        HelpRequestSlot(help_request=help_request, starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in (*dates, *proposed)
    ]
    # Nobody's reach: by phone, and asked for a longer way, those too far off count as well.
    speakers = Reach.objects.filter(
        office=sketch.office,
        language__in=help_request.languages,
        level__gte=min(help_request.required_level, LOWEST_LEVEL),
    )
    found = feasibility(
        Draft(
            load_pool(help_request, slots, speakers.values("pilot"), now=now).problem,
            asked=asked,
            wished=len(dates),
            slot_day=[sketch.office.local_date(slot.starts_at).toordinal() for slot in slots],
            unknown=frozenset({"time": FREE, "place": WITHIN_REACH}[code] for code in unknown),
        ),
        exact=exact,
    )
    return Chances(
        languages=asked,
        minors=sketch.minors,
        unknown=unknown,
        stages=tuple(Stage(step.code, _count(step.remaining, exact)) for step in found.steps),
        count=_count(found.eligible, exact),
        repairs=tuple(
            Repair(
                [{"code": change.code, "facts": _facts(change, sketch, slots)} for change in repair.changes],
                _count(repair.eligible, exact),
                by_office=any(change.code == "reach" for change in repair.changes),
            )
            for repair in found.repairs
        ),
        refusals=refusals,
        few_speak=not exact and found.steps[0].remaining < FEW,
    )


def check_may_sketch(by: User, sketch: Sketch) -> None:
    """Whoever may file it: for this help-seeker, or for somebody to be registered with it."""
    if sketch.help_seeker:
        permissions.check_may_file(by, sketch.help_seeker)
    else:
        check_may_register_help_seeker(by, organisation=sketch.organisation, office_id=sketch.office.pk)


def _no_finer_than_postcode(sketch: Sketch) -> Sketch:
    """The middle of the postal code stands for the place: moved freely, a point would feel out where pilots live."""
    if sketch.where is None:
        return sketch
    where = sketch.where
    return replace(sketch, where=locate(private=where.private, postcode=where.postcode))


def _count(people: int, exact: bool) -> Count:
    return Count(*bucket(people), exact=people if exact else None)


def _unknown(sketch: Sketch, asked: Sequence[str], wished: Dates) -> tuple[str, ...]:
    if not asked:
        return ("language",)
    nowhere = sketch.where is None and sketch.setting == Setting.ON_SITE
    return tuple(code for code, missing in (("time", not wished), ("place", nowhere)) if missing)


def _possible(sketch: Sketch, now: datetime) -> tuple[Dates, tuple[RuleViolated, ...]]:
    """The dates that could be filed, and what speaks against the others."""
    answers = {date: _refusal(date, sketch, now) for date in sketch.slots}
    possible = [date for date, refusal in answers.items() if refusal is None]
    return possible, tuple(refusal for refusal in answers.values() if refusal)


def _refusal(date: Date, sketch: Sketch, now: datetime) -> RuleViolated | None:
    try:
        policies.check_slots([date], office=sketch.office, urgent=sketch.urgent, now=now)
    except RuleViolated as refusal:
        return refusal
    return None


def _some_date(office: Office, now: datetime) -> Date:
    """Stands for a date not typed yet: the first that may be asked for."""
    earliest = now + timedelta(days=office.lead_days)
    return earliest, earliest + timedelta(hours=1)


def _other_dates(sketch: Sketch, wished: Dates, now: datetime) -> list[Date]:
    """Every half hour of opening hours as long as the date wished, on its day and on the workdays around it."""
    around = dict.fromkeys(date for one in wished for date in _around(one, sketch.office))
    return [date for date in around if date not in wished and _refusal(date, sketch, now) is None]


def _around(wished: Date, office: Office) -> Iterator[Date]:
    starts_at, ends_at = wished
    day, length = office.local_date(starts_at), ends_at - starts_at
    for local_day in (_workday(day, -1), day, _workday(day, +1)):
        # On the wall: neither opening nor closing is near the hour at which clocks are changed.
        start = datetime.combine(local_day, OPENS, tzinfo=office.zone)
        closes = datetime.combine(local_day, CLOSES, tzinfo=office.zone)
        while start + length <= closes:
            yield start.astimezone(UTC), start.astimezone(UTC) + length
            start += STEP


def _workday(day: date, step: int) -> date:
    """The next day, forward or backward, that is neither Saturday nor Sunday."""
    day += timedelta(days=step)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=step)
    return day


def _unsaved(sketch: Sketch, languages: list[str]) -> HelpRequest:
    """The request as filing would make it; its id, and that of a help-seeker not known yet, are nobody's."""
    # None would not do: what concerns no help-seeker in particular would then concern this one.
    seeker = sketch.help_seeker or HelpSeeker(
        office=sketch.office, organisation=sketch.organisation, languages=languages
    )
    where = sketch.where if sketch.setting == Setting.ON_SITE else None
    return HelpRequest(
        office=sketch.office,
        help_seeker=seeker,
        organisation_id=seeker.organisation_id,
        languages=languages,
        required_level=sketch.required_level,
        topic=sketch.topic,
        setting=sketch.setting,
        gender_wish=seeker.gender_wish if sketch.gender_wish is None else sketch.gender_wish,
        minors=sketch.minors,
        urgent=sketch.urgent,
        meeting_place=Place(**place_values(where)) if where else None,
    )


def _facts(change: Change, sketch: Sketch, slots: Sequence[HelpRequestSlot]) -> dict[str, Any]:
    """The facts of a change in terms of the office: dates for slots."""
    if change.code == "time":
        slot = slots[change.facts["slot"]]
        return {
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "time_zone": sketch.office.time_zone,
        }
    return change.facts
