"""How is one process started, watched, stopped and killed?"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from stack.errors import StackError
from stack.run_as import RunAs, popen_arguments

FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 0.02, 0.5


class ManagedProcess:
    """A child in a process group of its own, with a log file and a question that tells when it is ready."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        run_as: RunAs | None = None,
        is_ready: Callable[[], bool] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        stop_seconds: float = 15,
        ready_seconds: float = 60,
    ) -> None:
        self.name, self.command, self.log = name, [str(part) for part in command], log
        self.env, self.cwd, self.run_as, self._is_ready = env, cwd, run_as, is_ready
        self.stop_signal, self.stop_seconds, self.ready_seconds = stop_signal, stop_seconds, ready_seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._buried = False

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs (and before the first start)."""
        return self._child.poll() if self._child else None

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def launch(self) -> None:
        """Start it without waiting for readiness."""
        if self.is_running:
            raise RuntimeError(f"{self.name} runs already")
        with self.log.open("ab") as output:
            self._log_start, self._buried = output.tell(), False
            try:
                self._child = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=None if self.env is None else dict(self.env),
                    cwd=self.cwd,
                    start_new_session=True,
                    **popen_arguments(self.run_as),
                )
            except OSError as error:
                raise StackError(
                    f"{self.name} cannot be started: {self.command[0]}: {error.strerror}"
                ) from error

    def start(self) -> Self:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait_until_ready()
        return self

    def wait_until_ready(self, give_up: Callable[[], None] = lambda: None) -> None:
        """Return when it answers; raise StackError with its last log lines when it dies or takes too long."""
        deadline, pause = time.monotonic() + self.ready_seconds, FIRST_POLL_SECONDS
        while True:
            give_up()
            if not self.is_running:
                raise StackError(self.obituary())
            if self._is_ready is None or self._is_ready():
                return
            if time.monotonic() > deadline:
                raise StackError(
                    f"{self.name} is not ready after {self.ready_seconds:.0f} s.\n{self.log_tail()}"
                )
            time.sleep(pause)
            pause = min(pause * 1.3, LONGEST_POLL_SECONDS)

    def obituary(self) -> str:
        """What it died of, with the end of its log."""
        code = self.exit_code
        how = "was never started" if code is None else describe_exit(code)
        return f"{self.name} {how}.\n{self.log_tail()}"

    def output(self) -> str:
        """What it has written since its last start."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def log_tail(self, lines: int = 15) -> str:
        """The last lines since its last start, and where the rest is."""
        tail = self.output().splitlines()[-lines:] if self.log.exists() else []
        return "\n".join([f"The end of {self.log}:", *(f"  | {line}" for line in tail)])

    def signal_group(self, signum: signal.Signals) -> None:
        """Send the signal to the process and all its children; nothing when they are gone."""
        if self._child is not None and not self._buried:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signum)

    def request_stop(self) -> None:
        """Ask the process itself, not its children, to end."""
        if self._child is not None and self.is_running:
            self._child.send_signal(self.stop_signal)

    def stop(self, seconds: float | None = None) -> None:
        """Ask it to end, then insist; nothing of its group is left afterwards."""
        if self._child is None:
            return
        self.request_stop()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(self.stop_seconds if seconds is None else seconds)
        self.kill9()

    def kill9(self) -> None:
        """kill -9 of the process and its children, at once."""
        if self._child is not None:
            self.signal_group(signal.SIGKILL)
            self._child.wait()
            # From now on the number may belong to another process.
            self._buried = True

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def describe_exit(code: int) -> str:
    """An exit code in words."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
