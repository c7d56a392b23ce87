"""Does the workflow stay in order whatever people, the office and the clock do to it, and would we notice if not?

800 steps here; 200,000 by the bench.
"""

import pytest
from django.db import connection
from hypothesis.stateful import rule

from tests.workflow.invariants import INVARIANTS
from tests.workflow.running import take_steps, town
from tests.workflow.workflow import Workflow

EXAMPLES, STEPS = 20, 800
RARE = 3  # so many of the commands need a longer run
COMMANDS = {
    "accept_offer", "activate_pilot", "cancel_assignment", "change_help_request", "close_unfilled",
    "confirm_assignment", "decline_offer", "erase_account", "file_help_request", "make_offers", "pause_pilot",
    "report_activity", "resume_pilot", "retract_offer", "settle_report", "start_waves", "stop_waves",
    "suggest_pilots", "withdraw_help_request",
}  # fmt: skip


@pytest.mark.django_db
def test_hundreds_of_steps_leave_all_in_order() -> None:
    with town():
        steps = take_steps(Workflow, examples=EXAMPLES)

    assert len(INVARIANTS) >= 12
    assert steps["steps"] >= STEPS
    assert len(COMMANDS - set(steps)) <= RARE, COMMANDS - set(steps)


class Careless(Workflow):
    """Somebody writes to the tables past the commands."""

    harm: str

    @rule()
    def harm_is_done(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.harm)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("harm", "invariant"),
    [
        (
            "UPDATE dispatch_helprequest SET status = 'WITHDRAWN', withdrawn_at = now() WHERE status = 'OPEN'",
            "a request's state was recorded",
        ),
        (
            "UPDATE people_pilot SET status = 'PAUSED' WHERE status = 'ACTIVE'",
            "only who is active can be found",
        ),
    ],
)
def test_harm_past_the_commands_is_noticed(harm: str, invariant: str) -> None:
    class Harmed(Careless):
        pass

    Harmed.harm = harm
    with town(), pytest.raises(AssertionError, match=invariant):
        take_steps(Harmed, examples=10)
