"""Which request do these lines of the log belong to? One id from the proxy through web, queue and worker."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from backend import timings
from backend.masked_logs import masked

# Hexadecimal and dashes, as proxies make them: nobody can write words, names or line breaks into our log by it.
SANE = re.compile(r"[0-9a-fA-F-]{16,64}")
HEADER = "X-Request-ID"

current: ContextVar[str] = ContextVar("request_id", default="")
logger = logging.getLogger("ilos.access")


def accepted(wanted: str | None) -> str:
    """The id a proxy has given, if it is one; else a new one."""
    return wanted if wanted and SANE.fullmatch(wanted) else uuid.uuid4().hex


class RequestIdMiddleware:
    """Outermost of all: gives the request its id, and writes one line about how it ended.

    The line says which page, never the query; whoever is signed in by id alone, and no address of the network: the
    proxy in front keeps those, for as long as the municipality has decided.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current.set(accepted(request.headers.get(HEADER)))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers[HEADER] = current.get()
            self._note(request, response.status_code, time.perf_counter() - started)
            return response
        finally:
            current.reset(token)

    @staticmethod
    def _note(request: HttpRequest, status: int, seconds: float) -> None:
        match = request.resolver_match
        route = (match.view_name or match.route) if match else "none"
        timings.observe(route or "none", request.method or "", status, seconds)
        logger.info(
            "request method=%s path=%s route=%s status=%s ms=%s user=%s",
            *((request.method or "")[:10], masked(request.path), route, status, round(seconds * 1000)),
            user_id(request),
        )


def user_id(request: HttpRequest) -> str:
    """Who is signed in, by id, if anything has asked for that; nothing is loaded for the log's sake."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return str(getattr(user, "pk", None) or "-")


# --- through the queue


def put_on_message(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Celery is about to publish: the task says which request it comes from."""
    if headers is not None and current.get():
        headers["request_id"] = current.get()


def take_from_task(task_id: str = "", task: Any = None, **_: Any) -> None:
    """A worker begins a task: its lines bear the id of the request, or the task's own."""
    wanted = getattr(getattr(task, "request", None), "request_id", None)
    current.set(accepted(wanted or task_id.replace("-", "")))
