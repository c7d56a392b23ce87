"""How long, how far ahead, how many: the words of steps and durations."""

from collections.abc import Callable, Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from backend.reporting.export import HIDDEN
from backend.reporting.figures import Spread
from backend.reporting.sheets import Hidden, Value


def middle(label: str, found: Spread, said: Callable[[float], str]) -> list[str]:
    if found.median is None or found.p90 is None:
        return []
    return [
        _("%(label)s: half within %(median)s, nine of ten within %(p90)s.")
        % {"label": label, "median": said(found.median), "p90": said(found.p90)}
    ]


def step_labels(ends: Sequence[int], up_to: Callable[[int], str], beyond: Callable[[int], str]) -> list[str]:
    return [*map(up_to, ends), beyond(ends[-1])]


def duration(hours: float) -> str:
    """'5 hours', or '3.5 days' from two days on."""
    return days_in_words(hours / 24) if hours >= 48 else hours_in_words(hours)


def hours_in_words(hours: float) -> str:
    return _("%(count)s hours") % {"count": number_format(hours, 0 if hours >= 10 else 1)}


def days_in_words(days: float) -> str:
    return _("%(count)s days") % {"count": number_format(days, 0 if days >= 10 else 1)}


def hours_up_to(hours: int) -> str:
    if hours >= 48:
        return days_up_to(hours // 24)
    return _("up to %(count)s hours") % {"count": hours}


def hours_beyond(hours: int) -> str:
    return _("more than %(count)s days") % {"count": hours // 24}


def days_up_to(days: int) -> str:
    return ngettext("up to %(count)s day", "up to %(count)s days", days) % {"count": days}


def days_beyond(days: int) -> str:
    return _("more than %(count)s days") % {"count": days}


def short_hours(hours: int) -> str:
    """Below a narrow column: '12 h', '2 d'."""
    if hours >= 48:
        return pgettext("short for days", "%(count)s d") % {"count": hours // 24}
    return pgettext("short for hours", "%(count)s h") % {"count": hours}


def shown_value(value: Value) -> str:
    if isinstance(value, Hidden):
        return HIDDEN[value]
    return str(value)
