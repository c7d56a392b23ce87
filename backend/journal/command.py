"""What a command is: keyword-only, one transaction, listeners woken once, and what is written last of all."""

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

import psycopg.errors
from django.conf import settings
from django.db import DatabaseError, transaction

from backend.errors import CONFLICT_CONSTRAINTS, Conflict, RuleViolated
from backend.wake import wake_after_commit
from geo.address import GeoError

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 3
COMMANDS: list[Callable[..., object]] = []  # every command, for the architecture tests
_last: ContextVar[list[tuple[str, Callable[[], None]]] | None] = ContextVar("last", default=None)


def at_the_end(action: Callable[[], None], *, order: str) -> None:
    """Run `action` as the last thing of the outermost command, in its transaction; not if this command fails.

    For a lock that a whole office queues for: taken last it is held briefly, and nobody waits who holds it.
    `order` sorts what waits, so that two commands take several such locks in the same order.
    """
    actions = _last.get()
    if actions is None:
        raise RuntimeError("there is no end to wait for outside of a command")
    actions.append((order, action))


def command(function: Callable[P, T]) -> Callable[P, T]:
    """Make `function` a command.

    Deadlocks and serialization failures are tried again, when the command is the outermost transaction. A
    constraint that rivals can run into comes out as Conflict under the constraint's own name.
    """
    parameters = inspect.signature(function).parameters.values()
    named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    if any(p.kind not in named for p in parameters):
        raise TypeError(f"{function.__qualname__}: a command takes keywords only")

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        outermost = not transaction.get_connection().in_atomic_block
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    result = _with_its_end(function, *args, **kwargs)
                    for listener in settings.EVENT_LISTENERS:
                        wake_after_commit(listener)
                    return result
            except GeoError as error:
                raise RuleViolated(error.code, **error.facts) from error
            except DatabaseError as error:
                cause = error.__cause__
                rival = isinstance(
                    cause, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure
                )
                if rival and outermost and attempt < ATTEMPTS:
                    continue
                if (conflict := _as_conflict(error)) is None:
                    raise
                raise conflict from error
        raise AssertionError("unreachable")

    COMMANDS.append(run)
    return run


def _with_its_end(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a command; what waits for the end runs after the outermost one, and is forgotten with one that fails."""
    waiting = _last.get()
    if waiting is not None:
        before = len(waiting)
        try:
            return function(*args, **kwargs)
        except BaseException:
            del waiting[before:]
            raise
    actions: list[tuple[str, Callable[[], None]]] = []
    token = _last.set(actions)
    try:
        result = function(*args, **kwargs)
        for _order, action in sorted(actions, key=lambda waits: waits[0]):
            action()
        return result
    finally:
        _last.reset(token)


def _as_conflict(error: DatabaseError) -> Conflict | None:
    cause = error.__cause__
    if isinstance(
        cause,
        psycopg.errors.LockNotAvailable
        | psycopg.errors.DeadlockDetected
        | psycopg.errors.SerializationFailure,
    ):
        return Conflict("busy_try_again")
    if (
        isinstance(cause, psycopg.errors.IntegrityError)
        and cause.diag.constraint_name in CONFLICT_CONSTRAINTS
    ):
        return Conflict(cause.diag.constraint_name)
    return None
