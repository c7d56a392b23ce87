"""How does the person at the terminal see what happens, and how long it takes?"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from stack.errors import StackError
from stack.run_as import RunAs, popen_arguments
from stack.stop_request import StopRequest

HEARTBEAT_SECONDS = 15


class CommandFailed(StackError):
    """A step's command ended with an error; `output` is all it wrote."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(message)
        self.output = output


class Console:
    """Prints steps with the seconds since the start in front and their own seconds behind."""

    def __init__(self, stop: StopRequest) -> None:
        self.stop = stop
        self.began = time.monotonic()
        self._open_line = False
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(errors="replace", line_buffering=True)  # type: ignore[union-attr]

    def say(self, text: str = "") -> None:
        """Print one line."""
        self._close_line()
        emit(text)

    def complain(self, text: str) -> None:
        """Print to standard error."""
        self._close_line()
        emit(text, to_errors=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show the title at once, and how long it took when it is done."""
        self.stop.check()
        self._close_line()
        began = time.monotonic()
        emit(f"[{began - self.began:6.1f} s] {title} …", end="")
        self._open_line = True
        yield
        took = f"{time.monotonic() - began:.1f} s"
        emit(f" {took}" if self._open_line else f"           … done in {took}")
        self._open_line = False

    def run(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        run_as: RunAs | None = None,
    ) -> str:
        """Run the command to its end, with a sign of life when that takes long; its output, also logged."""
        with log.open("ab") as output:
            start = output.tell()
            child = subprocess.Popen(
                [str(part) for part in command],
                stdin=None if sys.stdin and sys.stdin.isatty() else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                **popen_arguments(run_as),
            )
        try:
            code = self._wait_with_heartbeat(child, log, start)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
        text = read_from(log, start)
        self.stop.check()
        if code != 0:
            tail = "\n".join(f"  | {line}" for line in text.splitlines()[-15:])
            name = " ".join(os.path.basename(str(part)) for part in command[:3])
            raise CommandFailed(f"`{name}` failed (exit code {code}). The end of {log}:\n{tail}", text)
        return text

    def _wait_with_heartbeat(self, child: subprocess.Popen[bytes], log: Path, start: int) -> int:
        next_sign = time.monotonic() + HEARTBEAT_SECONDS
        while (code := child.poll()) is None:
            self.stop.check()
            if time.monotonic() > next_sign:
                lines = read_from(log, start).split("\n")
                last = next((line.strip() for line in reversed(lines) if line.strip()), "still at it")
                self._close_line()
                emit(f"[{time.monotonic() - self.began:6.1f} s]   {last[:90]}")
                next_sign += HEARTBEAT_SECONDS
            time.sleep(0.05)
        return code

    def _close_line(self) -> None:
        if self._open_line:
            emit("")
            self._open_line = False


def emit(text: str, *, end: str = "\n", to_errors: bool = False) -> None:
    """Print, unless nobody reads any more: a closed terminal or pipe must not keep us from cleaning up."""
    with suppress(OSError):
        print(text, end=end, file=sys.stderr if to_errors else sys.stdout, flush=True)


def read_from(log: Path, start: int) -> str:
    """The log's text from the byte on."""
    with log.open("rb") as stream:
        stream.seek(start)
        return stream.read().decode(errors="replace")
