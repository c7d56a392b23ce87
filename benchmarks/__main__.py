"""What bin/bench runs: named benches, a table, and rows for machines.

bin/bench [NAME …] [--quick] [--json FILE] [--minutes N] [--record]
"""

import argparse
import json
import logging
import os
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import django

from benchmarks import budget
from benchmarks.record import record
from benchmarks.rows import Row, table

# Name -> module; each has run(quick: bool) -> list[Row] and is imported when its turn comes.
BENCHES = {
    "matching": "benchmarks.matching",
    "plan": "benchmarks.plan",
    "waves": "benchmarks.waves",
    "acceptance": "benchmarks.acceptance",
    "pages": "benchmarks.pages",
    "privacy": "benchmarks.privacy",
    "leaks": "benchmarks.leaks",
    "drill": "benchmarks.drill",
    "load": "benchmarks.load",
    "backup": "benchmarks.backup",
    "api": "benchmarks.api",
    "parsers": "benchmarks.parsers",
    "races": "benchmarks.races",
    "machine": "benchmarks.machine",
    "faults": "benchmarks.faults",
    "trouble": "benchmarks.trouble",
    "access": "benchmarks.access",
}
# Long ones: they run when they are named, go on where they stopped, and add up what they found under var/tallies.
BY_NAME_ONLY = {"api", "parsers", "races", "machine", "faults", "trouble", "access"}


def main() -> int:
    """Run the benches; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument(
        "bench", nargs="*", metavar="|".join(BENCHES), help="which (the short ones when none is named)"
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, to see that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument(
        "--minutes",
        type=float,
        metavar="N",
        help="those that add up stop after so long, and go on from there the next time",
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="write the rows into docs/reliability.json, for the page of figures",
    )
    options = parser.parse_args()
    if unknown := set(options.bench) - set(BENCHES):
        parser.error(f"no bench called {', '.join(sorted(unknown))}; there is: {', '.join(BENCHES)}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    logging.disable(logging.INFO)  # a line for each of a million events would be the slowest part
    rows: list[Row] = []
    if options.minutes is not None:
        budget.grant(options.minutes)
    for name in options.bench or [name for name in BENCHES if name not in BY_NAME_ONLY]:
        rows += import_module(BENCHES[name]).run(options.quick)
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps([row.as_dict() for row in rows], indent=2) + "\n")
    if options.record:
        record(rows, on=datetime.now(UTC).date())
    return 1 if any(row.met is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
