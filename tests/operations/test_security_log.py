"""Does the log tell who was refused and how signing in went, without a name?"""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse


@pytest.fixture
def said(caplog):
    caplog.set_level("INFO", logger="ilos.security")
    return lambda: [r.getMessage() for r in caplog.records if r.name == "ilos.security"]


def test_a_page_of_another_role(cast, browser_of, said) -> None:
    assert browser_of(cast.rita).get(reverse("web:worklist")).status_code == 403
    (line,) = said()
    assert f"refused gate=coordinator code=not_permitted user={cast.rita.pk}" in line


def test_the_api_without_and_with_a_wrong_token(db, said) -> None:
    Client().get("/api/v1/pilots")
    Client().get("/api/v1/pilots", headers={"Authorization": "Bearer ilos_wrong"})
    first, second = said()
    assert "user=-" in first and "refused code=" in second
    assert "ilos_wrong" not in first + second


def test_what_may_not_be_done_over_the_api(cast, browser_of, said) -> None:
    answer = browser_of(cast.rita).get("/api/v1/access-log")
    assert answer.status_code == 403
    assert f"user={cast.rita.pk}" in said()[-1]


def test_metrics_without_the_token(db, settings, said) -> None:
    settings.METRICS_TOKEN = "m" * 40
    Client().get("/metrics", headers={"Authorization": "Bearer guess"})
    (line,) = said()
    assert line == "refused gate=machine code=token_invalid"


def test_signing_in_step_by_step(cast, said) -> None:
    client, email = Client(), cast.rita.email
    client.post(reverse("account_request_login_code"), {"email": email})
    client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"})
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mail.outbox[0].body, re.MULTILINE)
    assert code
    client.post(reverse("account_confirm_login_code"), {"code": code[1]})
    asked, wrong, right = said()
    assert "step=account_request_login_code outcome=taken" in asked and "user=-" in asked
    assert "step=account_confirm_login_code outcome=refused" in wrong
    assert "step=account_confirm_login_code outcome=taken" in right and f"user={cast.rita.pk}" in right
    assert email not in asked + wrong + right and code[1] not in asked + wrong + right


def test_looking_at_a_page_is_no_step(db, said) -> None:
    Client().get(reverse("account_login"))
    assert said() == []
