"""The week in a form: as a grid of boxes at registration, by the clock afterwards."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from backend.moments import weekday_name
from backend.people.profile import WeeklySpan
from backend.web.forms.base import ClockField, PageForm

PARTS = ((time(8), time(12)), (time(12), time(16)), (time(16), time(20)))
SPANS_AT_MOST = 24
SPANS_A_DAY = 1  # at least; a day that has some gets a row for each and one to spare


class WeekGridField(forms.MultipleChoiceField):
    """Boxes 'weekday-part'; its value is a list of spans, neighbours joined."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(f"{day}-{part}", "") for day in range(7) for part in range(len(PARTS))]
        super().__init__(choices=choices, **kwargs)

    def clean(self, value: Any) -> list[WeeklySpan]:
        """Joined, because an appointment from 11 to 13 has to lie within one span."""
        spans: list[WeeklySpan] = []
        for box in sorted(super().clean(value)):
            day, part = map(int, box.split("-"))
            starts, ends = PARTS[part]
            if spans and spans[-1].weekday == day and spans[-1].ends == starts:
                starts = spans.pop().starts
            spans.append(WeeklySpan(day, starts, ends))
        return spans


def boxes_of(week: Iterable[Any]) -> list[str] | None:
    """The boxes that say the same as these spans; None where a span begins or ends within a box."""
    edges = {starts: part for part, (starts, _) in enumerate(PARTS)}
    last = {ends: part for part, (_, ends) in enumerate(PARTS)}
    boxes: list[str] = []
    for span in week:
        if span.starts not in edges or span.ends not in last:
            return None
        boxes += [f"{span.weekday}-{part}" for part in range(edges[span.starts], last[span.ends] + 1)]
    return boxes


def grid_rows(field: BoundField) -> list[dict[str, Any]]:
    """What the template draws: a row per weekday, a box per part of the day."""
    ticked = set(field.value() or ())
    return [
        {
            "day": weekday_name(day),
            "boxes": [
                {
                    "value": f"{day}-{part}",
                    "ticked": f"{day}-{part}" in ticked,
                    "id": f"week_{day}_{part}",
                    "starts": starts,
                    "ends": ends,
                }
                for part, (starts, ends) in enumerate(PARTS)
            ],
        }
        for day in range(7)
    ]


class WeekForm(PageForm):
    """Each weekday with its spans by the clock, and room for more."""

    FIELD_OF = {"availability": "from_0_0"}

    def __init__(self, *args: Any, week: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored: dict[int, list[Any]] = {}
        for span in week:
            stored.setdefault(span.weekday, []).append(span)
        self.rows = {
            day: max(SPANS_A_DAY, len(stored.get(day, ())) + 1, self._rows_sent(day)) for day in range(7)
        }
        for day in range(7):
            for number in range(self.rows[day]):
                span = stored.get(day, [])[number : number + 1]
                starts, ends = (span[0].starts, span[0].ends) if span else (None, None)
                self.fields[f"from_{day}_{number}"] = self._clock(_("from"), day, number, starts)
                self.fields[f"to_{day}_{number}"] = self._clock(_("until"), day, number, ends)

    def _rows_sent(self, day: int) -> int:
        """How many rows of this day came with the form: none of them may get lost."""
        numbers = range(SPANS_AT_MOST)
        return max((number + 1 for number in numbers if f"from_{day}_{number}" in self.data), default=0)

    @staticmethod
    def _clock(word: Any, day: int, number: int, initial: time | None) -> ClockField:
        field = ClockField(label=word, required=False, initial=initial)
        place = {"weekday": weekday_name(day), "number": number + 1, "word": word}
        field.label = _("%(weekday)s, time %(number)s, %(word)s") % place
        return field

    @property
    def days(self) -> list[dict[str, Any]]:
        return [
            {
                "day": weekday_name(day),
                "spans": [
                    (self[f"from_{day}_{number}"], self[f"to_{day}_{number}"])
                    for number in range(self.rows[day])
                ],
            }
            for day in range(7)
        ]

    def clean(self) -> dict[str, Any]:
        """A span has both ends, in order."""
        values = super().clean() or self.cleaned_data
        for day, number in self._keys():
            starts, ends = values.get(f"from_{day}_{number}"), values.get(f"to_{day}_{number}")
            if (starts is None) != (ends is None):
                missing = "from" if starts is None else "to"
                self.add_error(f"{missing}_{day}_{number}", _("Please give both times or none."))
            elif starts is not None and ends <= starts:
                self.add_error(f"to_{day}_{number}", _("The end has to be after the beginning."))
        return values

    def week(self) -> list[WeeklySpan]:
        """The spans filled in."""
        data = self.cleaned_data
        return [
            WeeklySpan(day, data[f"from_{day}_{number}"], data[f"to_{day}_{number}"])
            for day, number in self._keys()
            if data.get(f"from_{day}_{number}")
        ]

    def _keys(self) -> list[tuple[int, int]]:
        return [(day, number) for day, rows in self.rows.items() for number in range(rows)]
