"""Can a program sign a person in with the code from a mail, and does the session it gets work?"""

import json
import re
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import get_resolver, resolve

from backend.accounts.models import User
from backend.api.views.unknown import UnknownRoute
from backend.web.sessions import SessionStore
from tests.api.conftest import ROOT, Caller, assert_problem
from tests.architecture.routes import walk
from tests.conftest import Cast
from tests.web.test_second_factor import SECRET, current_code

APP = "/_allauth/app/v1/"
AUTH = f"{APP}auth/"
# The ways of docs/sign-in.md, and how a second factor is set up and asked for.
OPEN_TO_APPS = {
    "config",
    "tokens/refresh",
    "auth/session",
    *(f"auth/code/{step}" for step in ("request", "resend", "confirm")),
    *(f"auth/2fa/{step}" for step in ("authenticate", "reauthenticate")),
    *(f"auth/webauthn/{step}" for step in ("login", "authenticate", "reauthenticate")),
    "account/authenticators",
    *(f"account/authenticators/{kind}" for kind in ("totp", "webauthn")),
}


def post(client: Client, path: str, body: dict[str, str], **headers: str) -> tuple[int, Any]:
    response = client.post(AUTH + path, json.dumps(body), content_type="application/json", headers=headers)
    return response.status_code, json.loads(response.content)


def signed_in(email: str) -> str:
    """The session token that a person with this mailbox gets."""
    client = Client()
    status, asked = post(client, "code/request", {"email": email})
    assert status == 401, asked  # allauth: a step is pending
    pending = asked["meta"]["session_token"]
    message = mail.outbox[-1]
    assert message.to == [email]
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(message.body), re.MULTILINE)
    assert code, message.body
    status, confirmed = post(client, "code/confirm", {"code": code[1]}, **{"X-Session-Token": pending})
    assert status == 200, confirmed
    return str(confirmed["meta"]["session_token"])


def test_the_code_from_the_mail_opens_a_session(cast: Cast, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    token = signed_in(cast.rita.email)
    me = Caller(**{"X-Session-Token": token}).get("me")
    assert me.status_code == 200
    assert json.loads(me.content)["email"] == cast.rita.email
    assert json.loads(me.content)["scopes"] is None


def test_the_session_changes_things_without_a_csrf_token(cast: Cast, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    token = signed_in(cast.rita.email)
    client = Client(enforce_csrf_checks=True, headers={"X-Session-Token": token})
    changed = client.patch(ROOT + "me", json.dumps({"language": "en"}), content_type="application/json")
    assert changed.status_code == 200, changed.content


def test_the_session_of_a_closed_login_ends(cast: Cast, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    token = signed_in(cast.rita.email)
    cast.rita.is_active = False
    cast.rita.save(update_fields=["is_active"])
    assert_problem(Caller(**{"X-Session-Token": token}).get("me"), 401, "sign_in_needed")


def test_a_pages_session_needs_the_csrf_token_to_change_things(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.rita)
    assert client.get(ROOT + "me").status_code == 200
    refused = client.patch(ROOT + "me", json.dumps({"language": "en"}), content_type="application/json")
    assert_problem(refused, 403, "csrf_failed")


def test_apps_have_the_documented_ways_in_and_no_others() -> None:
    """Whatever else allauth brings, now or with its next version, is not there."""
    paths = {route.path.removeprefix(APP[1:]) for route in walk(get_resolver().url_patterns)
             if route.path.startswith(APP[1:])}  # fmt: skip
    assert paths >= OPEN_TO_APPS
    open_ = {path for path in paths if getattr(resolve(APP + path).func, "cls", None) is not UnknownRoute}
    assert open_ == OPEN_TO_APPS


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("account/password/change", {"new_password": "correct horse battery staple"}),
        ("account/email", {"email": "second@mail.example"}),
    ],
)
def test_an_app_makes_no_way_in_of_its_own(
    cast: Cast, settings: Any, path: str, body: dict[str, str]
) -> None:
    """No password, which would be set without a further proof, and no second address."""
    settings.ACCOUNT_RATE_LIMITS = False
    caller = Client(headers={"X-Session-Token": signed_in(cast.rita.email)})
    answer = caller.post(APP + path, json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "route_unknown")
    assert not User.objects.get(pk=cast.rita.pk).has_usable_password()
    assert not EmailAddress.objects.filter(user=cast.rita, email="second@mail.example").exists()


@pytest.mark.parametrize(("minutes", "status", "number"), [(1, 200, 1), (16, 401, 0)])
def test_an_app_sets_up_a_factor_after_a_fresh_proof_alone(
    cast: Cast, settings: Any, minutes: int, status: int, number: int
) -> None:
    """Also of somebody who has none yet, and whom allauth would not ask at all."""
    settings.ACCOUNT_RATE_LIMITS = False
    token = signed_in(cast.rita.email)
    session = SessionStore(token)
    session["mfa.totp.secret"] = SECRET
    for proof in session[RECORDS]:
        proof["at"] -= minutes * 60
    session.save()

    answer = Client(headers={"X-Session-Token": token}).post(
        f"{APP}account/authenticators/totp",
        json.dumps({"code": current_code()}),
        content_type="application/json",
    )
    assert answer.status_code == status
    assert Authenticator.objects.filter(user=cast.rita).count() == number
