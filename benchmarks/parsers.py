"""Does everything that reads foreign text say no in its own words, in many thousands of examples each?

Goes on where it stopped: each round has a seed of its own, the sums stand in the tally.
"""

from benchmarks import budget
from benchmarks.rows import Row
from benchmarks.tally import Tally
from tests.fuzzing.parsers import PARSERS, fuzzed

EXAMPLES, QUICK_EXAMPLES = 20_000, 1_000  # of each parser
AT_ONCE = 1_000


def run(quick: bool) -> list[Row]:
    """Rounds of a thousand until each parser has had its examples."""
    tally = Tally(None if quick else "parsers")
    wanted = QUICK_EXAMPLES if quick else EXAMPLES
    for parser in PARSERS:
        while tally.get(parser.name, "n") < wanted and not budget.used_up():
            number = tally.get(parser.name, "rounds") + 1
            faults = fuzzed(parser, examples=AT_ONCE, number=number)
            print(f"{parser.name}: round {number}, {len(faults)} faults")
            for fault in faults:
                print(fault)
            tally.add(parser.name, n=AT_ONCE, rounds=1, faults=len(faults))
    return [
        Row(f"F-parse-{parser.name.replace(' ', '-')}", f"faults of the {parser.name} reader",
            tally.get(parser.name, "faults"), 0, n=tally.get(parser.name, "n"))
        for parser in PARSERS
    ]  # fmt: skip
