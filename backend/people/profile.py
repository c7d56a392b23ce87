"""The plain values a pilot's profile is made of, as forms and serializers hand them to commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from backend.errors import RuleViolated
from matching.languages import UnknownLanguage, normalise

REACH_KM_AT_MOST = 300


@dataclass(frozen=True)
class Skill:
    """A BCP 47 code with CEFR levels 1..6 for each direction; 0 is unknown."""

    language: str
    speaks: int
    understands: int


@dataclass(frozen=True)
class WeeklySpan:
    """Local wall time on one weekday, Monday 0."""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True)
class Away:
    """Dates away, both included."""

    start_date: date
    end_date: date


@dataclass(frozen=True)
class PersonalData:
    """What goes into the vault and nowhere else."""

    name: str
    phone: str = ""
    street: str = ""


@dataclass(frozen=True)
class Wishes:
    """What a pilot offers and wants."""

    german_level: int
    reach_km: int | None = None
    gender: str = ""
    travel_mode: str = "transit"
    monthly_hours: int | None = None
    heavy_per_month: int | None = None
    topics_wished: Sequence[str] = ()
    topics_refused: Sequence[str] = ()


def checked_skills(skills: Sequence[Skill]) -> list[Skill]:
    """The skills under their canonical codes; unknown, double or missing languages are refused by name."""
    if not skills:
        raise RuleViolated("languages_missing", field="languages")
    checked = [Skill(checked_language(s.language), s.speaks, s.understands) for s in skills]
    codes = [skill.language for skill in checked]
    double = sorted({code for code in codes if codes.count(code) > 1})
    if double:
        raise RuleViolated("language_twice", field="languages", languages=double)
    for skill in checked:
        if not (0 <= skill.speaks <= 6 and 0 <= skill.understands <= 6):
            raise RuleViolated("level_out_of_range", field="languages", language=skill.language)
    return checked


def checked_language(code: str) -> str:
    """The canonical BCP 47 code, or RuleViolated("language_unknown") with suggestions."""
    try:
        return normalise(code)
    except UnknownLanguage as error:
        raise RuleViolated(
            "language_unknown", field="languages", language=code, suggestions=list(error.suggestions)
        ) from error


def checked_week(week: Sequence[WeeklySpan]) -> list[WeeklySpan]:
    """The spans in order, touching ones joined; ends before starts and overlaps are refused."""
    ordered = sorted(week, key=lambda span: (span.weekday, span.starts))
    for span in ordered:
        if not 0 <= span.weekday <= 6:
            raise RuleViolated("weekday_out_of_range", field="availability", weekday=span.weekday)
        if span.ends <= span.starts:
            raise RuleViolated("time_order", field="availability", weekday=span.weekday)
    joined: list[WeeklySpan] = []
    for span in ordered:
        before = joined[-1] if joined and joined[-1].weekday == span.weekday else None
        if before and span.starts < before.ends:
            raise RuleViolated("times_overlap", field="availability", weekday=span.weekday)
        if before and span.starts == before.ends:
            # A session from 11 to 13 must fit into 8 to 12 and 12 to 16.
            joined[-1] = WeeklySpan(span.weekday, before.starts, span.ends)
        else:
            joined.append(span)
    return joined


def check_wishes(wishes: Wishes) -> None:
    """Levels and kilometres within their limits; a topic is wished or refused, not both."""
    if not 0 <= wishes.german_level <= 6:
        raise RuleViolated("level_out_of_range", field="german_level")
    if wishes.reach_km is not None and not 1 <= wishes.reach_km <= REACH_KM_AT_MOST:
        raise RuleViolated("reach_out_of_range", field="reach_km", at_most=REACH_KM_AT_MOST)
    both = sorted(set(wishes.topics_wished) & set(wishes.topics_refused))
    if both:
        raise RuleViolated("topic_wished_and_refused", field="topics_refused", topics=both)
