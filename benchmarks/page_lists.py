"""How long does the server take for each page with a list, and does the number of queries grow with the rows?"""

import time
from importlib import import_module
from statistics import median

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from backend.accounts.roles import Role
from backend.dispatch.commands.plans import make_plan
from benchmarks import many_requests, town
from benchmarks.database import scratch_database
from benchmarks.rows import Row
from tests.browser.screens import SCREENS, Screen
from tests.web.account_browser import fresh_browser

SIZES = ((50, 500), (500, 5000))
QUICK_SIZES = ((20, 50), (50, 500))
REPEATS = 5
TARGET_MS = 300
ONE_DAY = 24 * 3600  # seconds
PLAIN = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def lists() -> list[Screen]:
    """The screens of ours without an argument of somebody who is signed in: lists, and pages like them."""
    with_rows = ("coordinator", "admin", "requester", "pilot", "auditor")
    found = [
        screen
        for screen in SCREENS
        if not screen.about and screen.role in with_rows and screen.route.startswith("web:")
    ]
    return list({(screen.route, screen.query, screen.role): screen for screen in found}.values())


def run(quick: bool) -> list[Row]:
    """Milliseconds at the larger size, and how many queries it takes more than at the smaller one."""
    small, large = QUICK_SIZES if quick else SIZES
    few, many = _measured(*small), _measured(*large)
    rows = []
    for screen in lists():
        name = f"{screen} ({screen.role})"
        if name in many:
            rows += [
                Row(
                    f"L-ms-{screen}",
                    f"server time of {screen.name}, ms ({large[0]} pilots, {large[1]:,} requests)",
                    many[name][0] * 1000,
                    TARGET_MS,
                ),
                Row(
                    f"L-queries-{screen}",
                    f"queries more than with a tenth of the rows ({many[name][1]} in all)",
                    many[name][1] - few.get(name, many[name])[1],
                    0,
                ),
            ]
    return rows


def _measured(pilots: int, requests: int) -> dict[str, tuple[float, int]]:
    print(f"  building {pilots:,} pilots and {requests:,} requests …", flush=True)
    with scratch_database(), override_settings(STORAGES=PLAIN, ALLOWED_HOSTS=["testserver"]):
        people = many_requests.build(pilots, requests)
        make_plan(
            office_ids=people["coordinator"].office_ids(Role.COORDINATOR),
            by=people["coordinator"],
            now=town.NOW,
        )
        town.analyze()
        import_module("backend.wsgi")  # as the server's process does: what it sets up counts
        return {
            f"{screen} ({screen.role})": _page(screen, people[screen.role])
            for screen in lists()
            if screen.role in people
        }


def _page(screen: Screen, user) -> tuple[float, int]:
    client = fresh_browser(user, ago=-ONE_DAY)
    path = screen.path(None)
    first = client.get(path)
    assert first.status_code == 200, f"{screen}: {first.status_code} {first.headers.get('Location', '')}"
    with CaptureQueriesContext(connection) as queries:  # what is looked up once in a process is known by now
        client.get(path)
        count = len(queries)
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        client.get(path)
        seconds.append(time.perf_counter() - started)
    return median(seconds), count
