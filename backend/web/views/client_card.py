"""The card for whoever is accompanied: who comes, when, where, and what she may count on, in her own language."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.dispatch.client_card import assignment_behind_card
from backend.dispatch.models import Assignment
from backend.dispatch.states import AssignmentStatus
from backend.people.queries import name_on_card
from backend.web.gates import Gate, gated
from backend.web.languages import offered_languages
from backend.web.qr import qr_svg
from notifications import links

PLAIN = "de"  # what is read where there is no catalogue of the own language, and by the people at the counter


@dataclass(frozen=True)
class Side:
    """The card in one language."""

    language: str
    direction: str


@gated(Gate.LINK)
@require_safe
def client_card(request: HttpRequest, token: str) -> HttpResponse:
    """Open to whoever holds the link, until a day after the appointment. Nothing can be changed here."""
    found = assignment_behind_card(token, now=timezone.now())
    language = _language(request, found)
    with translation.override(language):
        request.LANGUAGE_CODE = language
        url = links.client_card(found)
        context = {
            "assignment": found,
            "help_request": found.help_request,
            "zone": found.office.time_zone,
            "called_off": found.status in {AssignmentStatus.CANCELLED, AssignmentStatus.MISSED},
            "name": name_on_card(found.pilot),
            "card_languages": [get_language_info(code) for code in offered_languages(request)],
            "sides": [_side(code) for code in dict.fromkeys((language, PLAIN))],
            "qr": qr_svg(url, _("This card on a phone")),
        }
        response = render(request, "web/public/client_card.html", context)
    response.headers["Content-Language"] = language
    # The address is all that protects it: it is not handed on to other sites, and no search engine keeps it.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _language(request: HttpRequest, found: Assignment) -> str:
    """The one asked for, else that of the request where we have it, else plain German."""
    known = offered_languages(request)
    wanted = [request.GET.get("sprache", ""), *found.help_request.languages]
    return next((code for code in wanted if code in known), PLAIN)


def _side(code: str) -> Side:
    return Side(code, "rtl" if get_language_info(code)["bidi"] else "ltr")
