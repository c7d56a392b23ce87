"""My consents: what I agreed to, taking it back, agreeing anew. As easy as agreeing was (Art. 7 (3) GDPR)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backend.errors import NotThere
from backend.people.codes import ConsentKind
from backend.people.models import HelpSeeker, Pilot
from backend.privacy.commands.withdrawing import give_consent, own_consents, withdraw_consent
from backend.web.errors import refusals_as_messages
from backend.web.gates import Gate, SignedInRequest, gated


@gated(Gate.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, kind: str) -> HttpResponse:
    """What follows from it, and the one button."""
    if kind not in ConsentKind.values or not own_consents(request.user, kind).exists():
        raise NotThere("consent_unknown")
    if request.method == "POST":
        with refusals_as_messages(request):
            withdraw_consent(kind=kind, by=request.user, now=timezone.now())
            messages.success(
                request, _("You have taken it back. What was agreed for days to come is given back.")
            )
        return redirect("web:my_data")
    context = {
        "kind": kind,
        "label": ConsentKind(kind).label,
        "is_pilot": Pilot.objects.filter(user=request.user).exists(),
        "is_help_seeker": HelpSeeker.objects.filter(user=request.user).exists(),
    }
    return render(request, "web/my_data/withdraw.html", context)


@gated(Gate.SIGNED_IN)
@require_POST
def give(request: SignedInRequest, kind: str) -> HttpResponse:
    """Agree anew."""
    if kind not in ConsentKind.values or not own_consents(request.user, kind).exists():
        raise NotThere("consent_unknown")
    with refusals_as_messages(request):
        give_consent(kind=kind, by=request.user, now=timezone.now())
        messages.success(request, _("Thank you. It is noted."))
    return redirect("web:my_data")
