"""When is nobody to be disturbed, and how much time have people had to answer outside of it?"""

from __future__ import annotations

from typing import NamedTuple

DAY_MINUTES = 24 * 60


class QuietHours(NamedTuple):
    """Local hours [from, until) of each day, around midnight where `from_hour` is the later; equal: never quiet.

    Minutes are local ones; minute 0 is a midnight.
    """

    from_hour: int = 20
    until_hour: int = 8

    def holds(self, minute: int) -> bool:
        """Whether the minute lies in quiet hours."""
        return self.end_of(minute) != minute

    def end_of(self, minute: int) -> int:
        """The end of the quiet hours that the minute lies in, or the minute itself."""
        day, of_day = divmod(minute, DAY_MINUTES)
        begin, end = self.from_hour * 60, self.until_hour * 60
        if begin <= end:
            return day * DAY_MINUTES + (end if begin <= of_day < end else of_day)
        if of_day >= begin:
            return (day + 1) * DAY_MINUTES + end
        return day * DAY_MINUTES + max(of_day, end)

    def waking_hours(self, since: int, until: int) -> float:
        """Hours between two minutes, quiet ones left out: who sleeps has not declined."""
        return (self._waking_minutes(until) - self._waking_minutes(since)) / 60

    def _waking_minutes(self, minute: int) -> int:
        """Since minute 0, up to this one."""
        day, of_day = divmod(minute, DAY_MINUTES)
        begin, end = self.from_hour * 60, self.until_hour * 60
        if begin <= end:
            quiet_today, quiet = min(max(of_day - begin, 0), end - begin), end - begin
        else:
            quiet_today, quiet = min(of_day, end) + max(of_day - begin, 0), end + DAY_MINUTES - begin
        return day * (DAY_MINUTES - quiet) + of_day - quiet_today
