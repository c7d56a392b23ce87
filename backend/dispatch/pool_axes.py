"""Which row of the arrays stands for which request, which date and which pilot?"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Func, TextField, UUIDField, Value
from numpy.typing import NDArray

from backend.accounts.models import Office
from backend.dispatch.models import HelpRequest, HelpRequestSlot


@dataclass(frozen=True)
class Asked:
    """Requests of one office, and the dates in question: the slots of all of them, one request after the other."""

    help_requests: Sequence[HelpRequest]
    slots: Sequence[HelpRequestSlot]
    slot_request: NDArray[np.int64]
    more_languages: Sequence[str] = ()  # that no request asks for, but that somebody wants to know about

    @classmethod
    def of(
        cls,
        help_requests: Sequence[HelpRequest],
        slots: Sequence[Sequence[HelpRequestSlot]],
        more_languages: Sequence[str] = (),
    ) -> "Asked":
        """`slots` has the dates of each request; raises ValueError for requests of several offices, or of none."""
        if len({help_request.office_id for help_request in help_requests}) != 1:
            raise ValueError("the requests must be of one office")
        return cls(
            help_requests,
            [slot for dates in slots for slot in dates],
            np.repeat(np.arange(len(slots)), [len(dates) for dates in slots]),
            more_languages,
        )

    @property
    def office(self) -> Office:
        return self.help_requests[0].office

    @property
    def zone(self) -> ZoneInfo:
        return self.office.zone

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language asked for, in the order in which they are first named, and then the others."""
        named = (code for help_request in self.help_requests for code in help_request.languages)
        return tuple(dict.fromkeys((*named, *self.more_languages)))

    @property
    def first(self) -> datetime:
        return min(slot.starts_at for slot in self.slots)

    @property
    def last(self) -> datetime:
        return max(slot.ends_at for slot in self.slots)

    def starts(self) -> list[datetime]:
        """[S] by the clock on the office's wall."""
        return [slot.starts_at.astimezone(self.zone) for slot in self.slots]

    def ends(self) -> list[datetime]:
        """[S] by the clock on the office's wall."""
        return [slot.ends_at.astimezone(self.zone) for slot in self.slots]


@dataclass(frozen=True)
class PilotRows:
    """The pilots in question, and the row of each."""

    row_of: dict[UUID, int]

    @cached_property
    def ids(self) -> Func:
        """For `pilot__in`: one parameter, written once, and no search repeated in each query."""
        array = Value("{%s}" % ",".join(map(str, self.row_of)), output_field=TextField())  # noqa: UP031
        return Func(array, template="(SELECT unnest(%(expressions)s::uuid[]))", output_field=UUIDField())

    def __len__(self) -> int:
        return len(self.row_of)

    def known(self, found: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
        """What was found, with the pilot's row in place of the id.

        A profile may change between two of our queries, so that a later one finds a pilot whom the first did not.
        """
        return ((self.row_of[pilot], *rest) for pilot, *rest in found if pilot in self.row_of)


def minutes(moment: datetime) -> int:
    """Whole minutes since 1970, rounded down."""
    return int(moment.timestamp() // 60)


def minutes_up(moment: datetime) -> int:
    """The same, rounded up: for ends of spans, which must never end too early."""
    return -int(-moment.timestamp() // 60)


def rows_by(asked: Asked, key: Callable[[HelpRequest], Any]) -> Mapping[Any, list[int]]:
    """The rows of the requests of each value of `key`, without those that have none."""
    rows: dict[Any, list[int]] = defaultdict(list)
    for row, help_request in enumerate(asked.help_requests):
        if value := key(help_request):
            rows[value].append(row)
    return dict(rows)
