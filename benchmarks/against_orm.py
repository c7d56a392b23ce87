"""Is interactive ranking fast, and does its cost follow the candidates instead of the pilots?

The baseline is what one would write first: a loop over the office's pilots that looks up each one's languages, times,
checks, vetoes and sessions through the ORM, applies the same rules and sorts. Both answer the same request in the same
run; the loop's best ten are compared with the API's, so that it is known to do the same work.
"""

import time
from collections.abc import Callable
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accounts.commands import issue_api_token
from backend.accounts.models import User
from backend.dispatch.models import HelpRequest
from benchmarks import orm_loop, town
from benchmarks.database import scratch_database
from benchmarks.rows import Row


def run(quick: bool) -> list[Row]:
    """Ranking through the API at 1,000 and 10,000 pilots (a tenth with `quick`), and the loop at the larger size."""
    small, large = (100, 1_000) if quick else (1_000, 10_000)
    with scratch_database():
        at_small = _measure(small, with_loop=False)
    with scratch_database():
        at_large = _measure(large, with_loop=True)
    ratio = at_large.api_seconds / at_large.loop_seconds
    growth = at_large.api_seconds / at_small.api_seconds
    more = at_large.queries - at_small.queries
    print(f"  API {at_large.api_seconds * 1000:.0f} ms, loop {at_large.loop_seconds * 1000:.0f} ms")
    return [
        Row("I2", f"ranking through the API / ORM loop with look-ups, {large:,} pilots", ratio, 1 / 100),
        Row("I2-same", "of the ten best, how many differ from the loop's", at_large.differing, 0),
        Row("Q1", f"SQL queries more at {large:,} than at {small:,} pilots", more, 0),
        Row("Q2", "SQL queries of one ranking through the API", at_large.queries),
        Row("I4-api", f"growth of the API's time, {small:,} to {large:,} pilots", growth),
    ]


class Figures:
    api_seconds: float
    loop_seconds: float
    queries: int
    differing: int


def _measure(pilots: int, *, with_loop: bool) -> Figures:
    print(f"  building {pilots:,} pilots …", flush=True)
    coordinator, help_request = town.build(pilots)
    town.analyze()
    ask = _asker(coordinator, help_request)
    ask()  # warm: connections, caches of the process
    figures = Figures()
    with CaptureQueriesContext(connection) as captured:
        best = ask()
    figures.queries = len(captured)
    figures.api_seconds = median(_timed(ask) for _ in range(9))
    if with_loop:
        started = time.perf_counter()
        expected = orm_loop.best_ten(HelpRequest.objects.get(pk=help_request.pk), now=town.NOW)
        figures.loop_seconds = time.perf_counter() - started
        figures.differing = len(set(best) ^ set(expected)) if best else 10
    return figures


def _asker(coordinator: User, help_request: HelpRequest) -> Callable[[], list[str]]:
    """POST …/suggestions as a client would; the pilots' ids, best first."""
    secret = issue_api_token(
        is_strong=True, name="bench", scopes=["read", "dispatch"], days=1, by=coordinator, now=timezone.now()
    ).secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})

    def ask() -> list[str]:
        answer = client.post(
            f"/api/v1/help-requests/{help_request.pk}/suggestions", data="{}", content_type="application/json"
        )
        if answer.status_code not in (200, 201):
            raise SystemExit(f"the API answered {answer.status_code}: {answer.content.decode()[:500]}")
        return [str(s["pilot"]["id"]) for s in answer.json()["candidates"]]

    return ask


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
