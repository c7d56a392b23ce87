"""Which moments can be meant, and how is one said in the office's time zone and the reader's language?"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from django.utils.translation import gettext, ngettext

from backend.reader import reader_locale

# Long and short, as letters of offices write them; elsewhere as CLDR has it.
PATTERNS = {
    "de": ("EEEE, d. MMMM y", "EEE d. MMM y"),
    "en": ("EEEE, d MMMM y", "EEE d MMM y"),
}
YEARS = (2000, 2100)  # first and last; near the ends of the calendar nothing can be added or converted

MINUTES_SAID_AS_SUCH = 90


def day_in_words(day: date, *, short: bool = False) -> str:
    """'Tuesday, 10 November 2026', or 'Tue, 10 Nov 2026'."""
    locale = reader_locale()
    if locale.language in PATTERNS:
        return format_date(day, PATTERNS[locale.language][short], locale=locale)
    return format_skeleton("yMMMEd", day, locale=locale) if short else format_date(day, "full", locale=locale)


def clock(moment: time | datetime) -> str:
    """'10:00', the same in every language."""
    return f"{moment:%H:%M}"


def span_in_words(starts_at: datetime, ends_at: datetime, zone: str, *, short: bool = False) -> str:
    """Day and both times as the clock on the wall of that zone says them."""
    start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (starts_at, ends_at))
    return gettext("%(day)s, %(start)s–%(end)s") % {
        "day": day_in_words(start.date(), short=short),
        "start": clock(start),
        "end": clock(end),
    }


def moment_in_words(moment: datetime, zone: str, *, short: bool = True) -> str:
    """Day and time by that zone's wall clock."""
    local = moment.astimezone(ZoneInfo(zone))
    return gettext("%(day)s, %(time)s") % {
        "day": day_in_words(local.date(), short=short),
        "time": clock(local),
    }


def short_moment(moment: datetime, zone: str) -> str:
    """'Tue 10.11. 10:00', in as few characters as an SMS can spare."""
    local = moment.astimezone(ZoneInfo(zone))
    return (
        f"{weekday_name(local.weekday(), short=True).rstrip('.')} {local.day}.{local.month}. {clock(local)}"
    )


def weekday_name(weekday: int, *, short: bool = False) -> str:
    """Monday is 0."""
    # 2024-01-01 was a Monday.
    return format_date(date(2024, 1, 1 + weekday), "EEE" if short else "EEEE", locale=reader_locale())


def duration_in_words(minutes: int) -> str:
    """'60 minutes', '2 hours', '2 h 30 min'."""
    hours, rest = divmod(minutes, 60)
    if minutes <= MINUTES_SAID_AS_SUCH:
        return ngettext("%(minutes)s minute", "%(minutes)s minutes", minutes) % {"minutes": minutes}
    if rest:
        return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}


def days_until(day: date, today: date) -> str:
    """'today', 'tomorrow', 'in 5 days'."""
    days = (day - today).days
    if days <= 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
