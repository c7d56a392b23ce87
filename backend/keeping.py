"""How long is something kept? A period as a model declares it, read by the nightly run and by the documents alike.

`keep_for` of a model's `class Privacy` is either a period ("90 days"), or begins with "as long as" (it goes with
something else), or is None (it says nothing about people). An office may set some periods itself, within bounds.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

WRITTEN = re.compile(r"(\d{1,4}) (hour|day|month|year)s?")
WITH_SOMETHING = "as long as"
DAYS_A_MONTH = 30.44


@dataclass(frozen=True)
class Period:
    """So many hours, days, months or years; the latter two by the calendar."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"

    def before(self, moment: datetime) -> datetime:
        """What began up to then is over at `moment`: a month before 31 March is 28 or 29 February."""
        if self.unit in ("hour", "day"):
            return moment - timedelta(**{f"{self.unit}s": self.amount})
        months = self.amount * (12 if self.unit == "year" else 1)
        year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day)

    @property
    def in_days(self) -> int:
        """About how many days, for comparing."""
        days = {"hour": 1 / 24, "day": 1, "month": DAYS_A_MONTH, "year": 365.25}[self.unit]
        return round(self.amount * days)


def period(written: str) -> Period:
    """Read "90 days"; ValueError for anything else."""
    read = WRITTEN.fullmatch(written)
    if read is None:
        raise ValueError(f"{written!r} is no period such as '90 days'")
    return Period(int(read[1]), read[2])


def has_period(keep_for: str | None) -> bool:
    """Whether the clock ends it, and not only what it goes with."""
    return bool(keep_for) and not str(keep_for).startswith(WITH_SOMETHING)


@dataclass(frozen=True)
class OfficePeriod:
    """A period that an office sets itself: what it is without that, and the bounds, all in days."""

    preset: Period
    least: int
    most: int

    def of(self, days: int | None) -> Period:
        """The office's own number of days, or the preset."""
        return self.preset if days is None else Period(days, "day")


# By the name that a model's `Privacy.office_period` gives. What a law sets an end to stays within it; what somebody
# has to prove (a consent, who opened what) may not be shortened away.
OFFICE_PERIODS: dict[str, OfficePeriod] = {
    "vault": OfficePeriod(Period(30, "day"), 7, 90),
    "cases": OfficePeriod(Period(6, "month"), 30, 366),
    "offers": OfficePeriod(Period(90, "day"), 30, 366),
    "deliveries": OfficePeriod(Period(90, "day"), 30, 366),
    "access_log": OfficePeriod(Period(12, "month"), 180, 1096),
    "consents": OfficePeriod(Period(3, "year"), 366, 1827),
    "pilots_who_left": OfficePeriod(Period(12, "month"), 90, 732),
    "silent_pilots": OfficePeriod(Period(12, "month"), 180, 1096),
    "background_checks": OfficePeriod(Period(3, "month"), 0, 92),
    "barrier_reports": OfficePeriod(Period(1, "year"), 30, 732),
}
