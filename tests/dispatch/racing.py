"""How many people act in one instant on one request, or on one pilot, and what must have come of it.

Used by the tests in small and by `bin/bench races` in large: the same races, the same questions afterwards.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier, BrokenBarrierError, Lock, get_ident
from time import perf_counter
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.models import QuerySet

from backend.accounts.models import User
from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.commands.offers import accept_offer
from backend.dispatch.models import Assignment, Commission, HelpRequest, Offer
from backend.dispatch.states import HelpRequestStatus, OfferStatus
from backend.errors import Conflict, DomainError
from backend.people.models import HelpSeeker, Pilot
from tests import factories as make
from tests.factories import NOW

PATIENCE_SECONDS = 60
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Town:
    """Who takes part."""

    requester: User
    help_seeker: HelpSeeker
    coordinators: Sequence[User]
    pilots: Sequence[Pilot]


@dataclass
class Came:
    """What came of one race. `faults` says in words what must not be."""

    winners: int
    answers: int
    faults: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


Job = Callable[[], Any]


def all_at_once(jobs: Sequence[Job], *, width: int) -> tuple[list[Any], list[float]]:
    """Run the jobs by so many people, who start together; each answer is a result, a refusal or what broke."""
    width = min(width, len(jobs))
    start = Barrier(width, timeout=PATIENCE_SECONDS)
    queue = _Shared(iter(range(len(jobs))))
    answers: list[Any] = [None] * len(jobs)
    times = [0.0] * len(jobs)

    def person() -> None:
        try:
            with connection.cursor() as cursor:  # before the start: connecting takes longer than the race
                cursor.execute(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
            start.wait()
            for at in queue:
                began = perf_counter()
                try:
                    answers[at] = jobs[at]()
                except Exception as error:  # whatever it is, the race is judged afterwards
                    answers[at] = error
                times[at] = (perf_counter() - began) * 1000
        finally:
            connection.close()

    with ThreadPoolExecutor(width) as people:
        for one in [people.submit(person) for _ in range(width)]:
            one.result()
    return answers, times


def offered(
    town: Town,
    slots: Sequence[tuple[datetime, datetime]],
    pilots: Sequence[Pilot],
    *,
    accepted: int,
    seats: int = 1,
) -> tuple[HelpRequest, list[Offer]]:
    """A request of which these pilots were asked; the first so many have said yes. In bulk, because of their number."""
    help_request = make.a_help_request(town.help_seeker, town.requester, slots=slots, seats=seats)
    slot = help_request.slots.get()
    offers = [
        Offer(
            help_request=help_request,
            pilot=pilot,
            made_by=town.coordinators[0],
            made_at=NOW,
            expires_at=NOW + 48 * HOUR,
            **({"status": OfferStatus.ACCEPTED, "accepted_slot": slot, "accepted_at": NOW} if yes else {}),
        )
        for pilot, yes in ((pilot, number < accepted) for number, pilot in enumerate(pilots))
    ]
    Offer.objects.bulk_create(offers)
    Offer.slots.through.objects.bulk_create(
        Offer.slots.through(offer=offer, helprequestslot=slot) for offer in offers
    )
    return help_request, offers


def confirming(offer: Offer, by: User) -> Job:
    return partial(
        confirm_assignment, help_request_id=offer.help_request_id, offer_id=offer.pk, by=by, now=NOW
    )


def accepting(offer: Offer) -> Job:
    return partial(accept_offer, offer_id=offer.pk, slot_id=None, by=offer.pilot.user, now=NOW)


def race_for_a_request(town: Town, start: datetime, *, confirms: int, width: int, seed: int) -> Came:
    """Pilots say yes to one request while coordinators confirm others who have: exactly one is commissioned."""
    help_request, offers = offered(town, [(start, start + HOUR)], town.pilots, accepted=confirms)
    jobs = [
        *(
            confirming(offer, town.coordinators[number % len(town.coordinators)])
            for number, offer in enumerate(offers[:confirms])
        ),
        *(accepting(offer) for offer in offers[confirms:]),
    ]
    order = list(range(len(jobs)))
    random.Random(seed).shuffle(order)
    answers, times = all_at_once([jobs[at] for at in order], width=width)
    came = Came(winners=help_request.assignments.live().count(), answers=len(answers), milliseconds=times)
    came.faults += _broken(answers)
    by_job = dict(zip(order, answers, strict=True))
    won = [at for at in range(confirms) if isinstance(by_job[at], Assignment)]
    entries = Commission.objects.filter(assignment__help_request=help_request, kind="COMMISSIONED").count()
    help_request.refresh_from_db()
    if not (came.winners == len(won) == entries == 1):
        came.faults.append(f"{came.winners} live, {len(won)} told so, {entries} in the record")
    if help_request.status != HelpRequestStatus.ASSIGNED:
        came.faults.append(f"the request is {help_request.status}")
    statuses = dict(help_request.offers.values_list("pk", "status"))
    for at in range(confirms, len(jobs)):
        in_time = isinstance(by_job[at], Offer)
        if statuses[offers[at].pk] != (OfferStatus.RESERVE if in_time else OfferStatus.RETRACTED):
            came.faults.append(f"a yes {'in time' if in_time else 'too late'}: {statuses[offers[at].pk]}")
    return came


def race_for_a_pilot(town: Town, start: datetime, *, requests: int, width: int) -> Came:
    """So many offices' requests want the same pilot at overlapping times: exactly one gets her."""
    pilot = town.pilots[0]
    offers = []
    for number in range(requests):
        begins = start + timedelta(minutes=number % 60)
        _request, (offer,) = offered(town, [(begins, begins + HOUR)], [pilot], accepted=1)
        offers.append(offer)
    jobs = [
        confirming(offer, town.coordinators[number % len(town.coordinators)])
        for number, offer in enumerate(offers)
    ]
    answers, times = all_at_once(jobs, width=width)
    live = Assignment.objects.live().filter(offer__in=[offer.pk for offer in offers])
    came = Came(winners=live.count(), answers=len(answers), milliseconds=times)
    came.faults += _broken(answers)
    entries = Commission.objects.filter(
        assignment__offer__in=[o.pk for o in offers], kind="COMMISSIONED"
    ).count()
    won = sum(isinstance(answer, Assignment) for answer in answers)
    if not (came.winners == won == entries == 1):
        came.faults.append(f"{came.winners} live, {won} told so, {entries} in the record")
    refused = {answer.code for answer in answers if isinstance(answer, Conflict)}
    if strange := refused - {"pilot_double_booked", "travel_time_missing"}:
        came.faults.append(f"refused by {sorted(strange)}")
    return came


@contextmanager
def without(table: str, *names: str) -> Iterator[None]:
    """The table without these constraints or unique indexes; afterwards emptied, and with them again."""
    restore = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
            if found := cursor.fetchone():
                restore.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {found[0]}")
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            else:
                cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [name])
                restore.append(cursor.fetchone()[0])
                cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
            for statement in restore:
                cursor.execute(statement)


@contextmanager
def nobody_waits(people: int) -> Iterator[None]:
    """Locked reads are plain ones, and whoever first looks for a free seat goes on when all have looked."""
    looked = Barrier(people, timeout=PATIENCE_SECONDS)
    look, waited = HelpRequest.free_seats, set[int]()

    def look_together(help_request: HelpRequest) -> list[int]:
        seats = look(help_request)
        me = get_ident()
        if me not in waited:
            waited.add(me)
            with suppress(BrokenBarrierError):
                looked.wait()
        return seats

    with (
        patch.object(QuerySet, "select_for_update", lambda self, **options: self),
        patch.object(HelpRequest, "free_seats", look_together),
    ):
        yield


def _broken(answers: Sequence[Any]) -> list[str]:
    """What is neither done nor refused."""
    return [
        f"{type(answer).__name__}: {answer}"
        for answer in answers
        if isinstance(answer, Exception) and not isinstance(answer, DomainError)
    ]


class _Shared:
    """An iterator that several threads may ask."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self.numbers, self.lock = numbers, Lock()

    def __iter__(self) -> "_Shared":
        return self

    def __next__(self) -> int:
        with self.lock:
            return next(self.numbers)
