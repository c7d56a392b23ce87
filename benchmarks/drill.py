"""Is anything found of people who were erased, anywhere, also after an older backup was restored?

Somebody of each kind, many times over, through real flows (tests/drill); then dump, vault, sessions, Redis, mail store
and logs are searched.
"""

from benchmarks.rows import Row
from tests.drill.running import drilled
from tests.faults.own_servers import own_servers


def run(quick: bool) -> list[Row]:
    """Rows for `bin/bench drill`."""
    families = 2 if quick else 10
    with own_servers() as servers:
        found = drilled(servers, name="drill", families=families, faults=True)
    people, marks = len(found["people"]), found["marks"]
    not_seen = [who for who in found["people"] if who not in found["before"]]
    silent = [step for step, kinds in found["sown"].items() if not kinds]
    others, restored = found["others"], found["others_restored"]
    return [
        Row("P14-people", "people of five kinds led through everything and erased", people),
        Row("P14-searched-MB", "searched each time, MB", found["searched_bytes"] / 1e6),
        Row(
            "P14-unseen", "people whom the search did not find before the erasing", len(not_seen), 0, n=people
        ),
        Row(
            "P14-erased",
            "marks found after the erasing, but for what law keeps",
            len(found["after"]),
            0,
            n=marks,
        ),
        Row(
            "P14-ways-in",
            "ways in that still opened something",
            len(found["ways_in"]),
            0,
            n=found["ways_in_before"],
        ),
        Row(
            "P14-restored",
            "marks found after an older backup was restored",
            len(found["restored"]),
            0,
            n=marks,
        ),
        Row(
            "P14-others",
            "rows of others that are not the same after erasing",
            len(others["differences"]),
            0,
            n=others["same"],
        ),
        Row(
            "P14-others-restored",
            "rows of others that are not the same after the restore",
            len(restored["differences"]),
            0,
            n=restored["same"],
        ),
        Row(
            "P14-sign-in",
            "sign-ins of somebody else after the restore that failed",
            0 if found["signs_in"] else 1,
            0,
            n=1,
        ),
        Row(
            "P14-silent",
            "steps left out of which the search said nothing",
            len(silent),
            0,
            n=len(found["sown"]),
        ),
        Row("P14-seconds", "the whole drill, seconds", sum(found["seconds"].values())),
    ]
