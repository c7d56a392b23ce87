"""How a test asks for a pilot: the form, then the page on which the answers are checked."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

NEW = reverse("web:new_request")


def ask(client: Client, typed: Mapping[str, str], address: str = NEW) -> HttpResponse:
    """Fill in, check, send; what comes back is the page of the request, or the form that was refused."""
    form = client.post(address, typed)
    if form.status_code != 302:
        return form
    check = form.headers["Location"]
    assert client.get(check).status_code == 200
    return client.post(check, follow=True)
