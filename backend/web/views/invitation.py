"""Accepting an invitation by the link of a mail: opening it changes nothing, a button takes the role and signs in."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from backend.accounts.entry.commands.invitations import accept_invitation, invitation_behind
from backend.accounts.models import Invitation
from backend.accounts.registration_limit import within_rate
from backend.accounts.roles import Role
from backend.error_texts import sentence
from backend.errors import DomainError, TooManyRequests
from backend.web.errors import status_of
from backend.web.gates import Gate, gated


@gated(Gate.LINK)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind the link; it says whose invitation it is, for what, and until when."""
    if request.method == "POST" and not within_rate(request, action="open_invitation", key=""):
        raise TooManyRequests("too_many_requests", retry_after=60)
    now = timezone.now()
    try:
        if request.method == "POST":
            return _signed_in(request, accept_invitation(secret=secret, by=None, now=now))
        found = invitation_behind(secret, now=now)
    except DomainError as error:
        context = {"why": sentence(error), "used": error.code == "invitation_used"}
        return render(request, "web/public/invitation_over.html", context, status=status_of(error))
    with translation.override(_language(request, found)):
        context = {
            "invitation": found,
            "place": found.organisation or found.office,
            "role": Role(found.role).label,
            "as_somebody_else": request.user.is_authenticated and request.user.pk != found.user_id,
        }
        response = render(request, "web/public/invitation.html", context)
    response.headers["Content-Language"] = _language(request, found)
    return response


def _signed_in(request: HttpRequest, accepted: Invitation) -> HttpResponse:
    """Whoever presses the button reads the mail of this address: that is what a code by mail proves, too.

    Staff come to the second step from here, or to the page where they set it up.
    """
    user = accepted.user
    if request.user.is_authenticated and request.user.pk != user.pk:
        get_adapter().logout(request)
    record_authentication(request, user, method="code", email=user.email)
    login = Login(user=user, email=user.email, redirect_url=reverse("web:home"))
    return perform_login(request, login)


def _language(request: HttpRequest, found: Invitation) -> str:
    """The reader's own choice, else the language in which she was written to."""
    language = found.user.language
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or language not in dict(settings.LANGUAGES):
        return translation.get_language() or settings.LANGUAGE_CODE
    return language
