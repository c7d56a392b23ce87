"""By which services can somebody sign in here, and which of them are linked with an account?"""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.http import HttpRequest

from backend.accounts.models import SignInElsewhere, User
from backend.sign_in_providers import Provider

register = template.Library()


@dataclass(frozen=True)
class Service:
    key: str
    name: str
    linked: bool


@register.simple_tag
def services_here(request: HttpRequest) -> list[Provider]:
    """Those whose button stands on the pages of this host."""
    host = request.get_host().partition(":")[0]
    return [one for one in settings.SIGN_IN_PROVIDERS.values() if not one.hosts or host in one.hosts]


@register.simple_tag
def services_of(user: User) -> list[Service]:
    """All of them, and whether the user has linked them."""
    if not settings.SIGN_IN_PROVIDERS:
        return []
    linked = set(SignInElsewhere.objects.filter(user=user).values_list("provider", flat=True))
    return [Service(one.key, one.name, one.key in linked) for one in settings.SIGN_IN_PROVIDERS.values()]
