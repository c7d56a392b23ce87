"""Does it hold up: twenty offices at work at once, pages and API, on a region of 10,000 pilots and 100,000 requests?

Requests are sent at fixed times, forty a second, whether or not the answers before have come; a wait for a free server
counts as part of the answer's time. The web processes are those of production, behind no proxy, on this machine,
which also runs the database and those who ask.
"""

import http.client
import os
import queue
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from django.conf import settings
from django.db import connection
from stack.ports import any_free_port
from stack.process import ManagedProcess

from benchmarks import region, town
from benchmarks.database import scratch_database
from benchmarks.load_asks import Ask, mixture
from benchmarks.rows import Row

SIZES = (10_000, 100_000)
QUICK_SIZES = (600, 4_000)
A_SECOND = 40
SECONDS, QUICK_SECONDS = 300, 10
WARM_SECONDS, QUICK_WARM_SECONDS = 30, 5
LOOK_SECONDS = 2
ASKERS = 40
P99_MS, GROWTH = 500, 1.1
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Answers:
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter = field(default_factory=Counter)  # neither the page nor what a form leads to
    seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, ask: Ask, status: int | str, seconds: float) -> None:
        with self.lock:
            self.milliseconds.setdefault(ask.name, []).append(seconds * 1000)
            if status != ask.wanted:
                self.wrong[f"{ask.name}: {status}"] += 1

    @property
    def all(self) -> list[float]:
        return sorted(one for many in self.milliseconds.values() for one in many)


def run(quick: bool) -> list[Row]:
    """Times, errors and memory under the load."""
    pilots, requests = QUICK_SIZES if quick else SIZES
    seconds = QUICK_SECONDS if quick else int(os.environ.get("LOAD_SECONDS", SECONDS))
    print(f"  building {pilots:,} pilots and {requests:,} requests …", flush=True)
    with scratch_database():
        people = region.build(pilots, requests)
        town.analyze()
        asks = mixture(people)
        with web() as (process, port):
            drive(port, asks, QUICK_WARM_SECONDS if quick else WARM_SECONDS, Answers())
            answers = Answers()
            with watched_memory(process) as watched:
                drive(port, asks, seconds, answers)
    about = f"{pilots:,} pilots, {requests:,} requests, {region.OFFICES} offices"
    return rows(answers, watched, seconds, about)


def rows(answers: Answers, watched: Sequence[float], seconds: int, about: str) -> list[Row]:
    every, n = answers.all, len(answers.all)
    for name, times in sorted(answers.milliseconds.items()):
        ordered = sorted(times)
        print(
            f"    {name:28} n {len(ordered):5}  p50 {at(ordered, 0.5):6.0f} ms  p99 {at(ordered, 0.99):6.0f} ms"
        )
    for what, number in answers.wrong.items():
        print(f"    not as expected: {what} × {number}")
    return [
        Row("load-p50", f"answers, ms, half of them within ({about})", at(every, 0.5), None, n=n),
        Row("load-p99", "answers, ms, 99 of 100 within", at(every, 0.99), P99_MS, n=n),
        Row("load-errors", "answers that were not the page", sum(answers.wrong.values()), 0, n=n),
        Row(
            "load-rate",
            "answers a second, until the last one",
            n / answers.seconds,
            A_SECOND * 0.98,
            at_least=True,
        ),
        Row(
            "load-memory",
            f"memory of the web processes, the last fifth of {seconds} s to the second",
            growth(watched),
            GROWTH,
            n=len(watched),
        ),
        Row("load-MB", "memory of the web processes at the end, MB", watched[-1] / 1e6),
    ]


def at(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


# --- who asks


def drive(port: int, asks: list[Ask], seconds: int, answers: Answers) -> None:
    """Send at fixed times; each time counts from when it should have been sent."""
    waiting: queue.Queue = queue.Queue()
    askers = [threading.Thread(target=_ask, args=(port, waiting, answers)) for _ in range(ASKERS)]
    for asker in askers:
        asker.start()
    start = time.perf_counter() + 0.1
    for number in range(seconds * A_SECOND):
        due = start + number / A_SECOND
        time.sleep(max(due - time.perf_counter(), 0))
        waiting.put((due, asks[number % len(asks)]))
    for _ in askers:
        waiting.put(None)
    for asker in askers:
        asker.join()
    answers.seconds = time.perf_counter() - start


def _ask(port: int, waiting: queue.Queue, answers: Answers) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while (item := waiting.get()) is not None:
        due, ask = item
        status: int | str
        try:
            headers = {"Host": "localhost", **ask.headers}
            client.request(ask.method, ask.path, body=ask.body, headers=headers)
            answer = client.getresponse()
            answer.read()
            status = answer.status
            if answer.will_close:
                client.close()
        except (OSError, http.client.HTTPException) as error:
            client.close()
            status = type(error).__name__
        answers.add(ask, status, time.perf_counter() - due)
    client.close()


# --- who answers


class web:
    """The web processes of production, on the scratch database."""

    def __enter__(self) -> tuple[ManagedProcess, int]:
        self.port = any_free_port()
        folder = Path(settings.BASE_DIR) / "var" / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        own = connection.settings_dict
        self.process = ManagedProcess(
            "web",
            [sys.executable, "-m", "gunicorn", "backend.wsgi", "--config", "python:backend.serving",
             "--bind", f"127.0.0.1:{self.port}"],
            log=folder / "load-web.log",
            env=os.environ
            | {"DATABASE_URL": f"postgres://{own['USER']}@/{own['NAME']}?host={own['HOST']}", "LOG_FORMAT": "json"},
            cwd=ROOT,
            is_ready=self._answers,
            ready_seconds=180,
        )  # fmt: skip
        self.process.start()
        return self.process, self.port

    def __exit__(self, *_: object) -> None:
        self.process.stop(40)

    def _answers(self) -> bool:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            client.request("GET", "/healthz/live", headers={"Host": "localhost"})
            return client.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            client.close()


@contextmanager
def watched_memory(process: ManagedProcess) -> Iterator[list[float]]:
    """What they hold, looked at every few seconds until the end."""
    seen, done = [memory(process)], threading.Event()

    def look() -> None:
        while not done.wait(LOOK_SECONDS):
            seen.append(memory(process))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        done.set()
        looking.join()
        seen.append(memory(process))


def growth(seen: Sequence[float]) -> float:
    """The middle of the last fifth to that of the second, when what is made once has been made."""
    fifth = max(len(seen) // 5, 1)
    return median(seen[-fifth:]) / median(seen[fifth : 2 * fifth] or seen[:1])


def memory(process: ManagedProcess) -> float:
    """Resident bytes of the master's children."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        facts = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
        if facts.get("PPid", "").strip() == str(process.pid):
            total += int(facts.get("VmRSS", "0 kB").split()[0]) * 1024
    return float(total)
