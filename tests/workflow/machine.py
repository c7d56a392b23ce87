"""How does the machine take a step, move its clock and look whether all is in order?"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backend.accounts.models import User
from backend.dispatch import tasks as dispatch_tasks
from backend.dispatch.models import HelpRequestSlot
from backend.errors import DomainError
from backend.people import tasks as people_tasks
from notifications import outbox
from tests import factories as make
from tests.workflow.invariants import look
from tests.workflow.world import START, World

CLOCKS_GO_BACK = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def needs(*kinds: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Where none of them is there to act upon, something else goes on.

    Not a precondition of Hypothesis: what is drawn must not hang on the rows, which have random keys.
    """

    def decorate(step: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(step)
        def take(self: Any, **drawn: Any) -> None:
            if any(self.held.get(kind) for kind in kinds):
                step(self, **drawn)
            else:
                self.it_takes_its_course(which=drawn.get("which", 0))

        return take

    return decorate


class TownWithClock(RuleBasedStateMachine):
    """`world` is set by whoever runs it; all rows of an example are rolled back at its end."""

    world: ClassVar[World]
    clock: ClassVar[list[datetime]] = [START]  # what the database's clock says, for tasks too
    steps: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.held: dict[str, list[UUID]] = {}
        self.now = START

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    @property
    def now(self) -> datetime:
        return self.clock[0]

    @now.setter
    def now(self, moment: datetime) -> None:
        self.clock[0] = moment

    def one(self, which: int, *kinds: str) -> UUID:
        """The id of one of those there are."""
        found = [pk for kind in kinds for pk in self.held.get(kind, [])]
        return found[which % len(found)]

    def act(self, command: Callable[..., Any], by: User | None, **given: Any) -> Any:
        """Carry it out, or be refused."""
        try:
            done = command(by=by, now=self.now, **given)
        except DomainError as refusal:
            self.steps[f"{command.__name__}: {refusal.code}"] += 1
            return None
        self.steps[command.__name__] += 1
        return done

    # --- after each step

    @initialize()
    def begin(self) -> None:
        """The day begins with a request that was offered to two, so that no example is about asking alone."""
        self.look()
        self.somebody_asks_and_is_offered()
        self.look()

    def somebody_asks_and_is_offered(self) -> None:
        raise NotImplementedError

    def look(self) -> None:
        """See what is there, and that all is in order."""
        broken, held = look(now=self.now)
        self.held = {name: [UUID(pk) for pk in ids] for name, ids in held.items()}
        found = [*broken, *self.world.complaints.lines]
        self.world.complaints.lines.clear()
        assert not found, found

    @invariant()
    def all_is_in_order(self) -> None:
        self.steps["steps"] += 1
        self.look()

    # --- time

    @rule(minutes=st.sampled_from([1, 30, 180, 600, 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(late=st.sampled_from([0, 1, 45]), rarely=st.integers(0, 3))
    def the_next_date_begins(self, late: int, rarely: int) -> None:
        if rarely:
            return
        coming = HelpRequestSlot.objects.filter(starts_at__gt=self.now).order_by("starts_at").first()
        if coming:
            self.now = coming.starts_at + timedelta(minutes=late)

    @rule(minutes=st.sampled_from([-30, 30]), rarely=st.integers(0, 15))
    def the_night_with_an_hour_more(self, minutes: int, rarely: int) -> None:
        if rarely or self.now >= CLOCKS_GO_BACK:
            return
        self.now = CLOCKS_GO_BACK + timedelta(minutes=minutes)

    @rule()
    def the_clock_looks(self) -> None:
        for tick in (
            dispatch_tasks.expire_offers,
            dispatch_tasks.next_wave,
            dispatch_tasks.close_unfilled,
            people_tasks.end_pauses,
        ):
            tick()
        outbox.fan_out(now=self.now)

    @rule(at_most=st.integers(1, 4))
    @needs("delivery DUE")
    def post_is_sent(self, at_most: int) -> None:
        left = iter(range(at_most))
        outbox.send_due(now=self.now, go_on=lambda: next(left, None) is not None)

    # --- for the rules of people

    def slots(self, wanted: Sequence[tuple[int, int, int]]) -> list[tuple[datetime, datetime]]:
        today = self.now.astimezone(make.BERLIN)
        starts = [
            ((today + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0), minutes)
            for days, hour, minutes in wanted
        ]
        return [(start, start + timedelta(minutes=minutes)) for start, minutes in starts]
