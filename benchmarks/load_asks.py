"""What do twenty offices, their schools and their pilots ask of the product, and how often each?"""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from benchmarks import region
from tests.web.account_browser import fresh_browser

CSRF = "c" * 32  # a token of our own choosing does, as long as cookie and form name the same
BROWSER = {"Accept-Encoding": "gzip", "Accept-Language": "de"}
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Ask:
    name: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    wanted: int = 200  # the status of an answer that is as it should be


def mixture(people: region.People) -> list[Ask]:
    """Who asks what, as often as it stands here; in an order that has nothing to do with it."""
    asks = [*_reading(people), *_writing(people)]
    random.Random(7).shuffle(asks)
    return asks


def _reading(people: region.People) -> Iterable[Ask]:
    def of_each(users: Sequence[Any], many: int, name: str, pages: Iterable[Sequence[str]]) -> Iterable[Ask]:
        for cookie, paths in zip(_cookies(users), pages, strict=True):
            for path in islice(cycle(paths), many):
                yield Ask(name, "GET", path, {"Cookie": cookie, **BROWSER})

    def page(users: Sequence[Any], many: int, name: str, path: str) -> Iterable[Ask]:
        return of_each(users, many, name, [[path]] * len(users))

    def api(many: int, name: str, pages: Iterable[Sequence[str]]) -> Iterable[Ask]:
        for token, paths in zip(people.tokens, pages, strict=True):
            for path in islice(cycle(paths), many):
                yield Ask(name, "GET", path, _bearer(token))

    def list_of(path: str) -> list[list[str]]:
        return [[path]] * region.OFFICES

    desk, own = _addresses("web:office_request", people.open), _addresses("web:request", people.assigned)
    coordinators, requesters, pilots = people.coordinators, people.requesters, people.pilots
    yield from page(coordinators, 8, "worklist", reverse("web:worklist"))
    yield from page(coordinators, 4, "worklist, news", reverse("web:worklist_pulse"))
    yield from of_each(coordinators, 5, "a request, office", desk)
    yield from page(coordinators, 3, "pilots of the office", reverse("web:pilots"))
    yield from page(coordinators, 1, "calendar", reverse("web:calendar"))
    yield from page(requesters, 5, "own requests", reverse("web:my_requests"))
    yield from of_each(requesters, 4, "a request, requester", own)
    yield from page(pilots, 5, "own assignments", reverse("web:my_assignments"))
    sessions = [[reverse("web:assignment", args=[pk])] for pk in people.assignments]
    yield from of_each(pilots, 3, "an assignment", sessions)
    yield from [Ask("start page", "GET", reverse("web:home"), BROWSER)] * 3 * region.OFFICES
    yield from api(6, "API requests", list_of("/api/v1/help-requests"))
    yield from api(
        4, "API a request", [[f"/api/v1/help-requests/{pk}" for pk in some] for some in people.open]
    )
    yield from api(3, "API pilots", list_of("/api/v1/pilots"))
    yield from api(2, "API assignments", list_of("/api/v1/assignments"))
    yield from api(2, "API who I am", list_of("/api/v1/me"))


def _writing(people: region.People) -> Iterable[Ask]:
    for cookie, some in zip(_cookies(people.coordinators), people.open, strict=True):
        suggest = reverse("web:suggest", args=[some[-1]])
        yield _form("ranking, desk", suggest, cookie)
    for cookie in _cookies(people.pilots):
        week = {"from_0_0": "08:00", "to_0_0": "16:00", "from_2_0": "10:00", "to_2_0": "18:00"}
        yield _form("her week, saved", reverse("web:save_week"), cookie, **week)
    for token, some, seeker in zip(people.tokens, people.open, people.help_seekers, strict=True):
        headers = _bearer(token) | {"Content-Type": JSON}
        ranking = f"/api/v1/help-requests/{some[0]}/suggestions"
        yield Ask("API a ranking", "POST", ranking, headers, b"{}", 201)
        yield Ask("API a request filed", "POST", "/api/v1/help-requests", headers, _filed(seeker), 201)


def _filed(help_seeker: str) -> bytes:
    starts = (timezone.now() + timedelta(days=20)).replace(hour=10, minute=0, second=0, microsecond=0)
    slot = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    need = {"help_seeker_id": help_seeker, "topic": "school", "setting": "phone", "slots": [slot]}
    return json.dumps(need).encode()


def _form(name: str, path: str, cookie: str, **fields: str) -> Ask:
    headers = {"Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={CSRF}", "Content-Type": FORM}
    body = urlencode({"csrfmiddlewaretoken": CSRF, **fields}).encode()
    return Ask(name, "POST", path, headers, body, 302)


def _addresses(route: str, of_offices: Iterable[Iterable[str]]) -> list[list[str]]:
    return [[reverse(route, args=[pk]) for pk in some] for some in of_offices]


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _cookies(users: Iterable[Any]) -> list[str]:
    found = (fresh_browser(user).cookies for user in users)
    return ["; ".join(f"{key}={one.value}" for key, one in cookies.items()) for cookies in found]
