"""Does the workflow stay in order over hundreds of thousands of steps, of which no two runs take the same, and in time?

The machine of tests/workflow, from one seed to the next, and two simulated years. It goes on where it stopped: each
batch adds to the tally `machine`.
"""

from django.db import transaction

from benchmarks import budget, years
from benchmarks.database import scratch_database
from benchmarks.rows import Row
from benchmarks.tally import Tally
from tests.workflow.invariants import INVARIANTS
from tests.workflow.running import STEPS_OF_AN_EXAMPLE, take_steps, town
from tests.workflow.workflow import Workflow

STEPS_WANTED, EXAMPLES_A_BATCH = 200_000, 20
SECTION, TIME = "workflow", "time"


def run(quick: bool) -> list[Row]:
    """Batches until the steps are done; `quick`: one, and nothing is kept."""
    tally = Tally(None if quick else "machine")
    wanted = EXAMPLES_A_BATCH * STEPS_OF_AN_EXAMPLE if quick else STEPS_WANTED
    with scratch_database():
        if tally.get(TIME, "days") < years.DAYS:
            tally.add(TIME, **years.live_through(30 if quick else years.DAYS, by_seed=1))
        while tally.get(SECTION, "steps") < wanted and not budget.used_up():
            _add_batch(tally)
            print(f"  {tally.get(SECTION, 'steps'):,} steps", flush=True)
    return rows(tally)


def _add_batch(tally: Tally) -> None:
    number = tally.get(SECTION, "batches")
    with transaction.atomic():
        with town():
            try:
                steps = take_steps(Workflow, examples=EXAMPLES_A_BATCH, by_seed=number)
                found = {
                    "steps": steps.pop("steps"),
                    "commands": sum(n for name, n in steps.items() if ":" not in name),
                }
                found["refusals"] = sum(n for name, n in steps.items() if ":" in name)
            except Exception as error:  # whatever it is: a finding, counted like the rest
                found = {"broken": [f"seed {number}: {type(error).__name__}: {error}"[:3000]]}
        transaction.set_rollback(True)
    tally.add(SECTION, batches=1, **found)


def rows(tally: Tally) -> list[Row]:
    """What has been added up so far, as figures."""
    steps, broken = tally.get(SECTION, "steps"), len(tally.get(SECTION, "broken", []))
    return [
        Row(
            "F3-steps",
            "workflow: steps, with every invariant looked at after each",
            steps,
            STEPS_WANTED,
            True,
        ),
        Row(
            "F3-broken",
            f"workflow: runs in which one of {len(INVARIANTS)} invariants broke",
            broken,
            0,
            n=steps,
        ),
        Row("F3-commands", "workflow: commands carried out", tally.get(SECTION, "commands")),
        Row("F3-refusals", "workflow: commands refused with a reason", tally.get(SECTION, "refusals")),
        Row(
            "F10-days",
            "days lived through, by workers with five different clocks",
            tally.get(TIME, "days"),
            730,
            True,
        ),
        Row(
            "F10-faults",
            "of what fell due: missed, doubled or at the wrong time",
            len(tally.get(TIME, "faults", [])),
            0,
            n=tally.get(TIME, "due"),
        ),
    ]
