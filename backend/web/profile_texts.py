"""What a pilot has said so far, as the lines under each step of her profile."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from backend.language_names import language_name
from backend.moments import clock, weekday_name
from backend.people.codes import ProfileStep, Topic
from backend.people.models import Pilot
from backend.reader import listed
from backend.reason_texts import level_name


def said_so_far(pilot: Pilot, step: ProfileStep) -> list[str]:
    """One line per thing said; empty where nothing has been."""
    if step not in pilot.steps_done:
        return []
    return LINES[step](pilot)


def _languages(pilot: Pilot) -> list[str]:
    names = [f"{language_name(skill.language)} ({level_name(skill.level)})" for skill in pilot.skills.all()]
    return [listed(names), _("German: %(level)s") % {"level": level_name(pilot.german_level)}]


def _travel(pilot: Pilot) -> list[str]:
    home = " ".join(part for part in (pilot.home.postcode, pilot.home.place) if part)
    reach = _("up to %(km)s km") % {"km": pilot.reach_km}
    return [f"{home}, {reach}, {pilot.get_travel_mode_display()}"]


def _times(pilot: Pilot) -> list[str]:
    """Days in a row with the same hours on one line: 'Mon–Fri 08:00–12:00 · 14:00–16:00'."""
    days: dict[int, list[str]] = {}
    for span in pilot.availabilities.all():
        days.setdefault(span.weekday, []).append(f"{clock(span.starts)}–{clock(span.ends)}")
    runs: list[tuple[int, int, str]] = []
    for day, spans in sorted(days.items()):
        hours = " · ".join(spans)
        if runs and runs[-1][1:] == (day - 1, hours):
            runs[-1] = (runs[-1][0], day, hours)
        else:
            runs.append((day, day, hours))
    return [f"{_days(first, last)} {hours}" for first, last, hours in runs]


def _days(first: int, last: int) -> str:
    names = [weekday_name(day, short=True) for day in dict.fromkeys((first, last))]
    return "–".join(names)


def _topics(pilot: Pilot) -> list[str]:
    lines = []
    if pilot.topics_wished:
        lines.append(_("Gladly: %(topics)s") % {"topics": _names(pilot.topics_wished)})
    if pilot.topics_refused:
        lines.append(_("Rather not: %(topics)s") % {"topics": _names(pilot.topics_refused)})
    if pilot.monthly_hours:
        lines.append(_("At most %(hours)s hours a month") % {"hours": pilot.monthly_hours})
    return lines or [_("No special wishes")]


def _contact(pilot: Pilot) -> list[str]:
    lines = [language_name(pilot.user.language)]
    if pilot.quiet_from_hour is not None and pilot.quiet_until_hour is not None:
        hours = {"start": pilot.quiet_from_hour, "end": pilot.quiet_until_hour}
        lines.append(_("No messages from %(start)s:00 to %(end)s:00") % hours)
    return lines


def _names(topics: list[str]) -> str:
    return listed(str(Topic(topic).label) for topic in topics)


LINES: dict[ProfileStep, Callable[[Pilot], list[str]]] = {
    ProfileStep.LANGUAGES: _languages,
    ProfileStep.TRAVEL: _travel,
    ProfileStep.TIMES: _times,
    ProfileStep.TOPICS: _topics,
    ProfileStep.CONTACT: _contact,
}
