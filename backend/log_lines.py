"""How does a line of the log look, for a person or for a machine, so that no value of anybody's data is in it?

Errors are told by their type and place. Their texts are left out: the database driver's carry whole rows, a
validator's what was typed. What a database error broke is told by SQLSTATE and the name of the constraint.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from copy import copy
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from backend import request_ids
from backend.masked_logs import CONTROL

PAIR = re.compile(r"\b([a-z][a-z_]*)=([^\s,]+)")
FRAMES_AT_MOST = 40
CAUSES_AT_MOST = 5
# Standing names of a line; a pair in the message must not write over them.
STANDING = ("time", "level", "logger", "message", "request_id", "process", "error", "trace")
# What Celery and others put into a message beside ids: the text of an error, arguments of a task.
SPOKEN = ("exc", "traceback", "args", "kwargs", "return_value", "internal")


def error_name(error: BaseException) -> str:
    """Type of an error; of the database's also SQLSTATE and constraint, never its text."""
    driver = error.__cause__ if getattr(error.__cause__, "sqlstate", None) else error
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if state := getattr(driver, "sqlstate", None):
        constraint = getattr(getattr(driver, "diag", None), "constraint_name", None)
        name += f" sqlstate={state} constraint={constraint or '-'}"
    return name


def told(error: BaseException | None) -> str:
    """The chain of causes with the places they came from; no text, no source line, no value of a variable."""
    parts = []
    for one in _chain(error):
        parts.append(error_name(one))
        parts += [f"  {place}" for place in _places(one.__traceback__)]
    return "\n".join(parts)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(CAUSES_AT_MOST):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_qualname}")
        trace = trace.tb_next
    return places[-FRAMES_AT_MOST:]


class NoValues(logging.Filter):
    """An exception among a line's arguments becomes its name; what Celery says of arguments and texts is dropped."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, Mapping):
            record.args = {name: _silent(name, value, record.exc_info) for name, value in record.args.items()}
        elif isinstance(record.args, tuple):
            record.args = tuple(error_name(a) if isinstance(a, BaseException) else a for a in record.args)
        return True


def _silent(name: str, value: object, exc_info: Any) -> object:
    if isinstance(value, BaseException):
        return error_name(value)
    if name in SPOKEN:
        raised = exc_info[1] if isinstance(exc_info, tuple) else None
        return error_name(raised) if name == "exc" and raised is not None else "-"
    return value


class _Harmless(logging.Formatter):
    def formatException(self, ei: Any) -> str:
        return told(ei[1])

    def formatStack(self, stack_info: str) -> str:
        return ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class PlainLines(_Harmless):
    """For a terminal: time, level, where, what, and the request in brackets."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        own = copy(record)
        own.exc_text = None  # another handler may have kept the whole traceback there
        return super().format(own)

    def formatMessage(self, record: logging.LogRecord) -> str:
        request = request_ids.current.get()
        # A message is one line, whatever somebody has managed to write into it.
        line = CONTROL.sub("·", super().formatMessage(record))
        return f"{line} [{request}]" if request else line


class JsonLines(_Harmless, JsonFormatter):
    """For machines: one object a line; `name=value` in the message comes as fields of its own."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__("%(message)s", json_ensure_ascii=False)

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        line = record.getMessage()
        log_data.update(
            time=self.formatTime(record),
            level=record.levelname,
            logger=record.name,
            message=CONTROL.sub("·", line),
            request_id=request_ids.current.get(),
            process=record.process,
        )
        if record.exc_info and record.exc_info[1] is not None:
            log_data["error"] = error_name(record.exc_info[1])
            log_data["trace"] = told(record.exc_info[1]).split("\n")
        for name, value in PAIR.findall(line):
            if name not in STANDING:
                log_data[name] = CONTROL.sub("·", value)
