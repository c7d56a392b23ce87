"""Does the document about signing in say what the settings do?"""

from pathlib import Path

import pytest
from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.mfa import app_settings as mfa
from django.conf import settings

from backend import settings as project  # as in production: tests lift limits and let sessions live on
from backend.accounts.models import Invitation

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sign-in.md").read_text("utf-8")
LIMITS = (
    "request_login_code", "login_failed", "login", "reauthenticate", "open_invitation", "change_email", "make_token",
    "make_emergency_codes", "guesses", "guesses_told",
)  # fmt: skip


@pytest.mark.parametrize("action", LIMITS)
def test_each_limit_stands_in_the_document(action: str) -> None:
    assert f"`{project.ACCOUNT_RATE_LIMITS[action]}`" in DOCUMENT


def test_each_way_in_stands_in_the_document() -> None:
    assert settings.MFA_SUPPORTED_TYPES == ["totp", "webauthn"]
    assert settings.AUTHENTICATION_BACKENDS == ["allauth.account.auth_backends.AuthenticationBackend"]
    for way in (
        "Code by e-mail",
        "invitation",
        "Passkey",
        "app code",
        "emergency code",
        "OpenID Connect",
        "API token",
    ):
        assert way in DOCUMENT
    assert f"{Invitation.VALID.days} days" in DOCUMENT


def test_the_lifetimes_stand_in_the_document() -> None:
    minutes, hours = project.STAFF_SESSION_IDLE_SECONDS // 60, project.STAFF_SESSION_SECONDS // 3600
    assert f"| staff | {minutes:.0f} minutes (`STAFF_IDLE_MINUTES`) | {hours} hours |" in DOCUMENT
    idle, whole = project.SESSION_IDLE_SECONDS // 86400, project.SESSION_COOKIE_AGE // 86400
    assert f"| others | {idle} days | {whole} days |" in DOCUMENT
    assert f"{project.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60} minutes" in DOCUMENT
    assert f"last {project.REVEAL_PROOF_SECONDS // 3600} hours" in DOCUMENT


def test_codes_by_mail_are_long_enough_and_short_lived() -> None:
    code = get_adapter().generate_login_code().replace("-", "")
    assert len(code) >= 6 and len({get_adapter().generate_login_code() for _ in range(20)}) == 20
    assert app_settings.LOGIN_BY_CODE_TIMEOUT <= 600
    assert (mfa.TOTP_PERIOD, mfa.TOTP_TOLERANCE) == (30, 0)
