"""What did an earlier run leave behind when it was killed and could not clean up?"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from stack.process import ManagedProcess
from stack.processes_seen import is_alive, started_at

PATIENCE_SECONDS = 10


class Register:
    """A note on disk for each process of ours, so that the next run can end what this one could not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def note(self, process: ManagedProcess) -> None:
        """Remember the process; its start time tells it from a later one with the same number."""
        if process.pid is not None:
            (self.folder / process.name.replace(" ", "-")).write_text(
                f"{process.pid} {started_at(process.pid)}"
            )

    def forget_ended(self) -> None:
        """Drop the notes of those that are gone; who still runs stays noted for the next run."""
        for note in self.folder.iterdir():
            if still_running(note) is None:
                note.unlink()

    def end_leftovers(self) -> list[str]:
        """End what still runs from an earlier run; the names of those."""
        found = {note.name: pid for note in sorted(self.folder.iterdir()) if (pid := still_running(note))}
        for pid in found.values():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(is_alive(pid) for pid in found.values()) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid in found.values():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self.forget_ended()
        return list(found)


def still_running(note: Path) -> int | None:
    """The noted process' number, if it is that very process."""
    try:
        number, _, start = note.read_text().partition(" ")
        pid = int(number)
    except (OSError, ValueError):
        return None
    return pid if is_alive(pid) and started_at(pid) == start else None
