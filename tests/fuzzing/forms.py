"""Which forms do our pages hold, and what becomes of the nonsense that is sent through each of them?"""

import copy
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.urls import Resolver404, resolve

from tests.fuzzing.town import fingerprint

URLENCODED = "application/x-www-form-urlencoded"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TYPED = {"text", "search", "email", "tel", "url", "number", "date", "time", "textarea"}
# Put into every field of a form at once, and into each alone.
ODD: dict[str, str] = {
    "nul": "a\0b",
    "huge number": "9" * 400,
    "below zero": "-1",
    "float": "1e999",
    "no number": "nan",
    "too long": "Ã¤" * 6000,
    "unknown choice": "no-such-choice",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "no such day": "2027-02-29",
    "lost hour": "2027-03-28",
    "lost time": "02:30",
    "hour 25": "25:61",
    "right to left": "\u202egnp.exe\u2066",
    "zero width": "\u200b\u200d\ufeff",
    "astral": "\U0001f9d5\U00020000",
    "markup": "<script>alert(1)</script>\"'>",
    "template": "{{7*7}}{% now %}${7*7}",
    "formula": '=HYPERLINK("http://x")',
    "new lines": "a\r\nBcc: x@x.example\r\n\r\nb",
    "path": "../../../etc/passwd",
    "query": "' OR 1=1 --",
    "no id": "00000000-0000-0000-0000-00000000000g",
    "someone else's id": "01a200e6-5b43-76a4-a97d-a7ec5999f884",
    "lone surrogate": "%ED%A0%80",
    "blank": "   ",
}
# Django's own sentences in English: on a German page they would be an error without a translation.
UNTRANSLATED = (
    "This field is required",
    "Enter a valid",
    "Select a valid",
    "Ensure this value",
    "Null characters",
)


@dataclass
class Form:
    """What a page would send, and where to."""

    page: str
    action: str
    method: str
    multipart: bool
    values: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def key(self) -> tuple[Any, ...]:
        """Forms that differ by their ids alone are one."""
        action = urlsplit(self.action)
        return UUID.sub("*", action.path), *sorted(self.kinds), *sorted({name for name, _ in self.buttons})

    @property
    def own(self) -> list[str]:
        return [name for name in self.kinds if name != "csrfmiddlewaretoken"]


class _Forms(HTMLParser):
    """Reads the forms off a page; fields may stand elsewhere and name their form."""

    def __init__(self, page: str, text: str) -> None:
        super().__init__()
        self.page, self.found = page, list[Form]()
        self.by_id: dict[str, Form] = {}
        self.open: Form | None = None
        self.select: tuple[Form, str] | None = None
        self.area: tuple[Form, str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            target = urljoin(self.page, given.get("action") or self.page)
            multipart = "multipart" in given.get("enctype", "")
            self.open = Form(self.page, target, given.get("method", "get").lower(), multipart)
            self.found.append(self.open)
            if "id" in given:
                self.by_id[given["id"]] = self.open
            return
        form = self.by_id.get(given.get("form", ""), self.open)
        name = given.get("name")
        if form is None or "disabled" in given:
            return
        if tag == "option" and self.select:
            self._option(*self.select, given)
        elif tag == "button" and given.get("type", "submit") == "submit":
            if name:
                form.buttons.append((name, given.get("value", "")))
            if "formaction" in given:
                twin = Form(self.page, urljoin(self.page, given["formaction"]), form.method, form.multipart)
                twin.values, twin.kinds = form.values, form.kinds
                self.found.append(twin)
        elif name and tag in {"input", "select", "textarea"}:
            self._field(form, tag, name, given)

    def _field(self, form: Form, tag: str, name: str, given: dict[str, str]) -> None:
        kind = tag if tag != "input" else given.get("type", "text")
        form.kinds[name] = kind
        if tag == "select":
            self.select = (form, name)
        elif tag == "textarea":
            self.area = (form, name)
        elif kind not in {"checkbox", "radio", "file"} or "checked" in given:
            form.values.setdefault(name, []).append(given.get("value", "on" if kind == "checkbox" else ""))

    @staticmethod
    def _option(form: Form, name: str, given: dict[str, str]) -> None:
        if "selected" in given or name not in form.values:
            form.values[name] = [given.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self.area:
            form, name = self.area
            form.values[name] = [form.values.get(name, [""])[0] + data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None


def forms_on(page: str, response: HttpResponse) -> list[Form]:
    """The forms that change something."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    return [form for form in _Forms(page, response.content.decode()).found if form.method == "post"]


@dataclass(frozen=True)
class Sent:
    """A body as it goes over the wire, and what of it must still stand in the form that comes back."""

    what: str
    body: bytes
    content_type: str = URLENCODED
    typed: dict[str, str] = field(default_factory=dict)


def _encoded(what: str, values: dict[str, list[str]], typed: dict[str, str] | None = None) -> Sent:
    return Sent(what, urlencode(values, doseq=True).encode(), typed=typed or {})


def all_odd(form: Form, name: str) -> Sent:
    """The same odd value in every field that somebody could write or forge."""
    odd = {own: [ODD[name]] for own in form.own}
    return _encoded(
        f"{name} everywhere", odd, {own: ODD[name] for own in form.own if form.kinds[own] in TYPED}
    )


def one_odd(form: Form, own: str, name: str) -> Sent:
    """One odd value in what is otherwise sent as the page has it."""
    return _encoded(f"{name} in {own}", {**form.values, own: [ODD[name]]})


def shapes(form: Form) -> Iterator[Sent]:
    """Bodies whose shape is wrong, whatever stands in them."""
    yield _encoded("nothing", {})
    yield _encoded("everything twice", {own: [*form.values.get(own, ["x"]), "y"] for own in form.own})
    yield Sent(
        "invalid UTF-8", b"&".join(own.encode() + b"=%FF%FE\xff\xed\xa0\x80" for own in form.own) + b"&%FF=1"
    )
    yield Sent("no form at all", b'{"a": 1}', "application/json")
    yield Sent(
        "multipart without an end",
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="x'.encode(),
        MULTIPART_CONTENT,
    )
    yield Sent("multipart without a boundary", b"x", "multipart/form-data")
    yield Sent("a file where a word is asked", _files(form), MULTIPART_CONTENT)
    yield Sent("too many fields", b"&".join(b"f%d=1" % number for number in range(1500)))


def _files(form: Form) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{own}"; filename="../../x.png"\r\n'
        "Content-Type: image/png\r\n\r\n\x00PNG\r\n"
        for own in form.own
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


@dataclass
class Findings:
    """What came of it."""

    sent: int = 0
    answers: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    routes: set[str] = field(default_factory=set)
    led_back: set[str] = field(default_factory=set)


def send(client: Client, form: Form, sent: Sent, found: Findings, before: str) -> None:
    """Send it, judge the answer, take back what it has done."""
    cookies = copy.deepcopy(client.cookies)  # a sign-out, say, is taken back in the database alone
    with transaction.atomic():
        response = client.generic("POST", form.action, sent.body, content_type=sent.content_type)
        found.sent += 1
        found.answers[response.status_code] = found.answers.get(response.status_code, 0) + 1
        faults = [*_faults(response, sent, before), *_dead_ends(client, form, response, found)]
        found.faults += [f"{form.action} from {form.page}, {sent.what}: {fault}" for fault in faults]
        transaction.set_rollback(True)
    client.cookies = cookies
    found.routes.add(route_of(form.action))


def route_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return "nowhere"


def _faults(response: HttpResponse, sent: Sent, before: str) -> Iterable[str]:
    status = response.status_code
    if status >= 500:
        yield f"answers {status}"
    if status < 400:
        return
    if fingerprint() != before:
        yield f"refused with {status}, and yet something has changed"
    page = response.content.decode("utf-8", "replace")
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    if '<html lang="de"' not in page and "<html" in page:
        yield "the page is not in the reader's language"
    yield from (f"says “{words}”" for words in UNTRANSLATED if words in page)
    if "<script>alert" in page:
        yield "markup comes back as markup"
    yield from _lost(page, sent)


def _dead_ends(client: Client, form: Form, response: HttpResponse, found: Findings) -> Iterator[str]:
    """The switches of language and look lead back to a page; the address of a button alone is none."""
    if response.status_code != 422 or (route := route_of(form.action)) in found.led_back:
        return
    targets = {form.values["next"][0] for form in forms_on(form.page, response) if "next" in form.values}
    if targets:
        found.led_back.add(route)
    for target in targets:
        if client.get(target).status_code == 405:
            yield f"switching the language leads to {target}, which is no page"


def _lost(page: str, sent: Sent) -> Iterator[str]:
    """What was typed into a field that the page shows again, and is not in it any more."""
    shown = _Forms("/", page).found
    for name, typed in sent.typed.items():
        fields = [form.values[name] for form in shown if name in form.values and form.kinds[name] in TYPED]
        if fields and not any(_same(value, typed) for values in fields for value in values):
            yield f"{name} has lost what was typed"


def _same(shown: str, typed: str) -> bool:
    """Blanks at the ends and kinds of new lines do not count; no page can hold a NUL."""

    def bare(text: str) -> str:
        return " ".join(html.unescape(text).replace("\0", "").replace("\ufffd", "").split())

    return bare(shown) == bare(typed)
