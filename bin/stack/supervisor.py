"""Do all processes run? Who ends is reported; a worker starts again, anybody else takes the stack down."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from stack.console import Console
from stack.errors import StackError
from stack.leftovers import Register
from stack.process import ManagedProcess

RESTARTS, WITHIN_SECONDS = 5, 60.0


@dataclass
class Watched:
    """A process, and when it has been started again."""

    process: ManagedProcess
    may_restart: bool
    restarted_at: list[float] = field(default_factory=list)


class Supervisor:
    """Starts processes side by side, watches over them, and stops them together."""

    def __init__(self, console: Console, register: Register, watched: Sequence[Watched]) -> None:
        self.console, self.register, self.watched = console, register, watched

    def start(self, processes: Sequence[ManagedProcess]) -> None:
        """Start them all, then wait until each is ready; a failure names the one that failed."""
        for process in processes:
            process.launch()
            self.register.note(process)
        for process in processes:
            process.wait_until_ready(give_up=self.look)

    def look(self) -> None:
        """Raise when asked to stop or when a process ended that must not; start an ended worker again."""
        self.console.stop.check()
        for watched in self.watched:
            if watched.process.exit_code is not None:
                self._meet_end_of(watched)

    def watch_until(self, is_over: Callable[[], bool]) -> None:
        """Watch until the answer is yes."""
        while not is_over():
            self.look()
            time.sleep(0.1)

    def stop(self) -> None:
        """Ask all but the servers below to end at once, then wait for each."""
        processes = [watched.process for watched in self.watched]
        for process in processes:
            process.request_stop()
        for process in processes:
            process.stop()

    def _meet_end_of(self, watched: Watched) -> None:
        process, now = watched.process, time.monotonic()
        obituary = process.obituary()
        recent = [moment for moment in watched.restarted_at if now - moment < WITHIN_SECONDS]
        if not watched.may_restart or len(recent) >= RESTARTS:
            raise StackError(obituary)
        self.console.complain(f"{obituary}\nStarting {process.name} again.")
        process.kill9()  # what is left of its children
        process.launch()
        self.register.note(process)
        watched.restarted_at = [*recent, now]
