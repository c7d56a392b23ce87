"""Staff and the second step: no page, no program and no app opens without it, however they came in."""

import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from django.urls import reverse

from backend.accounts.commands import issue_api_token
from backend.accounts.entry.commands.emergency_codes import make_emergency_codes
from backend.accounts.entry.commands.sign_ins import reset_second_factor
from backend.accounts.models import Membership, Session
from backend.accounts.roles import Role
from backend.errors import NotPermitted, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from notifications.commands import renew_calendar_feed
from tests import factories as make
from tests.asserting import recorded, refused
from tests.factories import NOW
from tests.signed_in import force_login_half_way
from tests.web.account_browser import fresh_browser
from tests.web.reading import Page, text_of
from tests.web.test_second_factor import SECRET, current_code, signs_in_by_mail

SET_UP = reverse("mfa_index")
APP = "/_allauth/app/v1/"


@pytest.fixture(autouse=True)
def mails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # the real one is slow on purpose


def half_way(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    force_login_half_way(client, user)
    return client


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN, Role.AUDITOR])
def test_by_mail_alone_staff_come_no_further_than_to_set_it_up(cast, role):
    user = make.a_member("sam", cast.osnabrueck, role)
    client, where = signs_in_by_mail(user)

    assert where == reverse("web:home")
    assert client.get(where).headers["Location"] == SET_UP
    for name in ("web:my_data", "web:figures", "web:my_export_file", "web:my_tokens", "web:erase_account"):
        assert client.get(reverse(name)).headers["Location"] == SET_UP, name
    page = client.get(SET_UP)
    assert Page(page).faults() == []
    assert "Ein Schritt fehlt noch" in text_of(page)


def test_to_open_pages_and_the_api_they_are_strangers(cast):
    client = half_way(cast.kaya)
    assert client.get(reverse("web:become_pilot")).context["user"].is_anonymous
    refusal = client.get("/api/v1/me")
    assert (refusal.status_code, refusal.json()["code"]) == (403, "second_step_needed")
    part = client.get(reverse("web:worklist"), headers={"HX-Request": "true"})
    assert part.status_code == 401
    for name in ("mfa_list_webauthn", "emergency_codes", "mfa_deactivate_totp"):
        assert client.get(reverse(name)).status_code == 302, name


def test_setting_up_the_app_opens_the_pages_with_a_new_key_of_the_session(cast, monkeypatch):
    monkeypatch.setattr("django.db.transaction.on_commit", lambda run, **_: run())  # a test never commits
    client = half_way(cast.kaya)
    client.get(reverse("mfa_activate_totp"))
    before, code = client.session.session_key, current_code(client.session["mfa.totp.secret"])
    client.post(reverse("mfa_activate_totp"), {"code": code})

    assert client.session.session_key != before
    assert client.get(reverse("web:worklist")).status_code == 200
    assert recorded(EventKind.WAY_IN_ADDED, cast.kaya).facts == {"way": "app"}


def test_a_role_given_while_signed_in_wants_the_step_with_the_next_click(cast):
    client, _ = signs_in_by_mail(cast.rita)
    assert client.get(reverse("web:my_requests")).status_code == 200
    Membership.objects.create(user=cast.rita, role=Role.AUDITOR, office=cast.osnabrueck, created_at=NOW)
    assert client.get(reverse("web:my_requests")).headers["Location"] == SET_UP


def test_who_has_a_factor_already_is_asked_for_it_and_makes_no_other_first(cast):
    TOTP.activate(cast.kaya, SECRET)
    client = half_way(cast.kaya)
    where = client.get(reverse("web:worklist")).headers["Location"]
    assert where == f"{reverse('mfa_reauthenticate')}?next=%2Fleitstelle%2F"
    for name in ("mfa_add_webauthn", "mfa_activate_totp", "mfa_index"):
        assert client.get(reverse(name)).headers["Location"].startswith(reverse("mfa_reauthenticate")), name
    assert client.post(where, {"code": current_code()}).headers["Location"] == reverse("web:worklist")
    assert client.get(reverse("web:worklist")).status_code == 200


def test_an_app_gets_no_further_either(cast):
    def post(path: str, body: dict, token: str = ""):
        headers = {"X-Session-Token": token} if token else {}
        answer = Client().post(APP + path, json.dumps(body), content_type="application/json", headers=headers)
        return answer.json()

    def me(token: str):
        return Client().get("/api/v1/me", headers={"X-Session-Token": token})

    def by_mail() -> dict:
        asked = post("auth/code/request", {"email": cast.kaya.email})
        code = mail.outbox[-1].subject.rsplit(" ", 1)[1]
        token = asked["meta"]["session_token"]
        answer = post("auth/code/confirm", {"code": code}, token)
        return {**answer, "token": answer["meta"].get("session_token", token)}

    token = by_mail()["token"]
    assert (me(token).status_code, me(token).json()["code"]) == (403, "second_step_needed")

    TOTP.activate(cast.kaya, SECRET)
    waiting = by_mail()
    assert [flow["id"] for flow in waiting["data"]["flows"] if flow.get("is_pending")] == ["mfa_authenticate"]
    token = waiting["token"]
    assert me(token).status_code == 401
    through = post("auth/2fa/authenticate", {"code": current_code()}, token)
    token = through["meta"].get("session_token", token)
    assert me(token).status_code == 200

    # An emergency code as well; the app makes and shows none.
    code = make_emergency_codes(by=cast.kaya, now=NOW)[0]
    codes = Client().get(f"{APP}account/authenticators/recovery-codes", headers={"X-Session-Token": token})
    ways = Client().get(f"{APP}account/authenticators", headers={"X-Session-Token": token})
    assert (codes.status_code, ways.status_code, code in ways.content.decode()) == (404, 200, False)
    statuses = [post("auth/2fa/authenticate", {"code": code}, by_mail()["token"])["status"] for _ in range(2)]
    assert statuses == [200, 400]


def test_tokens_of_staff_need_the_step_when_made_and_when_used(cast):
    with refused(NotPermitted, "second_step_needed"):
        issue_api_token(name="x", scopes=["read"], days=1, by=cast.kaya, now=NOW)
    weak = issue_api_token(name="x", scopes=["read"], days=1, by=cast.rita, now=NOW)

    def me() -> tuple[int, str]:
        answer = Client().get("/api/v1/me", headers={"authorization": f"Bearer {weak.secret}"})
        return answer.status_code, answer.json().get("code", "")

    assert me() == (200, "")
    Membership.objects.create(user=cast.rita, role=Role.COORDINATOR, office=cast.osnabrueck, created_at=NOW)
    assert me() == (403, "token_too_weak")


def test_a_calendar_address_made_without_the_step_opens_no_office(cast):
    """Made anew in a session with the step it does: without it that page is closed to staff."""
    make.an_assignment(make.a_help_request(cast.samir, cast.rita, street="Markt 1"), cast.ana, cast.kaya)

    def shows(secret: str) -> bool:
        answer = Client().get(reverse("web:calendar_feed", args=[secret]))
        return answer.status_code == 200 and "Markt 1" in answer.content.decode()

    weak = renew_calendar_feed(by=cast.rita, now=NOW)
    Membership.objects.create(
        user=cast.rita, role=Role.COORDINATOR, office=cast.osnabrueck, created_at=NOW + timedelta(hours=1)
    )
    assert not shows(weak)
    assert half_way(cast.rita).post(reverse("web:renew_feed")).headers["Location"] == SET_UP
    assert shows(renew_calendar_feed(by=cast.rita, now=NOW + timedelta(hours=2)))


def test_the_office_resets_the_step_of_a_colleague_whose_phone_is_lost(cast):
    adam = make.an_admin("adam", cast.osnabrueck)
    TOTP.activate(cast.kaya, SECRET)
    lost = fresh_browser(cast.kaya)
    membership = cast.kaya.memberships.get()
    reset = reverse("web:reset_second_factor", args=[membership.pk])

    asked = fresh_browser(adam, ago=3600).post(reset, headers={"referer": "http://testserver/leitstelle/"})
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    fresh_browser(adam).post(reset)
    assert not Authenticator.objects.filter(user=cast.kaya).exists()
    assert not Session.objects.filter(user=cast.kaya).exists()
    assert lost.get(reverse("web:worklist")).headers["Location"].startswith(reverse("account_login"))
    assert recorded(EventKind.SECOND_FACTOR_RESET, cast.kaya).actor_id == adam.pk
    with refused(RuleViolated, "not_for_oneself"):
        reset_second_factor(membership_id=adam.memberships.get().pk, by=adam, now=NOW)
    frida = make.an_admin("frida", cast.friesland)
    with refused(NotThere, "membership_unknown"):
        reset_second_factor(membership_id=membership.pk, by=frida, now=NOW)


def test_a_seeded_hole_is_seen(cast, settings):
    """Without the rule, the same clicks do open the worklist: the tests above can fail."""
    settings.STAFF_SECOND_FACTOR = False
    assert half_way(cast.kaya).get(reverse("web:worklist")).status_code == 200
    assert not Event.objects.filter(kind=EventKind.WAY_IN_ADDED).exists()
