"""Can a program sign a person in with the code from a mail, and does the session it gets work?"""

import json
import re
from typing import Any

from django.core import mail
from django.test import Client

from tests.api.conftest import ROOT, Caller, assert_problem
from tests.conftest import Cast

AUTH = "/_allauth/app/v1/auth/"


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
