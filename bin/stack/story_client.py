"""How does a program talk to the product from outside: JSON over HTTP, sign-in by mail code, the demo's mailbox?"""

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

PATIENCE_SECONDS = 90
CODE = re.compile(r"[A-Z0-9]{3,4}-[A-Z0-9]{3,4}|\d{6}")


class StoryFailed(Exception):
    """A step did not happen; the text says which and why."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any


def call(method: str, url: str, body: object | None = None, headers: dict[str, str] | None = None) -> Answer:
    """One request; JSON in, JSON out where it is JSON. Statuses are returned, a silent server raises StoryFailed."""
    request = urllib.request.Request(
        url, method=method, headers={"Accept": "application/json", **(headers or {})}
    )
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return Answer(response.status, _read(response))
    except urllib.error.HTTPError as error:
        return Answer(error.code, _read(error))
    except OSError as error:
        raise StoryFailed(f"{method} {url}: no answer ({error})") from error


def _read(response: Any) -> Any:
    text = response.read().decode()
    return json.loads(text) if "json" in response.headers.get("Content-Type", "") else text


class FormReader(HTMLParser):
    """The fields of a page's first form that has a button of the wanted value."""

    def __init__(self, button: str) -> None:
        super().__init__()
        self.button, self.fields, self.found = button, {}, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and not self.found:
            self.fields: dict[str, str] = {}
        name, value = given.get("name"), given.get("value") or ""
        if tag == "button" and value == self.button:
            self.found = True
        if name and (tag == "input" or (tag == "button" and value == self.button)):
            chosen = given.get("type") != "radio" or name not in self.fields or "checked" in given
            if chosen:
                self.fields[name] = value


def press(url: str, button: str) -> str:
    """Open a page as somebody without JavaScript would, press the button, and return the page that follows."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    try:
        with browser.open(url, timeout=30) as page:
            form = FormReader(button)
            form.feed(page.read().decode())
            if not form.found:
                raise StoryFailed(f"{url} has no button “{button}”")
            sent = urllib.request.Request(
                page.url, data=urllib.parse.urlencode(form.fields).encode(), headers={"Referer": page.url}
            )
        with browser.open(sent, timeout=30) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise StoryFailed(f"pressing “{button}” on {url} was answered {error.code}") from error
    except OSError as error:
        raise StoryFailed(f"{url}: no answer ({error})") from error


@dataclass
class Mailbox:
    """The messages that the demo has caught since this story began."""

    url: str
    old: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.old = {message["id"] for message in self._all()}

    def wait_for(
        self, what: str, wanted: Callable[[dict[str, Any]], bool], count: int = 1
    ) -> list[dict[str, Any]]:
        """The new messages that are wanted, as soon as there are `count` of them."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        found: list[dict[str, Any]] = []
        while time.monotonic() < deadline:
            found = [message for message in self._all() if message["id"] not in self.old and wanted(message)]
            if len(found) >= count:
                return found
            time.sleep(0.3)
        raise StoryFailed(f"{what}: {len(found)} of {count} messages after {PATIENCE_SECONDS} s")

    def forget(self, messages: list[dict[str, Any]]) -> None:
        """Treat them as read."""
        self.old |= {message["id"] for message in messages}

    def second_step(self) -> str:
        """What the app of the demo's staff shows now."""
        return str(call("GET", urllib.parse.urljoin(self.url, "messages.json")).body["second_step"])

    def _all(self) -> list[dict[str, Any]]:
        answer = call("GET", urllib.parse.urljoin(self.url, "messages.json"))
        if answer.status != 200:
            raise StoryFailed(f"the mailbox answers {answer.status}; is MAILBOX_DIR set?")
        return list(answer.body["messages"] if isinstance(answer.body, dict) else answer.body)


@dataclass
class Client:
    """Somebody at the API: nobody in particular, or signed in."""

    base: str
    who: str = "the public"
    session_token: str | None = None

    def sign_in(self, email: str, mailbox: Mailbox) -> "Client":
        """A client signed in by the code that was mailed to this address."""
        accounts = f"{self.base}/_allauth/app/v1/auth/code"
        asked = call("POST", f"{accounts}/request", {"email": email})
        if asked.status != 401:  # allauth: "not signed in yet, a code is on its way"
            raise StoryFailed(
                f"asking for a sign-in code for {email} was answered {asked.status}: {asked.body}"
            )
        token = asked.body["meta"]["session_token"]
        messages = mailbox.wait_for(
            f"sign-in code for {email}", lambda m: email in m["to"] and bool(code_in(m))
        )
        mailbox.forget(messages)
        confirmed = call(
            "POST", f"{accounts}/confirm", {"code": code_in(messages[-1])}, {"X-Session-Token": token}
        )
        if confirmed.status == 401 and _pending(confirmed.body) == "mfa_authenticate":
            token = confirmed.body["meta"].get("session_token", token)
            confirmed = call(
                "POST",
                f"{self.base}/_allauth/app/v1/auth/2fa/authenticate",
                {"code": mailbox.second_step()},
                {"X-Session-Token": token},
            )
        if confirmed.status != 200:
            raise StoryFailed(f"the sign-in code for {email} was refused: {confirmed.body}")
        return Client(self.base, email, confirmed.body["meta"].get("session_token", token))

    def get(self, path: str) -> Any:
        return self._ok("GET", path, None)

    def post(self, path: str, body: object | None = None) -> Any:
        """A command; its key makes a repetition harmless."""
        return self._ok(
            "POST", path, body if body is not None else {}, {"Idempotency-Key": str(uuid.uuid4())}
        )

    def _ok(self, method: str, path: str, body: object | None, headers: dict[str, str] | None = None) -> Any:
        token = {"X-Session-Token": self.session_token} if self.session_token else {}
        german = {"Accept-Language": "de"}
        answer = call(method, f"{self.base}/api/v1/{path}", body, {**(headers or {}), **german, **token})
        if not 200 <= answer.status < 300:
            raise StoryFailed(f"{method} {path} as {self.who} was answered {answer.status}: {answer.body}")
        return answer.body


def _pending(body: Any) -> str:
    """The step that allauth still waits for."""
    return next((flow["id"] for flow in body["data"]["flows"] if flow.get("is_pending")), "")


def code_in(message: dict[str, Any]) -> str:
    """The sign-in code of a message, or nothing."""
    for line in message["text"].splitlines():
        if CODE.fullmatch(line.strip()):
            return line.strip()
    return ""
