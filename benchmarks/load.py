"""Does it hold up: twenty offices at work at once, pages and API, on a region of 10,000 pilots and 100,000 requests?

Requests are sent at fixed times, forty a second, whether or not the answers before have come; a wait for a free server
counts as part of the answer's time. The web processes are those of production, behind no proxy, on this machine,
which also runs the database and those who ask.
"""

import http.client
import os
import queue
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.urls import reverse
from stack.ports import any_free_port
from stack.process import ManagedProcess

from benchmarks import region, town
from benchmarks.database import scratch_database
from benchmarks.rows import Row
from tests.web.account_browser import fresh_browser

SIZES = (10_000, 100_000)
QUICK_SIZES = (600, 4_000)
A_SECOND = 40
SECONDS, QUICK_SECONDS, WARM_SECONDS = 300, 10, 15
ASKERS = 40
P99_MS, GROWTH = 500, 1.1
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Ask:
    name: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Answers:
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter = field(default_factory=Counter)
    seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, ask: Ask, status: int | str, seconds: float) -> None:
        with self.lock:
            self.milliseconds.setdefault(ask.name, []).append(seconds * 1000)
            self.statuses[ask.name, status] += 1

    @property
    def all(self) -> list[float]:
        return sorted(one for many in self.milliseconds.values() for one in many)

    @property
    def errors(self) -> dict[str, int]:
        """What was neither the page nor a refusal that was to be expected."""
        return {
            f"{name}: {status}": n for (name, status), n in self.statuses.items() if status not in {200, 201}
        }


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
            drive(port, asks, WARM_SECONDS if not quick else 3, Answers())
            before = memory(process)
            answers = Answers()
            drive(port, asks, seconds, answers)
            after = memory(process)
    return rows(
        answers, before, after, seconds, f"{pilots:,} pilots, {requests:,} requests, {region.OFFICES} offices"
    )


def rows(answers: Answers, before: float, after: float, seconds: int, about: str) -> list[Row]:
    every, n = answers.all, len(answers.all)
    for name, times in sorted(answers.milliseconds.items()):
        ordered = sorted(times)
        print(
            f"    {name:28} n {len(ordered):5}  p50 {at(ordered, 0.5):6.0f} ms  p99 {at(ordered, 0.99):6.0f} ms"
        )
    for what, number in answers.errors.items():
        print(f"    not as expected: {what} × {number}")
    return [
        Row("load-p50", f"answers, ms, half of them within ({about})", at(every, 0.5), None, n=n),
        Row("load-p99", "answers, ms, 99 of 100 within", at(every, 0.99), P99_MS, n=n),
        Row("load-errors", "answers that were not the page", sum(answers.errors.values()), 0, n=n),
        Row(
            "load-rate",
            "answers a second, until the last one",
            n / answers.seconds,
            A_SECOND * 0.98,
            at_least=True,
        ),
        Row("load-memory", f"memory of the web processes, growth over {seconds} s", after / before, GROWTH),
        Row("load-MB", "memory of the web processes at the end, MB", after / 1e6),
    ]


def at(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


# --- what is asked


def mixture(people: region.People) -> list[Ask]:
    """Who asks what, as often as it stands here."""
    asks: list[Ask] = []

    def pages(users, many: int, name: str, paths) -> None:
        for user, path in zip(users, paths, strict=True):
            client = fresh_browser(user)
            cookies = "; ".join(f"{key}={one.value}" for key, one in client.cookies.items())
            asks.extend([Ask(name, "GET", path, {"Cookie": cookies})] * many)

    def api(many: int, name: str, paths, method: str = "GET") -> None:
        for token, path in zip(people.tokens, paths, strict=True):
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            asks.extend([Ask(name, method, path, headers)] * many)

    def same(path: str) -> list[str]:
        return [path] * region.OFFICES

    request_page = [reverse("web:office_request", args=[pk]) for pk in people.open_requests]
    pages(people.coordinators, 8, "worklist", same(reverse("web:worklist")))
    pages(people.coordinators, 5, "a request, office", request_page)
    pages(people.coordinators, 3, "pilots of the office", same(reverse("web:pilots")))
    pages(people.coordinators, 1, "calendar", same(reverse("web:calendar")))
    pages(people.requesters, 5, "own requests", same(reverse("web:my_requests")))
    pages(
        people.requesters,
        4,
        "a request, requester",
        [reverse("web:request", args=[pk]) for pk in people.own_requests],
    )
    pages(people.pilots, 5, "own assignments", same(reverse("web:my_assignments")))
    pages(
        people.pilots, 3, "an assignment", [reverse("web:assignment", args=[pk]) for pk in people.assignments]
    )
    asks.extend([Ask("start page", "GET", reverse("web:home"))] * 3 * region.OFFICES)
    api(6, "API requests", same("/api/v1/help-requests"))
    api(4, "API a request", [f"/api/v1/help-requests/{pk}" for pk in people.open_requests])
    api(3, "API pilots", same("/api/v1/pilots"))
    api(2, "API assignments", same("/api/v1/assignments"))
    api(2, "API who I am", same("/api/v1/me"))
    api(
        1, "API a ranking", [f"/api/v1/help-requests/{pk}/suggestions" for pk in people.open_requests], "POST"
    )
    random.Random(7).shuffle(asks)
    return asks


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
            body = b"{}" if ask.method == "POST" else None
            client.request(ask.method, ask.path, body=body, headers={"Host": "localhost", **ask.headers})
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
