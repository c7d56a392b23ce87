"""How a reader asks at an address, what that comes to, and that nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, ClassVar
from unittest.mock import patch
from urllib.parse import quote

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from backend.privacy.access.matrix import parameters_of
from backend.privacy.access.operations import Answer, Operation, Whose
from backend.privacy.access.readers import Reader
from tests.access.bodies import encoded, form_for, json_for
from tests.access.case import Case
from tests.access.marks import marks_in
from tests.access.town import SERVICE, Town, looks_of
from tests.signed_in import note_proofs
from tests.unwatched import unwatched_templates

# What an address names by something else than an id: path -> parameter -> value.
WORDS = {
    "kind": "pilot",
    "template": "offer_made",
    "language": "de",
    "name": "x",
    "number": "1",
    "pk": "1",
    "key": SERVICE,
}
SLUGS = {"mein-profil/": "wege", "leitstelle/lotsen/": "wege"}
QUERIES = {
    "api/v1/pilots/<uuid:id>/identity": "reason=contact",
    "api/v1/help-seekers/<uuid:id>/identity": "reason=contact",
    "api/v1/places": "q=49",
    "leitstelle/zahlen/anfragen/": "tabelle=topic&zeile=school",
}
KINDS = {  # parameter -> kind of thing, where the name alone does not say it
    "help_request_id": "help_request",
    "assignment_id": "assignment",
    "pilot_id": "pilot",
    "help_seeker_id": "help_seeker",
    "plan_id": "plan",
    "delivery_id": "delivery",
    "membership_id": "membership",
    "organisation_id": "organisation",
    "report_id": "barrier",
    "subscription_id": "subscription",
    "draft_id": "draft",
    "absence_id": "absence",
    "veto_id": "veto",
    "invitation_id": "invitation",
    "session_id": "session",
    "token_id": "token",
}
SECRETS = {
    "kalender": "feed",
    "einladung": "invitation",
}  # start of the address -> whose secret; else an offer's
LOGIN = "/konto/anmelden/"


@dataclass(frozen=True)
class Heard:
    """What came back."""

    status: int
    location: str
    text: str

    @property
    def answer(self) -> Answer | None:
        """None where something broke."""
        if self.status >= 500 and self.status != 503:  # 503 is what healthz says of messages that do not flow
            return None
        if self.status == 401 or (self.status == 302 and self.location.startswith(LOGIN)):
            return Answer.SIGN_IN
        named = {403: Answer.FORBIDDEN, 404: Answer.ABSENT, 405: Answer.NO_METHOD}
        return named.get(self.status, Answer.LET_IN)


class Asking:
    """Every reader with a session of her own, through one client, without a server between."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        self.cookies = {reader: self._session(reader) for reader in Reader}

    def _session(self, reader: Reader) -> SimpleCookie:
        user = self.town.readers[reader]
        if user is None:
            return SimpleCookie()
        client = Client()
        client.force_login(get_user_model().objects.get(pk=user.pk))
        # A moment ago: pages that hand out or erase everything ask for that.
        note_proofs(client, user, {"method": "code"}, {"method": "mfa", "type": "totp"}, ago=0)
        return client.cookies

    def own_marks(self, reader: Reader) -> set[str]:
        """Those of the reader's own address, under which she is signed in."""
        user = self.town.readers[reader]
        return marks_in(user.email) if user else set()

    def sign_in_anew(self, reader: Reader) -> None:
        """As of now, by whatever clock: sessions end by themselves."""
        self.cookies[reader] = self._session(reader)

    def hear(self, operation: Operation, reader: Reader, whose: Whose = Whose.OWN) -> Heard:
        """The answer about a thing of that side; whatever it has changed is taken back."""
        case = self.town.case(whose)
        return self.at(
            operation.method, address_of(operation, reader, case), reader, **body_of(operation, reader, case)
        )

    def at(self, method: str, address: str, reader: Reader, *, kept: bool = False, **body: Any) -> Heard:
        """The answer at an address."""
        self.client.cookies = SimpleCookie(self.cookies[reader].output(header="", sep=";"))
        if kept:
            return self._heard(method, address, **body)
        with undone():
            return self._heard(method, address, **body)

    def _heard(self, method: str, address: str, **body: Any) -> Heard:
        if "data" in body and isinstance(body["data"], dict) and method == "POST":
            response = self.client.post(address, **body)
        else:
            response = self.client.generic(method, address, **body)
        return Heard(response.status_code, response.headers.get("Location", ""), text_of(response))


@contextmanager
def undone() -> Iterator[None]:
    """Nothing that happens inside stays."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


class OnceGenerated(SchemaGenerator):
    """The description of the API, the same for everybody."""

    made: ClassVar[dict[str, Any]] = {}

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        if not self.made:
            self.made.update(super().get_schema(request=request, public=public))
        return self.made


@contextmanager
def without_trimmings() -> Iterator[None]:
    """Refusals without a page around them, the API described once: what takes time and says nothing of who may."""

    def plain(request: HttpRequest, status: int, text: str) -> HttpResponse:
        return HttpResponse(text, status=status)

    with (
        patch("backend.web.errors.plain_page", plain),
        unwatched_templates(),
        patch.object(SpectacularAPIView, "generator_class", OnceGenerated),
    ):
        yield


def text_of(response: HttpResponse) -> str:
    """What can be read in it."""
    if "spreadsheet" in response.headers.get("Content-Type", ""):
        return ""
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return content.decode(response.charset or "utf-8", errors="replace")


def address_of(operation: Operation, reader: Reader, case: Case) -> str:
    """The address with the ids of this case in it."""
    path, query = operation.path, QUERIES.get(operation.path, "")
    for converter, name in parameters_of(operation.path):
        value = _value(operation, name, reader, case)
        path = path.replace(f"<{converter}:{name}>", quote(str(value), safe=""))
    if operation.path.endswith("/regret"):
        query = f"help_request={case.ids['help_request']}&pilot={case.pilots['idle'].pk}"
    return f"/{path}" + (f"?{query}" if query else "")


def _value(operation: Operation, name: str, reader: Reader, case: Case) -> Any:
    if name == "id":
        return case.id_of(reader, operation.named)
    if name == "offer_id":  # at the desk that of the request, elsewhere the reader's own
        at_desk = operation.path.startswith("leitstelle/")
        return case.ids["willing"] if at_desk else case.id_of(reader, "offer")
    if name in KINDS:
        wanted = operation.named if KINDS[name] == "assignment" else KINDS[name]
        return case.id_of(reader, wanted)
    if name == "secret":
        return case.secrets[SECRETS.get(operation.path.partition("/")[0], "offer")]
    if name == "token":
        return case.secrets["unsubscribe" if operation.path.startswith("abmelden/") else "card"]
    if name == "slug":
        return next(
            (word for start, word in SLUGS.items() if operation.path.startswith(start)), case.office.slug
        )
    if name == "version":
        return looks_of(case.office)["logo" if operation.path.endswith(".png") else "sheet"]
    if name == "kind" and not operation.path.startswith("danke/"):
        return "data_protection"
    return WORDS[name]


def body_of(operation: Operation, reader: Reader, case: Case) -> dict[str, Any]:
    """What is sent along."""
    if operation.method in {"GET", "HEAD"}:
        return {}
    if operation.is_api:
        body = json_for(operation, reader, case)
        return {"data": encoded(body), "content_type": "application/json"}
    return {"data": form_for(operation, reader, case)} if operation.method == "POST" else {}
