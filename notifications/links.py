"""Where the links in messages lead: to our own pages, and to no other host."""

from django.conf import settings
from django.urls import reverse


def home() -> str:
    """The reader's own start page, behind the sign-in."""
    return settings.BASE_URL + reverse("web:home")


def offer(secret: str) -> str:
    """The page that shows one offer; opening it changes nothing, answering is a button there."""
    return settings.BASE_URL + reverse("web:offer_by_link", args=[secret])
