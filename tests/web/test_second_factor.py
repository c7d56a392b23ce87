"""Passkeys, the app with codes and emergency codes: who is asked for what, on pages of our own."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django.urls import reverse

from backend.accounts.models import User
from tests.web.account_browser import fresh_browser
from tests.web.reading import Page, text_of

SECRET = "JBSWY3DPEHPK3PXP"
LEFT_ENGLISH = re.compile(r"\b(the|your|code for|Security Key|Authenticator|Recovery)\b")


@pytest.fixture(autouse=True)
def mails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def with_app(user: User) -> None:
    TOTP.activate(user, SECRET)


def with_passkey(user: User) -> Authenticator:
    return Authenticator.objects.create(
        user=user, type="webauthn", data={"name": "mein Telefon", "credential": {}}
    )


def current_code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def signs_in_by_mail(user: User) -> tuple[Client, str]:
    """The browser after the code of the mail, and where it was sent."""
    client = Client()
    client.post(reverse("account_login"), {"email": user.email})
    code = mail.outbox[-1].subject.rsplit(" ", 1)[1]
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    return client, response.headers["Location"]


def test_the_sign_in_page_offers_a_passkey_to_scripts_and_the_mail_to_all(db):
    response = Client().get(reverse("account_login"))
    page = Page(response)
    (form,) = [attrs for attrs in page.all("form") if attrs.get("data-passkey")]

    assert page.faults() == []
    assert "hidden" in form
    options = Client().get(form["data-from"], headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"


@pytest.mark.parametrize("who", ["ana", "kaya"])
def test_pages_of_ones_own_ways_in_are_german_and_sound(cast, who):
    user = cast.ana.user if who == "ana" else cast.kaya
    with_app(user)
    RecoveryCodes.activate(user)
    passkey = with_passkey(user)
    client = fresh_browser(user)
    for name, args in [
        ("mfa_index", []),
        ("mfa_list_webauthn", []),
        ("mfa_edit_webauthn", [passkey.pk]),
        ("mfa_remove_webauthn", [passkey.pk]),
        ("mfa_deactivate_totp", []),
        ("mfa_view_recovery_codes", []),
        ("mfa_generate_recovery_codes", []),
    ]:
        response = client.get(reverse(name, args=args))
        assert response.status_code == 200, name
        assert Page(response).faults() == [], name
        assert not LEFT_ENGLISH.search(text_of(response)), name


def test_setting_up_a_passkey_gives_the_script_what_it_needs(cast):
    response = fresh_browser(cast.ana.user).get(reverse("mfa_add_webauthn"))
    (form,) = [attrs for attrs in Page(response).all("form") if attrs.get("data-passkey")]

    assert Page(response).faults() == []
    assert '"challenge"' in str(form["data-options"])
    assert "Passkey 1" in response.content.decode()


@pytest.mark.parametrize("name", ["mfa_add_webauthn", "mfa_activate_totp"])
def test_an_open_browser_is_not_enough_to_make_a_new_way_in(cast, name):
    response = fresh_browser(cast.ana.user, ago=3600).get(reverse(name))

    assert response.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_an_app_is_set_up_and_its_secret_lies_sealed(cast):
    client = fresh_browser(cast.kaya)
    page = client.get(reverse("mfa_activate_totp"))
    assert Page(page).faults() == []
    assert "data:image/svg+xml" in page.content.decode()
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000x"})
    assert "Dieser Code passt nicht" in text_of(wrong)
    secret = client.session["mfa.totp.secret"]

    response = client.post(reverse("mfa_activate_totp"), {"code": current_code(secret)})
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    stored = Authenticator.objects.get(user=cast.kaya, type="totp").data["secret"]
    assert stored.startswith("v1:")
    assert secret not in stored


def test_staff_with_an_app_are_asked_for_its_code_too(cast):
    with_app(cast.kaya)
    client, where = signs_in_by_mail(cast.kaya)

    assert where == reverse("mfa_authenticate")
    step = client.get(where)
    assert Page(step).faults() == []
    assert client.get(reverse("web:worklist")).status_code == 302
    wrong = client.post(where, {"code": "1"})
    assert "Dieser Code passt nicht" in text_of(wrong)
    client.post(where, {"code": current_code()})
    assert client.get(reverse("web:worklist")).status_code == 200


def test_staff_with_a_passkey_cannot_go_round_it_by_mail(cast):
    with_app(cast.kaya)
    with_passkey(cast.kaya)
    Authenticator.objects.filter(type="totp").delete()

    # The second step itself needs a real key: the browser's tests go through it.
    assert fresh_browser(cast.kaya).get(reverse("mfa_index")).status_code == 200
    client = Client()
    client.post(reverse("account_login"), {"email": cast.kaya.email})
    code = mail.outbox[-1].subject.rsplit(" ", 1)[1]
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert response.headers["Location"] == reverse("mfa_authenticate")


def test_a_volunteers_passkey_does_not_lock_her_other_devices(cast):
    with_passkey(cast.ana.user)
    client, where = signs_in_by_mail(cast.ana.user)

    assert where == reverse("web:home")
    assert client.get(reverse("web:my_assignments")).status_code == 200


def test_an_emergency_code_lets_in_once(cast):
    with_app(cast.kaya)
    code = RecoveryCodes.activate(cast.kaya).get_unused_codes()[0]
    for expected in (200, 302):
        client, where = signs_in_by_mail(cast.kaya)
        client.post(where, {"code": code})
        assert client.get(reverse("web:worklist")).status_code == expected


NONSENSE = [
    "",
    "[]",
    "1",
    "{}",
    '{"id": "x"}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": null}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "_", "clientDataJSON": "eA", '
    '"authenticatorData": "eA", "signature": "eA"}}',
]


@pytest.mark.parametrize("credential", NONSENSE)
def test_nonsense_for_a_passkey_does_not_fit(cast, credential):
    stranger = Client()
    stranger.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    response = stranger.post(reverse("mfa_login_webauthn"), {"credential": credential}, follow=True)
    assert response.status_code == 200
    assert "_auth_user_id" not in response.client.session

    client = fresh_browser(cast.ana.user)
    client.get(reverse("mfa_add_webauthn"))
    response = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})
    assert response.status_code == 200
    assert Page(response).faults() == []
    assert not Authenticator.objects.exists()
