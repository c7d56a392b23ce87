"""Which page is this, for whoever comes back to it? A form may be sent to an address that has no page of its own."""

from django.http import HttpRequest
from django.urls import reverse


def page_here(request: HttpRequest, route: str, *arguments: object) -> str:
    """The address as it was asked for, filters included; where the answer to a form is shown, that of its page."""
    return request.get_full_path() if request.method != "POST" else reverse(route, args=arguments)
