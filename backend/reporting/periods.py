"""Which days does a report cover?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.moments import YEARS

NAMED = re.compile(r"(?P<year>\d{4})(?:-q(?P<quarter>[1-4]))?", re.IGNORECASE)


@dataclass(frozen=True)
class Period:
    """Both days included; `name` is how the address says it, empty where the days were chosen one by one."""

    first: date
    last: date
    name: str = ""

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first midnight up to the one after the last day, by the clock on that wall."""
        return (
            datetime.combine(self.first, time(), zone),
            datetime.combine(self.last + timedelta(days=1), time(), zone),
        )

    def months(self) -> Iterator[tuple[int, int]]:
        """Year and month of every month it touches."""
        year, month = self.first.year, self.first.month
        while (year, month) <= (self.last.year, self.last.month):
            yield year, month
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def named_period(name: str) -> Period | None:
    """'2026' or '2026-q3'; None for anything else."""
    read = NAMED.fullmatch(name)
    if read is None or not YEARS[0] <= int(read["year"]) <= YEARS[1]:
        return None
    return (
        quarter_of(int(read["year"]), int(read["quarter"])) if read["quarter"] else year_of(int(read["year"]))
    )


def year_of(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31), str(year))


def quarter_of(year: int, quarter: int) -> Period:
    after = date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return Period(date(year, quarter * 3 - 2, 1), after - timedelta(days=1), f"{year}-q{quarter}")
