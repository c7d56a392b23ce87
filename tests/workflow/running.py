"""How is the machine run: on one transaction, by a clock of its own, and drawn from a seed or always the same?"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.test import override_settings
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.workflow.invariants import prepare
from tests.workflow.machine import TownWithClock
from tests.workflow.world import HOLDINGS, World

STEPS_OF_AN_EXAMPLE = 50
SWALLOWED = ("backend.ticks", "notifications.outbox")  # loggers of those who let one row stop no other


@contextmanager
def town() -> Iterator[World]:
    """The world, with its clock in the place of the database's; within a transaction of the caller's."""
    world = World.new()
    prepare(HOLDINGS)
    TownWithClock.world = world
    for name in SWALLOWED:
        logging.getLogger(name).addHandler(world.complaints)
    try:
        with (
            patch("backend.clock.database_now", lambda: TownWithClock.clock[0]),
            override_settings(EVENT_LISTENERS=[]),
        ):
            yield world
    finally:
        for name in SWALLOWED:
            logging.getLogger(name).removeHandler(world.complaints)


def take_steps(
    machine: type[RuleBasedStateMachine], *, examples: int, by_seed: int | None = None
) -> Counter[str]:
    """So many examples of fifty steps each; what was done and refused, and under `steps` how many were taken."""
    TownWithClock.steps.clear()
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS_OF_AN_EXAMPLE,
        derandomize=by_seed is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
    )
    factory = machine if by_seed is None else seed(by_seed)(machine)
    run_state_machine_as_test(factory, settings=chosen)
    return Counter(TownWithClock.steps)
