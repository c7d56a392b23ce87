"""What has been found so far, as figures with how often it was tried."""

from benchmarks.faults.kills import BEGIN
from benchmarks.faults.waits import quantile
from benchmarks.rows import Row
from benchmarks.tally import Tally

KILLS_WANTED, MAILS_WANTED, DOUBLES_ALLOWED = 100, 20_000, 1.5
CONTROL = "Celery defaults"
STRETCHES = {"relay alone": "F7-relay", "several": "F17-several"}


def rows(tally: Tally) -> list[Row]:
    """All of it; what has not been tried yet is left out."""
    found = [row for target in BEGIN if tally.get(target, "kills") for row in _of_kills(tally, target)]
    if found:
        found += _of_all_kills(tally)
    if lost := tally.get(CONTROL, "mails"):
        what = f"{CONTROL}, the control: messages lost in {tally.get(CONTROL, 'kills')} kills"
        found.append(Row("F6-control", what, tally.get(CONTROL, "lost"), 1, True, lost))
    found += _of_hints(tally)
    for name, code in STRETCHES.items():
        if tally.get(name, "seconds"):
            found += _of_a_stretch(tally, name, code)
    return found


def _of_kills(tally: Tally, target: str) -> list[Row]:
    kills, mails = tally.get(target, "kills"), tally.get(target, "mails")
    doubles = tally.get(target, "doubles") / max(kills, 1)
    broken = len(tally.get(target, "broken_parts", []))
    return [
        Row(f"F6-{target}-kills", f"{target}: kill -9 in mid-send", kills, KILLS_WANTED, True),
        Row(f"F6-{target}-lost", f"{target}: messages lost", tally.get(target, "lost"), 0, n=mails),
        Row(f"F6-{target}-made-up", f"{target}: messages made up", tally.get(target, "made_up"), 0, n=mails),
        Row(f"F6-{target}-doubles", f"{target}: doubles a kill", doubles, DOUBLES_ALLOWED, n=kills),
        Row(
            f"F6-{target}-broken",
            f"{target}: rounds that came to no end",
            broken,
            0,
            n=tally.get(target, "parts"),
        ),
    ]


def _of_all_kills(tally: Tally) -> list[Row]:
    return [
        Row("F6-kills", "kills in all", total(tally, "kills"), KILLS_WANTED * len(BEGIN), True),
        Row("F6-mails", "messages sent through them", total(tally, "mails"), MAILS_WANTED, True),
        Row("F6-lost", "messages lost", total(tally, "lost"), 0, n=total(tally, "mails")),
        Row("F6-lost-a-kill", "kills that lost a message", total(tally, "lost"), 0, n=total(tally, "kills")),
        Row(
            "F6-twice",
            "double commissions",
            total(tally, "double_commissions"),
            0,
            n=total(tally, "commissions"),
        ),
        Row(
            "F6-events",
            "events recorded twice",
            total(tally, "events_twice"),
            0,
            n=total(tally, "commissions"),
        ),
    ]


def _of_hints(tally: Tally) -> list[Row]:
    found = []
    if tally.get("hints", "seconds"):
        waits, mails = sorted(tally.get("hints", "waits", [])), tally.get("hints", "mails")
        found += [
            Row("F9-p50", "commit to mail server, half of the messages: s", quantile(waits, 0.5), 1, n=mails),
            Row("F9-p99", "commit to mail server, 99 of 100: s", quantile(waits, 0.99), 5, n=mails),
        ]
    if kills := tally.get("lease of a minute", "kills"):
        longest = tally.get("lease of a minute", "longest_wait")
        found.append(Row("F9-kill", "longest wait after a kill, lease as shipped: s", longest, 75, n=kills))
    return found


def _of_a_stretch(tally: Tally, name: str, code: str) -> list[Row]:
    waits, mails = sorted(tally.get(name, "waits", [])), tally.get(name, "mails")
    return [
        Row(f"{code}-minutes", f"{name}: minutes", tally.get(name, "seconds") / 60, 60, True),
        Row(f"{code}-lost", f"{name}: messages lost", tally.get(name, "lost"), 0, n=mails),
        Row(f"{code}-doubles", f"{name}: doubles", tally.get(name, "doubles"), 0, n=mails),
        Row(
            f"{code}-p99", f"{name}: commit to mail server, 99 of 100: s", quantile(waits, 0.99), 15, n=mails
        ),
    ]


def total(tally: Tally, field: str) -> int:
    """The sum over all targets."""
    return int(sum(tally.get(target, field) for target in BEGIN))
