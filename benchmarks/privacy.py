"""How long does it take to end, erase and hand out what is held of one person, in a town of ten thousand?

Each person is a pilot of whom nothing is left to do but to go: registered, checked, active, one session held.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from tempfile import TemporaryDirectory

from django.test.utils import override_settings

from backend.people.models import Pilot
from backend.people.states import PilotStatus
from backend.privacy.commands.erasing import erase_pilot_account
from backend.privacy.export import export_of
from backend.privacy.retention import rules
from backend.privacy.retention import run as end_what_is_over
from benchmarks.database import scratch_database
from benchmarks.rows import Row
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW

SECONDS_A_PERSON = 1.0
SAMPLE = 200


def run(quick: bool) -> list[Row]:
    """Rows for `bin/bench privacy`."""
    people = 100 if quick else 10_000
    with scratch_database(), ledger_of_its_own():
        cast = town()
        pilots = [make.a_pilot(f"p{number}", cast.kaya) for number in range(people)]
        sample = pilots[:: max(2, people // SAMPLE)][:SAMPLE]
        handed_out = slowest(sample, lambda pilot: export_of(pilot.user, at=NOW))
        erased = slowest(sample, lambda pilot: erase_pilot_account(pilot_id=pilot.pk, by=cast.kaya, now=NOW))
        left = Pilot.objects.exclude(status=PilotStatus.ERASED)
        gone = left.count()
        left.update(status=PilotStatus.LEFT, left_at=NOW)
        later = NOW + timedelta(days=400)
        began = time.perf_counter()
        done = end_what_is_over(now=later)
        a_person = (time.perf_counter() - began) / gone
        still = sum(rule.due(later).count() for rule in rules())
        known = Pilot.objects.exclude(status=PilotStatus.ERASED).count()
    return [
        Row(
            "privacy.export",
            f"hand out one of {people:,}, slowest, s",
            handed_out,
            SECONDS_A_PERSON,
            n=len(sample),
        ),
        Row("privacy.erase", f"erase one of {people:,}, slowest, s", erased, SECONDS_A_PERSON, n=len(sample)),
        Row("privacy.retention", "the nightly run, s a person", a_person, SECONDS_A_PERSON, n=gone),
        Row("privacy.refused", "rows that could not be ended", done.refused, 0, n=sum(done.gone.values())),
        Row("privacy.left_over", "rows still due after the run", still + known, 0, n=gone),
    ]


def town() -> Cast:
    """Two offices and the places of the tests."""
    make.a_gazetteer()
    return Cast(
        osnabrueck=make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES, accepts_self_registration=True),
        friesland=make.an_office("friesland", ["26441"]),
    )


@contextmanager
def ledger_of_its_own() -> Iterator[None]:
    """The erasures of a bench are nobody's."""
    with TemporaryDirectory() as folder, override_settings(ERASURE_LEDGER_FILE=f"{folder}/erasures.jsonl"):
        yield


def slowest(sample: list[Pilot], act: Callable[[Pilot], object]) -> float:
    """The longest of them, in seconds."""
    longest = 0.0
    for pilot in sample:
        began = time.perf_counter()
        act(pilot)
        longest = max(longest, time.perf_counter() - began)
    return longest
