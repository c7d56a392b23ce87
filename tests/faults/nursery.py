"""Where do killed processes come back from at once? From one that has loaded all the code, and forks.

What is killed often starts often, and starting is loading code, for seconds. A process from here runs the same
program with the same arguments; only its modules are there already. `python -m tests.faults.nursery` reads orders as
lines of JSON and answers each with the number of the process.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from stack import ManagedProcess
from stack.processes_seen import end_and_wait, is_alive, started_at

ROOT = Path(__file__).resolve().parents[2]
READY = "ready"
NOTED_WITHIN_SECONDS = 5
LOADED_LATE = ("celery.bin.worker", "celery.bin.beat", "celery.concurrency.prefork", "kombu.transport.redis")


class Nursery:
    """The process that forks, in one environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'bin'}"},
            cwd=ROOT,
            text=True,
        )
        self._is_ready = False

    def fork(self, arguments: list[str], log: Path) -> int:
        """Start a process with these arguments of Python's; its number."""
        assert self._process.stdin and self._process.stdout
        if not self._is_ready:
            assert self._process.stdout.readline().strip() == READY, "the nursery did not start"
            self._is_ready = True
        self._process.stdin.write(json.dumps({"arguments": arguments, "log": str(log)}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Forked(ManagedProcess):
    """A process that a nursery forks; it leads a group of its own, like any other here."""

    def __init__(self, nursery: Nursery, name: str, command: list[str | Path], **facts: object) -> None:
        super().__init__(name, [sys.executable, *command], **facts)  # type: ignore[arg-type]
        self._nursery = nursery
        self._pid: int | None = None
        self._started_at: str | None = None

    @property
    def pid(self) -> int | None:
        return self._pid

    @property
    def is_running(self) -> bool:
        pid = self._pid
        return pid is not None and is_alive(pid) and started_at(pid) == self._started_at

    @property
    def exit_code(self) -> int | None:
        """None while it runs (and before the first start), as its parent has noted it afterwards."""
        if self._pid is None or self.is_running:
            return None
        note, patience = exit_note(self.log, self._pid), time.monotonic() + NOTED_WITHIN_SECONDS
        while not (said := note.read_text() if note.exists() else ""):
            if time.monotonic() > patience:
                return -signal.SIGKILL  # and its parent with it
            time.sleep(0.02)
        return int(said)

    def launch(self) -> None:
        if self.is_running:
            raise RuntimeError(f"{self.name} runs already")
        with self.log.open("ab") as log:  # so that it can be read before the process has written to it
            self._log_start = log.tell()
        self._pid = self._nursery.fork(self.command[1:], self.log)
        self._started_at = started_at(self._pid)

    def signal_group(self, signum: signal.Signals) -> None:
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signum)

    def request_stop(self) -> None:
        if self._pid is not None and self.is_running:
            os.kill(self._pid, self.stop_signal)

    def stop(self, seconds: float | None = None) -> None:
        if self._pid is not None and self.is_running:
            end_and_wait([self._pid], self.stop_signal, self.stop_seconds if seconds is None else seconds)
        self.kill9()

    def kill9(self) -> None:
        self.signal_group(signal.SIGKILL)
        if self._pid is not None:
            end_and_wait([self._pid], signal.SIGKILL)


def exit_note(log: Path, pid: int) -> Path:
    """Where its parent writes down how a process has ended."""
    return log.with_suffix(f".{pid}.exit")


# --- the process itself


def main() -> None:
    """Load all the code, then fork whenever told to."""
    import django

    django.setup()
    from django.apps import apps

    for module in [
        *LOADED_LATE,
        *(f"{app.name}.tasks" for app in apps.get_app_configs() if _has_tasks(app.name)),
    ]:
        importlib.import_module(module)
    logs: dict[int, Path] = {}

    def note_ends(*_: object) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                exit_note(logs[ended[0]], ended[0]).write_text(str(os.waitstatus_to_exitcode(ended[1])))

    signal.signal(signal.SIGCHLD, note_ends)
    print(READY, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # until we know whose end we are told of
        if (pid := os.fork()) == 0:
            _become(order["arguments"], order["log"])
        logs[pid] = Path(order["log"])
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        print(pid, flush=True)


def _has_tasks(app: str) -> bool:
    return find_spec(f"{app}.tasks") is not None


def _become(arguments: list[str], log: str) -> None:
    """Run it as Python would: `-m celery …` or `manage.py …`; never returns."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    silence = os.open(os.devnull, os.O_RDONLY)
    os.dup2(silence, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    code = 1
    try:
        _run(arguments)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(arguments: list[str]) -> None:
    if arguments[:2] == ["-m", "celery"]:
        from celery.__main__ import main as celery

        sys.argv = ["celery", *arguments[2:]]
        celery()
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(arguments)


if __name__ == "__main__":
    main()
