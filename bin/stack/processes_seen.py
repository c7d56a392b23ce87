"""What does the system say about processes that are not (or no longer) our children? Read from /proc."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def state_and_parent(pid: int) -> tuple[str, int, str] | None:
    """Its state letter, its parent, and when it started (in ticks since boot); None when it is gone."""
    try:
        # The name in parentheses may hold anything, spaces included.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1]), fields[19]


def is_alive(pid: int) -> bool:
    """Whether it runs: neither gone nor a zombie."""
    seen = state_and_parent(pid)
    return seen is not None and seen[0] not in "ZX"


def started_at(pid: int) -> str | None:
    """When it started: with the number, this names one process for good, since numbers are used again."""
    seen = state_and_parent(pid)
    return seen[2] if seen else None


def children_of(pid: int) -> list[int]:
    """The direct children."""
    numbers = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    return [number for number in numbers if (seen := state_and_parent(number)) and seen[1] == pid]


def is_postgres_of(pid: int, data: Path) -> bool:
    """Whether the process is a PostgreSQL server on that data folder."""
    with suppress(OSError):
        command = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        return b"postgres" in command[0] and os.fsencode(data) in command
    return False


def end_and_wait(pids: Iterable[int], signum: signal.Signals, seconds: float = 20) -> None:
    """Signal them and return when they are gone; who does not go in time is killed."""
    pids = list(pids)
    deadline = time.monotonic() + seconds
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signum)
    while left := [pid for pid in pids if is_alive(pid)]:
        if time.monotonic() > deadline:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
