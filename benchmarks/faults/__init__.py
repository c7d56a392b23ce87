"""Does the service keep its word although its parts are killed? Figures with how often it was tried.

It goes on where it stopped: each part adds to the tally `faults`, so that it can be stopped at any time.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from stack.servers import Servers

from benchmarks import budget
from benchmarks.faults.figures import CONTROL, KILLS_WANTED, MAILS_WANTED, rows, total
from benchmarks.faults.kills import BEGIN, round_of
from benchmarks.faults.people import MODULE
from benchmarks.faults.plain import round_of_plain_celery
from benchmarks.faults.waits import after_a_kill, by_hints, by_several, by_the_relay_alone
from benchmarks.rows import Row
from benchmarks.tally import Tally
from tests.faults.own_servers import own_servers

KILLS_A_ROUND, STRETCH_SECONDS = 20, 300


@dataclass(frozen=True)
class Goal:
    """A section of the tally that grows, part by part, until its `field` has reached `wanted`."""

    section: str
    field: str
    wanted: int
    a_part: int
    run: Callable[[Servers, int, int], dict[str, Any]]  # servers, number of the database, how much

    def quick(self) -> "Goal":
        """The same, to see that it runs."""
        little = 2 if self.field == "kills" else 5
        return Goal(self.section, self.field, min(little, self.wanted), little, self.run)


GOALS = (
    *(Goal(target, "kills", KILLS_WANTED, KILLS_A_ROUND, partial(round_of, target)) for target in BEGIN),
    Goal(CONTROL, "kills", 20, 20, round_of_plain_celery),
    Goal("hints", "seconds", 600, STRETCH_SECONDS, by_hints),
    Goal("lease of a minute", "kills", 3, 1, lambda servers, number, _kills: after_a_kill(servers, number)),
    Goal("relay alone", "seconds", 3600, STRETCH_SECONDS, by_the_relay_alone),
    Goal("several", "seconds", 3600, STRETCH_SECONDS, by_several),
)


def run(quick: bool) -> list[Row]:
    """Part by part until all has been tried as often as wanted; `quick`: a little of each, and nothing is kept."""
    tally = Tally(None if quick else "faults")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the mail server tells of every line
    with own_servers(MODULE) as servers:
        numbers = count(1 + sum(section.get("parts", 0) for section in tally.sections.values()))
        for goal in _turns(tally, [goal.quick() for goal in GOALS] if quick else GOALS):
            if budget.used_up():
                break
            _add_part(tally, goal, servers, next(numbers))
    return rows(tally)


def _turns(tally: Tally, goals: Any) -> Iterator[Goal]:
    """Kills first, each target in turn so that they grow together; then goal after goal."""

    def done(goal: Goal) -> float:
        return tally.get(goal.section, goal.field) / goal.wanted

    kills = [goal for goal in goals if goal.section in {*BEGIN, CONTROL}]
    while (least := min(kills, key=done)) and done(least) < 1:
        yield least
    while any(goal.wanted == KILLS_WANTED for goal in kills) and total(tally, "mails") < MAILS_WANTED:
        yield min(kills[: len(BEGIN)], key=done)
    for goal in goals:
        while done(goal) < 1:
            yield goal


def _add_part(tally: Tally, goal: Goal, servers: Servers, number: int) -> None:
    """A part that comes to no end is counted too: what holds it up may be a loss."""
    for server in (servers.postgres, servers.redis):
        if not server.process.is_running:
            server.start()
    left = goal.wanted - tally.get(goal.section, goal.field)
    part = min(goal.a_part, left) if goal.field == "kills" and left > 0 else goal.a_part
    try:
        found = goal.run(servers, number, part)
    except AssertionError as error:
        said = str(error)
        kept = said if len(said) <= 3000 else f"{said[:1000]}\n…\n{said[-2000:]}"
        found = {goal.field: 0, "broken_parts": [kept]}
    tally.add(goal.section, parts=1, **found)
    sums = {
        name: value for name, value in tally.sections[goal.section].items() if not isinstance(value, list)
    }
    print(f"  {goal.section}: {sums}", flush=True)
