"""Keys for programs that act for me: a list, a form for a new one whose secret is shown once, an end to each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.commands import issue_api_token, revoke_api_token
from backend.accounts.entry.second_factor import has_second_factor
from backend.accounts.models import ApiToken
from backend.accounts.registration_limit import within_rate
from backend.encryption import seal, unseal
from backend.errors import TooManyRequests
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.account import TokenForm
from backend.web.fresh_sign_in import freshly_signed_in
from backend.web.gates import Gate, SignedInRequest, gated

NEW_TOKEN = "new_api_token"  # noqa: S105 - in the session, sealed, until the page has shown it


@gated(Gate.SIGNED_IN)
@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def my_tokens(request: SignedInRequest) -> HttpResponse:
    """The secret of a new token is never in an address: the page after the form shows it this once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not within_rate(request, action="make_token", key=""):
            raise TooManyRequests("too_many_requests", retry_after=3600)
        with refusals_on(form):
            issued = issue_api_token(
                **form.values(),
                by=request.user,
                now=timezone.now(),
                is_strong=has_second_factor(request.session, request.user),
            )
            request.session[NEW_TOKEN] = seal(issued.secret, NEW_TOKEN)
            return redirect("web:my_tokens")
    sealed = request.session.pop(NEW_TOKEN, None) if request.method == "GET" else None
    return _page(request, form, unseal(sealed, NEW_TOKEN) if sealed else "")


@gated(Gate.SIGNED_IN)
@require_POST
def revoke(request: SignedInRequest, token_id: UUID) -> HttpResponse:
    """End one at once: that needs no further proof."""
    with refusals_as_messages(request):
        revoke_api_token(token_id=token_id, by=request.user, now=timezone.now())
        messages.success(request, _("The key is ended: it opens nothing any more."))
    return redirect("web:my_tokens")


def _page(request: SignedInRequest, form: TokenForm, secret: str) -> HttpResponse:
    now = timezone.now()
    tokens: Any = ApiToken.objects.filter(user=request.user).order_by("-created_at", "-pk")
    context = {
        "form": form,
        "secret": secret,
        "tokens": [(token, token.revoked_at is None and token.expires_at > now) for token in tokens],
    }
    return render(request, "web/my_data/tokens.html", context, status=422 if form.errors else 200)
