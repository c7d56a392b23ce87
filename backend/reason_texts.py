"""Which sentence does a reason code make, with its facts, in the reader's language?

The core speaks codes and numbers; here alone they become words. Every code has an entry, and a test walks them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.language_names import language_name
from backend.moments import day_in_words
from backend.people.codes import CefrLevel, Gender, Topic
from backend.people.states import PilotStatus
from backend.reader import listed

Facts = Mapping[str, Any]
Sentence = Callable[[Facts], str]

TERM_LABELS: dict[str, Promise] = {
    "language_fit": gettext_lazy("Language"),
    "proximity": gettext_lazy("Distance"),
    "load_spread": gettext_lazy("Fair share"),
    "topic_experience": gettext_lazy("Topic"),
    "continuity": gettext_lazy("Know each other"),
}

STEP_LABELS: dict[str, Promise] = {
    "considered": gettext_lazy("Active pilots of this office"),
    "language": gettext_lazy("speak a language asked for, well enough"),
    "german": gettext_lazy("speak German well enough"),
    "reach": gettext_lazy("come as far as the meeting place"),
    "topic": gettext_lazy("have not ruled out the topic"),
    "gender": gettext_lazy("meet the wish for a woman or a man"),
    "background_check": gettext_lazy("have a valid background check, where minors are present"),
    "veto": gettext_lazy("have not declined, and nothing was ruled out"),
    "availability": gettext_lazy("have time on one of the dates"),
    "double_booking": gettext_lazy("have no other assignment then"),
    "capacity": gettext_lazy("have hours left that month"),
    "heavy_topics": gettext_lazy("have room for another heavy topic that month"),
}

LEFT_OUT: dict[str, Promise] = {
    "considered": gettext_lazy("not active"),
    "language": gettext_lazy("language or level does not fit"),
    "german": gettext_lazy("German level too low"),
    "reach": gettext_lazy("too far away"),
    "topic": gettext_lazy("topic ruled out"),
    "gender": gettext_lazy("wish for a woman or a man not met"),
    "background_check": gettext_lazy("no valid background check"),
    "veto": gettext_lazy("declined or ruled out"),
    "availability": gettext_lazy("no time on these dates"),
    "double_booking": gettext_lazy("already booked then"),
    "capacity": gettext_lazy("monthly hours used up"),
    "heavy_topics": gettext_lazy("enough heavy topics that month"),
}


def term_reason(code: str, facts: Facts) -> str:
    """What lies behind one contribution to a score."""
    return TERM_REASONS[code](facts)


def refusal_reason(code: str, facts: Facts) -> str:
    """Why this pilot cannot be asked for this request."""
    return REFUSALS[code](facts)


def level_name(level: int) -> str:
    """'B1'; level 0 is 'unknown'."""
    return str(CefrLevel(level).label)


def kilometres(km: float | None) -> str:
    """'3,4 km as the crow flies', or that the distance is not known."""
    if km is None:
        return _("distance unknown")
    if km < 1:  # homes are known by postal code: 0.0 would pretend to more
        return _("less than 1 km as the crow flies")
    return _("%(km)s km as the crow flies") % {"km": number(km)}


def number(value: float) -> str:
    """In the reader's way, without a decimal that says nothing: '7,5' and '15'."""
    return str(localize(int(value) if value == int(value) else value))


def _language_fit(facts: Facts) -> str:
    if not facts["language"]:
        return _("No particular language was asked for.")
    named = {
        "language": language_name(facts["language"]),
        "level": level_name(facts["level"]),
        "required": level_name(facts["required_level"]),
    }
    if facts["via"]:
        said = _("Understands %(language)s at about %(level)s through %(via)s; asked for: %(required)s.") % {
            **named,
            "via": language_name(facts["via"]),
        }
    else:
        said = _("%(language)s at level %(level)s; asked for: %(required)s.") % named
    return said + _directions(facts)


def _directions(facts: Facts) -> str:
    """A sentence of its own where the two directions differ; rankings of earlier days knew one level only."""
    speaks, understands = facts.get("speaks", facts["level"]), facts.get("understands", facts["level"])
    if speaks == understands:
        return ""
    weaker = _("Speaking %(speaks)s, understanding %(understands)s; the weaker one counts.")
    return " " + weaker % {"speaks": level_name(speaks), "understands": level_name(understands)}


def _proximity(facts: Facts) -> str:
    if facts["remote"]:
        return _("By phone or video: no way to travel.")
    return _("Home to meeting place: %(distance)s.") % {"distance": kilometres(facts["distance_km"])}


def _load_spread(facts: Facts) -> str:
    sessions = facts["recent_sessions"]
    said = ngettext(
        "%(count)s assignment in the last 90 days.", "%(count)s assignments in the last 90 days.", sessions
    ) % {"count": sessions}
    if facts["monthly_hours"] is None:
        return said
    hours = _("That month %(committed)s of %(wished)s hours are planned.") % {
        "committed": number(facts["committed_hours"]),
        "wished": number(facts["monthly_hours"]),
    }
    return f"{said} {hours}"


def _topic_experience(facts: Facts) -> str:
    topic = Topic(facts["topic"]).label
    sessions = facts["sessions"]
    known = ngettext(
        "%(count)s finished assignment about %(topic)s",
        "%(count)s finished assignments about %(topic)s",
        sessions,
    ) % {"count": sessions, "topic": topic}
    return (
        _("%(known)s; likes this topic.") % {"known": known}
        if facts["wished"]
        else _("%(known)s.") % {"known": known}
    )


def _continuity(facts: Facts) -> str:
    sessions = facts["sessions"]
    if not sessions:
        return _("Has not accompanied this person before.")
    return ngettext(
        "Has accompanied this person once before.",
        "Has accompanied this person %(count)s times before.",
        sessions,
    ) % {"count": sessions}


TERM_REASONS: dict[str, Sentence] = {
    "language_fit": _language_fit,
    "proximity": _proximity,
    "load_spread": _load_spread,
    "topic_experience": _topic_experience,
    "continuity": _continuity,
}


def _not_active(facts: Facts) -> str:
    if facts["status"] == PilotStatus.ACTIVE:  # the profile is, the login is not
        return _("The login has been closed.")
    return _("Is not active at the moment (%(status)s).") % {"status": PilotStatus(facts["status"]).label}


def _language(facts: Facts) -> str:
    asked = language_list(facts["asked"])
    if not facts["level"]:
        return _("Speaks none of the languages asked for (%(asked)s).") % {"asked": asked}
    too_low = _("%(language)s at level %(level)s is not enough; asked for: %(required)s.") % {
        "language": language_name(facts["language"]),
        "level": level_name(facts["level"]),
        "required": level_name(facts["required_level"]),
    }
    return too_low + _directions(facts)


def _german(facts: Facts) -> str:
    return _("German at level %(level)s; this office asks for at least %(required)s.") % {
        "level": level_name(facts["level"]),
        "required": level_name(facts["required_level"]),
    }


def _reach(facts: Facts) -> str:
    if facts["distance_km"] is None:
        return _("Where this pilot starts from is not known.")
    return _("The meeting place is %(distance)s away; this pilot comes up to %(reach)s km.") % {
        "distance": kilometres(facts["distance_km"]),
        "reach": number(facts["reach_km"]),
    }


def _topic(facts: Facts) -> str:
    return _("Does not want the topic “%(topic)s”.") % {"topic": Topic(facts["topic"]).label}


def _gender(facts: Facts) -> str:
    wanted = Gender(facts["wanted"]).label
    if not facts["gender"]:
        return _("Asked for: %(wanted)s; this pilot has not said.") % {"wanted": wanted}
    return _("Asked for: %(wanted)s.") % {"wanted": wanted}


def _background_check(facts: Facts) -> str:
    until = facts["valid_until_minute"]
    if until is None:
        return _("Minors are present, and no background check without objections has been inspected.")
    return _("Minors are present, and the background check was valid until %(day)s only.") % {
        "day": day_in_words(_last_day(until))
    }


def _veto(facts: Facts) -> str:
    return _("Has declined this request, dropped out of it, or one side has ruled the other out.")


def _availability(facts: Facts) -> str:
    return _dates(
        facts,
        one=_("Has no time on the date asked for."),
        every=_("Has no time on the dates asked for (%(count)s)."),
        some=_("Has no time on %(refused)s of %(count)s dates."),
    )


def _double_booking(facts: Facts) -> str:
    return _dates(
        facts,
        one=_("Has another assignment then, or is on the way to it."),
        every=_("Has other assignments on the dates asked for (%(count)s), or is on the way to them."),
        some=_("Has other assignments on %(refused)s of %(count)s dates."),
    )


def _capacity(facts: Facts) -> str:
    return _("With this assignment it would be %(hours)s hours that month; wished: %(wished)s.") % {
        "hours": number(round((facts["committed_hours"] or 0) + (facts["session_hours"] or 0), 1)),
        "wished": number(facts["monthly_hours"]),
    }


def _heavy_topics(facts: Facts) -> str:
    if not facts["heavy_per_month"]:
        return _("“%(topic)s” is a heavy topic; this pilot takes none.") % {
            "topic": Topic(facts["topic"]).label
        }
    return _(
        "“%(topic)s” is a heavy topic; this pilot takes %(most)s a month and has %(sessions)s already."
    ) % {
        "topic": Topic(facts["topic"]).label,
        "most": number(facts["heavy_per_month"]),
        "sessions": facts["sessions"],
    }


REFUSALS: dict[str, Sentence] = {
    "not_active": _not_active,
    "language": _language,
    "german": _german,
    "reach": _reach,
    "topic": _topic,
    "gender": _gender,
    "background_check": _background_check,
    "veto": _veto,
    "availability": _availability,
    "double_booking": _double_booking,
    "capacity": _capacity,
    "heavy_topics": _heavy_topics,
}


def open_reason(code: str, facts: Facts) -> str:
    """Why the joint plan gives a request nobody, or not as many as it has seats."""
    said = PLAN_OPEN[code](facts)
    if not 0 < facts["planned"] < facts["seats"]:
        return said
    partly = _("%(planned)s of %(seats)s seats are planned.")
    return f"{partly % {'planned': facts['planned'], 'seats': facts['seats']}} {said}"


def _taken_by_others(facts: Facts) -> str:
    return ngettext(
        "The only pilot who could take it is planned at that time where it counts for more.",
        "All %(count)s pilots who could take it are planned at that time where it counts for more.",
        facts["candidates"],
    ) % {"count": facts["candidates"]}


def _month_full(facts: Facts) -> str:
    return ngettext(
        "The only pilot who could take it is planned up to this month's limit where it counts for more.",
        "All %(count)s pilots who could take it are planned elsewhere, up to their limits of this month.",
        facts["candidates"],
    ) % {"count": facts["candidates"]}


def _fair_share(facts: Facts) -> str:
    return ngettext(
        "The only pilot who could take it would carry more than a fair share.",
        "Each of the %(count)s pilots who could take it would carry more than a fair share.",
        facts["candidates"],
    ) % {"count": facts["candidates"]}


PLAN_OPEN: dict[str, Sentence] = {
    "nobody_eligible": lambda facts: _("Nobody meets all the conditions."),
    "taken_by_others": _taken_by_others,
    "month_full": _month_full,
    "fair_share": _fair_share,
    "all_seats_taken": lambda facts: _("All seats are planned."),
}


def language_list(codes: Sequence[str]) -> str:
    """The names, joined by commas."""
    return listed(language_name(code) for code in codes)


def _dates(facts: Facts, *, one: str, every: str, some: str) -> str:
    slots, refused = facts["slots"], facts["slots_refused"]
    text = one if slots == 1 else every if refused == slots else some
    return text % {"refused": refused, "count": slots}


def _last_day(minute: int) -> Any:
    """The local day that ends at this minute of the epoch, which is a midnight."""
    end = datetime.fromtimestamp(minute * 60, UTC) - timedelta(minutes=1)
    return end.astimezone(ZoneInfo("Europe/Berlin")).date()
