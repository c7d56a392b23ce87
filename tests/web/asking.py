"""How a test asks for a pilot: the form, then the page on which the answers are checked."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.web.reading import Page

NEW = reverse("web:new_request")


def ask(client: Client, typed: Mapping[str, str], address: str = NEW) -> HttpResponse:
    """Fill in, check, send; what comes back is the page of the request, or the form that was refused."""
    form = client.post(address, typed)
    if form.status_code != 302:
        return form
    check = form.headers["Location"]
    shown = client.get(check)
    assert shown.status_code == 200
    return client.post(check, hidden_in(shown), follow=True)


def hidden_in(response: HttpResponse) -> dict[str, str]:
    """What a form sends along without showing it."""
    fields = Page(response).all("input")
    return {str(one["name"]): one.get("value") or "" for one in fields if one.get("type") == "hidden"}
