"""What bin/bench runs: named benches, a table, and rows for machines.

bin/bench [matching] [--quick] [--json FILE]
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django


def main() -> int:
    """Run the benches; 1 when a target is missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    from benchmarks import matching
    from benchmarks.rows import Row, table

    benches: dict[str, Callable[[bool], list[Row]]] = {"matching": matching.run}
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument("bench", nargs="*", metavar="|".join(benches), help="which (all when none is named)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, to see that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    options = parser.parse_args()
    if unknown := set(options.bench) - set(benches):
        parser.error(f"no bench called {', '.join(sorted(unknown))}; there is: {', '.join(benches)}")
    rows = [row for name in options.bench or benches for row in benches[name](options.quick)]
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps([row.as_dict() for row in rows], indent=2) + "\n")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
