"""Signing in by the service of one's municipality: there, back, and in, for people who are known here already."""

import logging
import time
from dataclasses import asdict
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.entry.commands.invitations import accept_invited
from backend.accounts.entry.commands.sign_ins import link_sign_in, unlink_sign_in
from backend.accounts.entry.openid import Person, Secrets, SignInFailed, address_to_ask, person_behind
from backend.accounts.entry.second_factor import ELSEWHERE
from backend.accounts.models import SignInElsewhere, User
from backend.accounts.queries import user_vouched_for
from backend.accounts.tokens import new_secret
from backend.errors import Conflict
from backend.sign_in_providers import Provider
from backend.web.errors import refusals_as_messages
from backend.web.fresh_sign_in import freshly_signed_in
from backend.web.gates import Gate, SignedInRequest, gated

logger = logging.getLogger(__name__)

STATE = "sign_in_elsewhere"
VALID_SECONDS = 10 * 60


@gated(Gate.PUBLIC)
@require_safe
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """To the service. A link and no form: our policy lets forms lead to our own pages only."""
    return _to_the_service(request, _provider(key), linking=False)


@gated(Gate.SIGNED_IN)
@freshly_signed_in
@require_safe
def link(request: SignedInRequest, key: str) -> HttpResponse:
    """The same, to link that account with the own one here."""
    return _to_the_service(request, _provider(key), linking=True)


@gated(Gate.PUBLIC)
@require_safe
def back(request: HttpRequest, key: str) -> HttpResponse:
    """From the service: what it says is checked, is good once, and for the browser that went there."""
    provider, begun = _provider(key), request.session.pop(STATE, None)
    try:
        if not begun or begun["key"] != key or begun["until"] < time.time():
            raise SignInFailed("not_begun")
        person = person_behind(
            provider,
            request.GET.dict(),
            Secrets(**begun["secrets"]),
            redirect_uri=_address_back(key),
            at=time.time(),
        )
        if begun["linking"]:
            return _linked(request, provider, person)
        return _signed_in(request, provider, person, begun["next"])
    except SignInFailed as error:
        logger.warning("sign_in_elsewhere_failed provider=%s why=%s", key, error.code)
        return render(request, "web/public/sign_in_failed.html", {"service": provider.name}, status=403)


@gated(Gate.SIGNED_IN)
@freshly_signed_in
@require_POST
def unlink(request: SignedInRequest, key: str) -> HttpResponse:
    found = SignInElsewhere.objects.filter(user=request.user, provider=key).first()
    if found is not None:
        with refusals_as_messages(request):
            unlink_sign_in(link_id=found.pk, by=request.user, now=timezone.now())
            messages.success(request, _("The link is taken away."))
    return redirect("mfa_index")


def _to_the_service(request: HttpRequest, provider: Provider, *, linking: bool) -> HttpResponse:
    secrets = Secrets(state=new_secret(), nonce=new_secret(), verifier=new_secret())
    try:
        address = address_to_ask(provider, secrets, redirect_uri=_address_back(provider.key))
    except SignInFailed as error:
        logger.warning("sign_in_elsewhere_failed provider=%s why=%s", provider.key, error.code)
        return render(request, "web/public/sign_in_failed.html", {"service": provider.name}, status=502)
    request.session[STATE] = {
        "key": provider.key,
        "secrets": asdict(secrets),
        "linking": linking,
        "next": get_next_redirect_url(request) or "",
        "until": time.time() + VALID_SECONDS,
    }
    return redirect(address)


def _signed_in(request: HttpRequest, provider: Provider, person: Person, where: str) -> HttpResponse:
    """Only who is known here: by an earlier link, else by an address that the service has proven."""
    now = timezone.now()
    linked = SignInElsewhere.objects.filter(provider=provider.key, subject=person.subject).first()
    user = user_vouched_for(provider, person, linked=linked.user if linked else None, now=now)
    if user is None:
        raise SignInFailed("nobody_here")
    if request.user.is_authenticated and request.user.pk != user.pk:
        get_adapter().logout(request)
    link_sign_in(provider=provider.key, subject=person.subject, by=user, now=now)
    accept_invited(offices=provider.offices, by=user, now=now)
    record_authentication(request, user, method=ELSEWHERE, provider=provider.key, strong=person.strong)
    return perform_login(
        request, Login(user=user, email=user.email, redirect_url=where or reverse("web:home"))
    )


def _linked(request: HttpRequest, provider: Provider, person: Person) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        raise SignInFailed("signed_out_meanwhile")
    if user_vouched_for(provider, person, linked=user, now=timezone.now()) is None:
        raise SignInFailed("not_of_this_office")
    try:
        link_sign_in(provider=provider.key, subject=person.subject, by=user, now=timezone.now())
    except Conflict as error:
        raise SignInFailed(error.code) from error
    messages.success(
        request, _("Linked: from now on you can sign in with %(service)s.") % {"service": provider.name}
    )
    return redirect("mfa_index")


def _provider(key: str) -> Provider:
    found: dict[str, Any] = settings.SIGN_IN_PROVIDERS
    if key not in found:
        raise Http404
    provider: Provider = found[key]
    return provider


def _address_back(key: str) -> str:
    return settings.BASE_URL + reverse("sign_in_elsewhere_back", args=[key])
