"""Under which addresses do visitors find us?"""

from urllib.parse import urlsplit

from django.conf import settings


def shared_host() -> str:
    """The host of the whole service, which all its offices share."""
    return (urlsplit(settings.BASE_URL).hostname or "").lower()
