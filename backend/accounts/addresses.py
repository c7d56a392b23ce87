"""Which e-mail addresses do we take, beyond what Django's own validator refuses?"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LOCAL_PART_AT_MOST = 64  # RFC 5321, 4.5.3.1.1: mail servers refuse more


def check_local_part(email: str) -> None:
    """A validator for forms and serializers alike."""
    if len(email.rpartition("@")[0]) > LOCAL_PART_AT_MOST:
        raise ValidationError(
            _("The part before the @ has at most %(limit)s characters."),
            code="local_part_too_long",
            params={"limit": LOCAL_PART_AT_MOST},
        )
