"""Does every route, whoever asks and however, answer with what protects its reader, and let no forged request in?"""

import re
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver, reverse
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from backend.web.protection import FEATURES, POLICY
from tests.architecture.routes import Route, walk
from tests.fuzzing.town import Town, a_town, fingerprint
from tests.unwatched import unwatched_templates
from tests.web.account_browser import fresh_browser

ROUTES = list(walk(get_resolver().url_patterns))
# A policy of their own, and why.
OWN_POLICY = {
    "web:office_logo": "a picture somebody has put up: nothing runs in it",
    "web:calendar_feed": "a file for calendar programs",
    "web:settings_text": "shows the message in a frame of our own",
    "web:preview_text": "the message in that frame",
    "web:mailbox_letter": "shows the letter in a frame of our own",
    "web:mailbox_html": "the letter in that frame",
    "web:mailbox_attachment": "a file of somebody else's",
}
# What may be kept, and why.
KEPT = {
    "web:office_stylesheet": "the same for everybody, and its address names its content",
    "web:office_logo": "the same for everybody, and its address names its content",
    "web:service_worker": "the same for everybody; asked for anew each time",
    "web:calendar_feed": "private, and asked for anew each time",
    "web:worklist_pulse": "private, and asked for anew each time",
}
# Where a forged request of a browser does no harm because the browser's cookie opens nothing there.
WITHOUT_TOKEN = {
    "backend.api.": "checks the token itself for whoever comes with a session; else a bearer token is asked for",
    "rest_framework.": "the same",
    "drf_spectacular.": "is only read",
    "backend.web.views.offers": "the secret in the address is the proof, and no cookie adds to it",
    "backend.web.views.calendar_feed": "is only read",
    "backend.web.views.sms_replies": "for the gateway: the secret in the address is the proof",
    "backend.web.views.ways": "one-click unsubscription of RFC 8058: the secret in the address is the proof",
    "allauth.headless.": "for apps: opened by a header that no form can send",
}
ELSEWHERE = (
    *("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example"),
    *("http:///evil.example", "https:evil.example", "javascript:alert(1)", "data:text/html,x"),
    *("https://testserver@evil.example", "//testserver.evil.example", "/\t/evil.example", " //evil.example"),
)


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with django_db_blocker.unblock(), transaction.atomic(), unwatched_templates():
        yield a_town()
        transaction.set_rollback(True)


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The settings as they are where the site runs behind HTTPS."""
    monkeypatch.setenv("SECURE", "1")
    monkeypatch.setenv("DEBUG", "0")
    return runpy.run_path(str(settings.BASE_DIR / "backend" / "settings.py"))


def name_of(route: Route) -> str:
    return next((f"web:{p.name}" for p in web_patterns() if p.callback is route.view), route.path)


def web_patterns() -> list[Any]:
    from backend.web import urls

    return list(urls.urlpatterns)


def faults_of_headers(route: Route, response: Any, *, signed_in: bool) -> Iterator[str]:
    headers, name = response.headers, name_of(route)
    if headers.get("Content-Security-Policy") != POLICY and name not in OWN_POLICY:
        yield f"{name}: policy {headers.get('Content-Security-Policy')}"
    if (
        "frame-ancestors" not in headers["Content-Security-Policy"]
        and "sandbox" not in headers["Content-Security-Policy"]
    ):
        yield f"{name}: may be framed by anybody"
    for header, wanted in {
        "Permissions-Policy": {FEATURES},
        "X-Content-Type-Options": {"nosniff"},
        "Referrer-Policy": {"same-origin", "no-referrer"},
        "Cross-Origin-Opener-Policy": {"same-origin"},
        "Cross-Origin-Resource-Policy": {"same-origin"},
        "X-Frame-Options": {"DENY", "SAMEORIGIN"},
        "Access-Control-Allow-Origin": {None},
        "Server": {None},
        "X-Powered-By": {None},
    }.items():
        if headers.get(header) not in wanted:
            yield f"{name}: {header} is {headers.get(header)}"
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/") and "charset=" not in kind.lower():
        yield f"{name}: no charset in {kind}"
    if signed_in and "no-store" not in headers.get("Cache-Control", "") and name not in KEPT:
        yield f"{name}: a cache may keep it ({headers.get('Cache-Control')})"


def test_every_answer_protects_its_reader(town: Town) -> None:
    """Pages, errors, redirects; for strangers, and for a coordinator, whose name stands in the frame of each."""
    nobody, coordinator = Client(), fresh_browser(town.users["coordinator"])
    nobody.raise_request_exception = coordinator.raise_request_exception = False
    faults: list[str] = []
    for route in ROUTES:
        for client in (nobody, coordinator):
            response = client.get(route.example)
            faults += faults_of_headers(route, response, signed_in=client is coordinator)
            assert response.status_code < 500 or "healthz" in route.path, route.example
    assert faults == []
    assert len(ROUTES) > 150


@pytest.mark.parametrize(
    "address", ["/nothing-here", "/static/nothing.css", "/konto/anmelden", "/%00", "/api/v1/nothing"]
)
def test_so_do_answers_of_no_view(town: Town, address: str) -> None:
    route = Route(address, lambda: None)
    assert list(faults_of_headers(route, Client().get(address), signed_in=False)) == []


def test_unknown_methods_reach_no_view(town: Town) -> None:
    """Django checks no token of TRACE, and hands on whatever a client calls a method."""
    client = fresh_browser(town.users["coordinator"])
    before = fingerprint()
    for route in ROUTES[:: max(1, len(ROUTES) // 40)]:
        for method in ("TRACE", "CONNECT", "PROPFIND", "GETT", "DEBUG"):
            assert client.generic(method, route.example).status_code == 405, route.path
        assert client.generic("OPTIONS", route.example).status_code < 500, route.path
    assert fingerprint() == before


def test_no_form_is_taken_without_its_token(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """As another site would send it, with the reader's cookie; on every route, by every method that changes things."""
    client = fresh_browser(town.users["admin"])
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = client.cookies
    before, taken = fingerprint(), []
    # The page around a refusal is the same for all: drawn several hundred times it only takes time.
    monkeypatch.setattr(
        "backend.web.errors.plain_page", lambda request, status, text: HttpResponse(text, status=status)
    )
    for route in ROUTES:
        exempt = getattr(route.view, "csrf_exempt", False)
        if exempt and not route.module.startswith(tuple(WITHOUT_TOKEN)):
            taken.append(f"{route.path} of {route.module} checks no token, and gives no reason")
        for method in ("POST", "DELETE"):
            status = forged.generic(method, route.example, b"{}", content_type="application/json").status_code
            if status not in ({400, 401, 403, 404, 405, 409, 410, 415} if exempt else {403}):
                taken.append(f"{route.path} answers a forged {method} with {status}")
    assert taken == []
    assert fingerprint() == before


def test_a_stale_or_foreign_token_is_no_token(town: Town) -> None:
    forged = Client(enforce_csrf_checks=True)
    forged.cookies["csrftoken"] = "a" * 32
    for token in ("", "a", "b" * 32, "c" * 32 + "d" * 32, "\x00"):
        response = forged.post("/sprache/", {"language": "en", "csrfmiddlewaretoken": token})
        assert response.status_code == 403
    secure_post = {"language": "en", "csrfmiddlewaretoken": "a" * 32}
    response = forged.post(
        "/sprache/", secure_post, secure=True, headers={"referer": "https://evil.example/"}
    )
    assert response.status_code == 403


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_elsewhere(town: Town, target: str) -> None:
    client = fresh_browser(town.users["pilot"])
    for address in ("/sprache/", "/darstellung/"):
        response = client.post(address, {"language": "de", "next": target})
        assert response.status_code == 302
        assert response.headers["Location"] == "/"
    confirm = client.get(reverse("account_reauthenticate"), {"next": target})
    assert "evil" not in confirm.headers.get("Location", "")
    sign_in = Client().get(reverse("account_login"), {"next": target})
    assert "evil" not in sign_in.headers.get("Location", "")


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "a b", "", "\u0161"]
)
def test_another_host_is_none_of_ours(town: Town, host: str) -> None:
    response = Client().get("/", headers={"host": host.encode().decode("latin-1")})
    assert response.status_code == 400
    assert "evil" not in response.content.decode()
    assert Client().get("/", headers={"x-forwarded-host": "evil.example"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/static/../backend/settings.py", "/static/..%2fbackend/settings.py", "/static/%2e%2e/manage.py"),
        *(
            "/static//etc/passwd",
            "/static/....//manage.py",
            "/mailbox/..%2f..%2fetc%2fpasswd/",
            "/.git/config",
        ),
        *("/.env", "/backend/settings.py", "/static/web/../../../settings.py", "/admin/", "/__debug__/"),
    ],
)
def test_no_path_leads_to_our_files(town: Town, path: str) -> None:
    response = Client().get(path)
    assert response.status_code in {302, 400, 404}
    assert b"SECRET_KEY" not in response.content


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x=" + b"a" * (2 * 1024 * 1024 + 1), "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=" % n for n in range(1001)), "application/x-www-form-urlencoded"),
        (
            b"".join(
                b'--b\r\nContent-Disposition: form-data; name="f"; filename="%d"\r\n\r\n\r\n' % n
                for n in range(101)
            )
            + b"--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
        (
            b"".join(
                b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n\r\n' % n for n in range(1001)
            )
            + b"--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="' + b"a" * 5000 + b'"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (b"x", "multipart/form-data; boundary=" + "b" * 300),
        (b"x", "multipart/form-data"),
        (b"\xff\xfe", "application/x-www-form-urlencoded; charset=utf-7"),
    ],
)
def test_what_is_too_large_or_broken_is_refused(town: Town, body: bytes, kind: str) -> None:
    client = fresh_browser(town.users["admin"])
    for address in ("/sprache/", reverse("web:change_logo")):
        assert client.generic("POST", address, body, content_type=kind).status_code in {
            302,
            400,
            403,
            413,
            422,
        }


def test_whoever_looks_at_a_link_changes_nothing(town: Town) -> None:
    """Mail scanners open every link, some of them in a browser that follows what it finds."""
    links = {
        reverse("web:offer_by_link", args=[town.secrets["offer"]]),
        reverse("web:client_card", args=[town.secrets["card"]]),
        reverse("web:calendar_feed", args=[town.secrets["feed"]]),
    }
    before = fingerprint()
    for link in links:
        for scanner in (Client(), Client(headers={"user-agent": "curl/8"})):
            assert scanner.get(link).status_code == 200
            assert scanner.head(link).status_code == 200
            assert scanner.get(link, {"answer": "accept"}).status_code == 200
            assert scanner.options(link).status_code in {200, 405}
    assert fingerprint() == before
    page = Client().get(reverse("web:offer_by_link", args=[town.secrets["offer"]])).content.decode()
    assert "http-equiv" not in page
    assert not re.search(r"\.submit\(|autofocus|onload", page)


def test_behind_https_everything_stays_there(town: Town, secure: dict[str, Any]) -> None:
    names = [name for name in secure if name.startswith(("SECURE_", "SESSION_", "CSRF_", "LANGUAGE_COOKIE"))]
    with override_settings(**{name: secure[name] for name in names}):
        client = Client()
        page = client.get("/", secure=True)
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        redirect = client.get("/hilfe/")
        assert (redirect.status_code, redirect.headers["Location"]) == (301, "https://testserver/hilfe/")
        for address in ("/api/v1/offices", "/_allauth/app/v1/config"):
            refused = client.get(address, headers={"authorization": "Bearer secret"})
            assert (refused.status_code, refused.headers.get("Location")) == (403, None)
        assert client.get("/healthz/live").status_code == 200
        assert client.get("/api/v1/offices", secure=True).status_code == 200


def test_cookies_are_bound_to_host_and_https(secure: dict[str, Any]) -> None:
    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME"):
        assert secure[name].startswith("__Host-")
    assert secure["SESSION_COOKIE_SECURE"] and secure["CSRF_COOKIE_SECURE"]
    assert secure["SESSION_COOKIE_HTTPONLY"]
    assert (secure["SESSION_COOKIE_SAMESITE"], secure["CSRF_COOKIE_SAMESITE"]) == ("Lax", "Lax")
    assert "SESSION_COOKIE_DOMAIN" not in secure and "CSRF_COOKIE_DOMAIN" not in secure
    assert "cookie" not in secure["MESSAGE_STORAGE"].lower()


def test_cookies_that_a_page_sets(town: Town) -> None:
    client = Client()
    answers = [
        client.get("/lotse-werden/"),
        client.post("/sprache/", {"language": "en"}),
        client.post("/darstellung/", {"text": "large"}),
    ]
    set_by = {name: morsel for answer in answers for name, morsel in answer.cookies.items()}
    assert set(set_by) == {"csrftoken", "language", "display"}
    for name, morsel in set_by.items():
        assert morsel["samesite"] == "Lax", name
        assert morsel["path"] == "/", name
        assert not morsel["domain"], name
        # The page's script puts the token into forms that were drawn before the sign-in.
        assert bool(morsel["httponly"]) == (name != "csrftoken"), name


@pytest.mark.parametrize(
    "raw",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\n Content-Length: 5\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % number for number in range(200)) + b"\r\n",
    ],
)
def test_the_server_reads_one_request_as_one(raw: bytes) -> None:
    """Where two programs see different ends of a request, the second one reads a request that nobody sent."""
    with pytest.raises(Exception) as refused:  # each refusal is a class of its own
        next(RequestParser(Config(), iter([raw]), ("127.0.0.1", 1)))
    assert type(refused.value).__module__ == "gunicorn.http.errors"
