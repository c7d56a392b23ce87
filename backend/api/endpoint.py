"""What every address of the API does the same way: language, scope, visible rows, values in, JSON out."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.viewsets import GenericViewSet

from backend.accounts.models import User
from backend.accounts.registration_limit import check_registration_rate
from backend.api.authentication import Anyone, SignedIn
from backend.api.idempotency import Idempotent
from backend.api.openapi import ProblemSchema
from backend.api.parsers import StrictJSONParser
from backend.errors import NotThere


class Endpoint(Idempotent, GenericViewSet):
    """A resource. A token needs one of `read_scopes` to read and one of `scopes` to change; none: it may not."""

    schema = ProblemSchema()
    parser_classes = [StrictJSONParser]
    public_actions: frozenset[str] = frozenset()
    unknown = "not_found"  # what is said of an id that is not there, or not for this reader
    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    read_scopes: tuple[str, ...] = ("read",)
    scopes: tuple[str, ...] = ()
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # A program that names no language gets its user's.
        if "Accept-Language" not in request.headers and request.user.is_authenticated:
            translation.activate(request.user.language)
        super().initial(request, *args, **kwargs)

    def get_permissions(self) -> list[BasePermission]:
        return [Anyone() if self.action in self.public_actions else SignedIn()]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        response.headers.setdefault("Cache-Control", "no-store")
        return super().finalize_response(request, response, *args, **kwargs)

    @property
    def reader(self) -> User:
        """The signed-in user."""
        user = self.request.user
        assert isinstance(user, User)
        return user

    @property
    def actor(self) -> User | None:
        """The signed-in user; None at public addresses."""
        return self.request.user if isinstance(self.request.user, User) else None

    def get_queryset(self) -> Any:
        """The rows this reader may know of: every list and every look-up starts here."""
        rows: Any = super().get_queryset()
        return rows.visible_to(self.reader)

    def visible(self, id: UUID) -> Any:
        """The row, or NotThere: a foreign id reads like one that never was."""
        found = self.get_queryset().filter(pk=id).first()
        if found is None:
            raise NotThere(self.unknown)
        return found

    def values(self, serializer: type[BaseSerializer], **kwargs: Any) -> dict[str, Any]:
        """The body as checked plain values."""
        bound = serializer(data=self.request.data, context=self.get_serializer_context(), **kwargs)
        bound.is_valid(raise_exception=True)
        return dict(bound.validated_data)

    def registration(self, serializer: type[BaseSerializer], *, address: str) -> dict[str, Any]:
        """The body of a public registration, counted by the e-mail in its field `address`."""
        values = {"language": language_of(), **self.values(serializer)}
        check_registration_rate(self.request._request, email=values[address], by=self.actor)
        return values

    def query_values(self, serializer: type[Serializer]) -> dict[str, Any]:
        """The query string as checked plain values."""
        bound = serializer(data=self.request.query_params.dict(), context=self.get_serializer_context())
        bound.is_valid(raise_exception=True)
        return dict(bound.validated_data)

    def shown(
        self, serializer: type[BaseSerializer], what: Any, *, status: int = 200, **context: Any
    ) -> Response:
        """One thing as JSON."""
        context = {**self.get_serializer_context(), **context}
        return Response(serializer(what, context=context).data, status=status)

    def page(self, rows: Any) -> list[Any]:
        """The rows of the page that the cursor points at."""
        page = self.paginate_queryset(rows)
        assert page is not None
        return page

    def listed(self, serializer: type[BaseSerializer], rows: Any, **context: Any) -> Response:
        """A page of rows as JSON."""
        context = {**self.get_serializer_context(), **context}
        page = self.page(rows)
        return self.get_paginated_response(serializer(page, many=True, context=context).data)

    def filtered(self) -> Any:
        """The visible rows that the query string asks for."""
        return self.filter_queryset(self.get_queryset())


def language_of() -> str:
    """The language a newcomer registers with, unless the body says otherwise."""
    return translation.get_language() or settings.LANGUAGE_CODE
