"""What a browser sends of a passkey. Nonsense is a passkey that does not fit, and no error of ours.

allauth expects well-formed messages here, which whoever writes to an open page need not send.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn import forms as theirs
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.utils.translation import gettext as _

MALFORMED = (
    ArithmeticError,
    AttributeError,
    InvalidSignature,
    LookupError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    struct.error,
)


@contextmanager
def _nonsense_does_not_fit() -> Iterator[None]:
    try:
        yield
    except MALFORMED as error:
        raise forms.ValidationError(_("This passkey does not fit."), code="incorrect_code") from error


class AddPasskeyForm(theirs.AddWebAuthnForm):
    def clean(self) -> dict[str, Any]:
        with _nonsense_does_not_fit():
            return dict(super().clean())


class _Presented:
    def clean_credential(self) -> Any:
        with _nonsense_does_not_fit():
            return super().clean_credential()  # type: ignore[misc]


class LoginForm(_Presented, theirs.LoginWebAuthnForm):
    pass


class SecondStepForm(_Presented, theirs.AuthenticateWebAuthnForm):
    pass


class ConfirmForm(_Presented, theirs.ReauthenticateWebAuthnForm):
    pass
