"""What falls due in a night when the clocks change, and does it happen once, at the first look after its time?

In-process, by a clock that is moved: `database_now` says what the database says, and django's own clock says what the
worker thinks, which may be wrong by a day. Each look is another worker's, with another error.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any
from unittest.mock import patch

from backend.accounts import tasks as accounts_tasks
from backend.accounts.models import IdempotencyKey, User
from backend.dispatch import tasks as dispatch_tasks
from backend.dispatch.models import HelpRequest, HelpRequestSlot, Offer, RequestDraft, WaveSeries
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.keys import uuid7
from backend.people import tasks as people_tasks
from backend.people.models import Pilot
from notifications import tasks as notifications_tasks
from notifications.models import Delivery
from tests import factories as make

ERRORS = [timedelta(0), timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]
LOOKS = (
    dispatch_tasks.expire_offers,
    dispatch_tasks.next_wave,
    dispatch_tasks.close_unfilled,
    dispatch_tasks.forget_drafts,
    people_tasks.end_pauses,
    accounts_tasks.forget_idempotency_keys,
    notifications_tasks.fan_out,
    notifications_tasks.send_due,
)


@dataclass
class Clocks:
    """What the database says, and what the worker says whose turn it is."""

    now: datetime
    error: timedelta = timedelta(0)
    sent: list[tuple[Any, datetime]] = field(default_factory=list)  # deliveries handed to their channel

    @property
    def wrong(self) -> datetime:
        return self.now + self.error


@contextmanager
def moved_clocks(start: datetime) -> Iterator[Clocks]:
    """Both clocks are ours; letters are noted instead of sent, since what they say does not matter here."""
    clocks = Clocks(start)
    with (
        patch("backend.clock.database_now", lambda: clocks.now),
        patch("django.utils.timezone.now", lambda: clocks.wrong),
        patch("notifications.outbox.render", lambda delivery, now: "letter"),
        patch(
            "notifications.outbox.send",
            lambda delivery, _letter: clocks.sent.append((delivery.pk, clocks.now)) or "",
        ),
    ):
        yield clocks


def look_every(clocks: Clocks, step: timedelta, until: datetime) -> list[datetime]:
    """All ticks, again and again, each time by a worker with another clock; when that was."""
    moments, errors = [], cycle(ERRORS)
    while clocks.now < until:
        clocks.error = next(errors)
        for look in LOOKS:
            look()
        moments.append(clocks.now)
        clocks.now += step
    return moments


@dataclass
class Night:
    """What falls due, by the moment at which it does."""

    offers: dict[Any, datetime]
    requests: dict[Any, datetime]
    letters: dict[Any, datetime]
    series: dict[Any, datetime]
    drafts: dict[Any, datetime]
    keys: dict[Any, datetime]
    pilot: Pilot
    back_at: datetime

    def faults(self, clocks: Clocks, looks: Sequence[datetime]) -> Counter[str]:
        """What was missed, came too early or late, or twice; empty when all happened once, at the next look."""
        found: Counter[str] = Counter()
        for kind, due in (
            (EventKind.OFFER_EXPIRED, self.offers),
            (EventKind.HELP_REQUEST_UNFILLED, self.requests),
        ):
            events = Event.objects.filter(kind=kind, subject_id__in=due).values_list(
                "subject_id", "happened_at"
            )
            found += _against(due, list(events), looks, what=kind.value)
        found += _against(self.letters, clocks.sent, looks, what="letter")
        stopped = WaveSeries.objects.filter(pk__in=self.series).values_list("pk", "stopped_at")
        found += _against(self.series, [(pk, at) for pk, at in stopped if at], looks, what="waves")
        back = Event.objects.filter(
            subject_id=self.pilot.pk,
            kind=EventKind.PILOT_STATUS_CHANGED,
            facts__status="ACTIVE",
            actor_id=None,
            happened_at__gte=looks[0],
        )
        found += _against(
            {self.pilot.pk: self.back_at},
            list(back.values_list("subject_id", "happened_at")),
            looks,
            what="pause",
        )
        found["drafts kept"] += RequestDraft.objects.filter(pk__in=self.drafts).count()
        found["keys kept"] += IdempotencyKey.objects.filter(pk__in=self.keys).count()
        return +found


def _against(
    due: dict[Any, datetime],
    happened: Sequence[tuple[Any, datetime]],
    looks: Sequence[datetime],
    *,
    what: str,
) -> Counter[str]:
    found: Counter[str] = Counter()
    times: dict[Any, list[datetime]] = {}
    for pk, at in happened:
        times.setdefault(pk, []).append(at)
    for pk, moment in due.items():
        expected = next(look for look in looks if look >= moment)
        seen = times.get(pk, [])
        if not seen:
            found[f"{what} missed"] += 1
        elif len(seen) > 1:
            found[f"{what} doubled"] += 1
        elif seen[0] != expected:
            found[f"{what} at the wrong time"] += 1
    return found


def a_night(moments: Sequence[datetime], *, kaya: User, rita: User, pilot: Pilot, back_at: datetime) -> Night:
    """At each moment an offer expires, a request's last date begins, a letter and a look of the waves are due."""
    long_ago = moments[0] - timedelta(days=20)
    later = (moments[-1] + timedelta(days=30)).astimezone(make.BERLIN).replace(hour=10)
    seeker = make.a_help_seeker(rita, now=long_ago)
    pattern = make.a_help_request(seeker, rita, slots=[(later, later + timedelta(hours=1))], now=long_ago)
    requests = [_copy_of(pattern, f"N{number}") for number in range(3 * len(moments))]
    HelpRequest.objects.bulk_create(requests)
    asked, ending, waiting = (requests[place::3] for place in range(3))
    HelpRequestSlot.objects.bulk_create(
        HelpRequestSlot(help_request=one, starts_at=at, ends_at=at + timedelta(minutes=30))
        for one, at in [
            *((one, later) for one in asked),
            *zip(ending, moments, strict=True),
            *((one, moments[0] - timedelta(days=2)) for one in waiting),
        ]
    )
    offers = [
        Offer(help_request=one, pilot=pilot, made_by=kaya, made_at=long_ago, expires_at=at)
        for one, at in zip(asked, moments, strict=True)
    ]
    Offer.objects.bulk_create(offers)
    # Their dates are over, so that the look ends them: they stand outside the requests that close by themselves.
    HelpRequest.objects.filter(pk__in=[one.pk for one in waiting]).update(
        status="WITHDRAWN", withdrawn_at=long_ago
    )
    series = [
        WaveSeries(help_request=one, policy={}, started_by=kaya, started_at=long_ago, next_at=at)
        for one, at in zip(waiting, moments, strict=True)
    ]
    WaveSeries.objects.bulk_create(series)
    Event.objects.unprocessed().update(processed_at=long_ago)
    Delivery.objects.all().delete()
    event = Event.objects.filter(kind=EventKind.HELP_REQUEST_FILED).latest("pk")
    letters = [
        Delivery(
            event=event, template=f"letter{number}", recipient=rita, channel="email", subject_type=event.subject_type,
            subject_id=event.subject_id, office_id=event.office_id, due_at=at,
        )
        for number, at in enumerate(moments)
    ]  # fmt: skip
    Delivery.objects.bulk_create(letters)
    lifetime, remembered = timedelta(days=30), IdempotencyKey.REMEMBERED
    drafts = [RequestDraft(owner=rita, created_at=at - lifetime, changed_at=at - lifetime) for at in moments]
    RequestDraft.objects.bulk_create(drafts)
    keys = [
        IdempotencyKey(key=f"k{number}", fingerprint="x", created_at=at - remembered)
        for number, at in enumerate(moments)
    ]
    IdempotencyKey.objects.bulk_create(keys)
    Pilot.objects.filter(pk=pilot.pk).update(
        status="PAUSED", paused_until=back_at.astimezone(make.BERLIN).date()
    )
    return Night(
        offers={one.pk: one.expires_at for one in offers},
        requests={one.pk: at for one, at in zip(ending, moments, strict=True)},
        letters={one.pk: one.due_at for one in letters},
        series={one.pk: one.next_at for one in series},
        drafts={one.pk: at for one, at in zip(drafts, moments, strict=True)},
        keys={one.pk: at for one, at in zip(keys, moments, strict=True)},
        pilot=pilot,
        back_at=back_at,
    )


def _copy_of(pattern: HelpRequest, reference: str) -> HelpRequest:
    values = {field.attname: getattr(pattern, field.attname) for field in pattern._meta.concrete_fields}
    return HelpRequest(
        **{**values, "id": uuid7(), "reference": reference, "meeting_place_id": None, "setting": "phone"}
    )
