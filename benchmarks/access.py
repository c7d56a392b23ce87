"""Who gets in? Every address as every reader, with everything that can be tried there, against the table of access."""

import logging
from unittest.mock import patch

from django.db import transaction
from django.test import override_settings

from benchmarks.database import scratch_database
from benchmarks.quiet import logged_above
from benchmarks.rows import Row
from tests.access.asking import Asking, without_trimmings
from tests.access.conftest import SETTINGS, Clock
from tests.access.probing import heads, ids_that_are_none, tokens
from tests.access.test_fields import deviations
from tests.access.test_foreign_ids import what_foreign_ids_tell, what_refusals_change
from tests.access.town import Town
from tests.access.walking import Walk, walk

CHECKS_AT_LEAST = 20_000


def run(quick: bool) -> list[Row]:
    """All in one transaction that is taken back; --quick leaves pages of refusals and most methods out."""
    with (
        logged_above(logging.ERROR),  # each of some ten thousand refusals is a line
        scratch_database(),
        override_settings(**SETTINGS),
        patch("django.utils.timezone.now", Clock()),
        transaction.atomic(),
    ):
        rows = _rows(Asking(Town()), quick)
        transaction.set_rollback(True)
    return rows


def _rows(asking: Asking, quick: bool) -> list[Row]:
    if quick:
        with without_trimmings():
            walked, more = walk(asking), Walk()
            tokens(more, asking)
    else:
        walked, more = walk(asking, whole=True), Walk()
        for probe in (tokens, heads, ids_that_are_none):
            probe(more, asking)
    leaks = deviations(walked, asking)
    told, changed = what_foreign_ids_tell(asking), what_refusals_change(asking)
    for found in (*walked.deviations, *more.deviations, *leaks, *told, *changed):
        print(found)
    checks = walked.checks + more.checks
    fields = len(asking.town.own.marks.values) * 3 * len(walked.seen)
    return [
        Row(
            "A1",
            "checks of route x method x reader x side",
            checks,
            0 if quick else CHECKS_AT_LEAST,
            True,
            n=checks,
        ),
        Row(
            "A2",
            "answers that differ from the table",
            len(walked.deviations) + len(more.deviations),
            0,
            n=checks,
        ),
        Row("A3", "marked fields told to whom they are not for, or not told", len(leaks), 0, n=fields),
        Row("A4", "foreign ids that tell something or change something", len(told) + len(changed), 0),
    ]
