"""Does the API answer whatever its own schema allows and forbids, to every role, in many thousands of cases?

Goes on where it stopped: each round has a seed of its own, the sums stand in the tally.
"""

import logging
from contextlib import ExitStack
from unittest import mock

from django.test.utils import override_settings

from benchmarks import budget
from benchmarks.database import scratch_database
from benchmarks.quiet import logged_above
from benchmarks.rows import Row
from benchmarks.tally import Tally
from tests.factories import NOW
from tests.fuzzing.api import Findings, Fuzzer
from tests.fuzzing.town import a_town

CASES, QUICK_CASES = 50_000, 2_000
EXAMPLES, STORIES, STEPS = 3, 4, 10  # of a round: about 4,000 cases; stories of each role
AT_ONCE = 10  # operations between two notes
WORST_SHOWN = 20


def run(quick: bool) -> list[Row]:
    """Rounds until there are enough cases; what is wrong is printed, and counted for ever."""
    tally = Tally(None if quick else "api")
    with ExitStack() as stack:
        stack.enter_context(logged_above(logging.ERROR))  # each refusal would leave a line
        stack.enter_context(scratch_database())
        stack.enter_context(override_settings(ACCOUNT_RATE_LIMITS={}))
        stack.enter_context(mock.patch("django.utils.timezone.now", lambda: NOW))
        stack.enter_context(mock.patch("backend.celery.app.send_task"))
        town = a_town()
        while tally.get("cases", "n") < (QUICK_CASES if quick else CASES) and not budget.used_up():
            _round(Fuzzer(town, seed=tally.get("cases", "rounds") + 1), tally, quick=quick)
    return _rows(tally)


def _round(fuzzer: Fuzzer, tally: Tally, *, quick: bool) -> None:
    """Some operations after the other, so that a stopped run loses little; then the stories."""
    operations = fuzzer.operations
    for start in range(0, len(operations), AT_ONCE):
        fuzzer.operations = operations[start : start + AT_ONCE]
        fuzzer.each_operation(examples=1 if quick else EXAMPLES)
        _note(fuzzer, tally)
    fuzzer.stories(examples=2 if quick else STORIES, steps=STEPS)
    _note(fuzzer, tally, rounds=1, longest_operations=len(operations))


def _note(fuzzer: Fuzzer, tally: Tally, **more: int) -> None:
    found, fuzzer.findings = fuzzer.findings, Findings()
    _say(found)
    known = set(tally.get("reached", "operations", []))
    tally.add("reached", operations=sorted(found.touched - known))
    tally.add(
        "cases",
        n=found.cases,
        server_errors=len(found.server_errors),
        violations=len(found.violations),
        **more,
    )
    tally.add("roles", **found.by_role)
    tally.add("answers", **{str(status): number for status, number in found.answers.items()})


def _say(found: Findings) -> None:
    wrong = [*found.server_errors, *found.violations]
    answers = dict(sorted(found.answers.items()))
    print(f"{found.cases} cases, {len(wrong)} of them wrong; answers {answers}", flush=True)
    for text in wrong[:WORST_SHOWN]:
        print(text, flush=True)


def _rows(tally: Tally) -> list[Row]:
    n = tally.get("cases", "n")
    return [
        Row("F-api-5xx", "answers 5xx, all roles", tally.get("cases", "server_errors"), 0, n=n),
        Row(
            "F-api-schema",
            "answers that their schema does not know",
            tally.get("cases", "violations"),
            0,
            n=n,
        ),
        Row("F-api-cases", "cases sent, stateful ones included", n, QUICK_CASES, at_least=True),
        *(
            Row(f"F-api-{role}", f"cases as {role}", number)
            for role, number in sorted(tally.sections.get("roles", {}).items())
        ),
        Row(
            "F-api-reached",
            "operations that have answered with success",
            len(tally.get("reached", "operations", [])),
        ),
        Row("F-api-operations", "operations there are", tally.get("cases", "longest_operations")),
    ]
