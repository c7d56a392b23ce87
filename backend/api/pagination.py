"""How lists are cut: newest first, by cursor, at most a hundred rows a page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework.pagination import Cursor as CursorPosition
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from backend.api.errors import BadRequest


class Cursor(CursorPagination):
    """Ids are UUIDv7: unique and in order of time, so that one column carries the position."""

    ordering = "-id"
    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"

    def decode_cursor(self, request: Request) -> CursorPosition | None:
        if self.cursor_query_param not in request.query_params:
            return None
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                UUID(str(cursor.position))
        except Exception as error:  # whatever a forged cursor can break
            raise BadRequest("cursor_invalid") from error
        return cursor

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }


class OldestFirst(Cursor):
    """For what is read as a story."""

    ordering = "id"
