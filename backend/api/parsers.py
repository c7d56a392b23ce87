"""What counts as a JSON body: UTF-8, finite numbers, not nested without end, not larger than the site allows."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.parsers import JSONParser

from backend.api.errors import BadRequest

DEEPEST = 16


class StrictJSONParser(JSONParser):
    """JSON whose every oddity ends as a 400 and none as a 500."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        assert parser_context is not None
        raw = parser_context["request"]._request.body  # checks DATA_UPLOAD_MAX_MEMORY_SIZE
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
            if (
                b"\\u" in raw
            ):  # half a surrogate pair is no text: neither the database nor an answer can hold it
                json.dumps(value, ensure_ascii=False).encode("utf-8")
        except RecursionError as error:
            raise BadRequest("nested_too_deep") from error
        except ValueError as error:
            raise BadRequest("malformed_body") from error
        _check_depth(value)
        return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _finite(digits: str) -> float:
    """1e999 reads as infinity, which is no JSON either and which no answer can hold."""
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            part
            for whole in level
            if isinstance(whole, dict | list)
            for part in (whole.values() if isinstance(whole, dict) else whole)
        ]
        if not level:
            return
    raise BadRequest("nested_too_deep")
