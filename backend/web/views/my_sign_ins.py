"""Where am I signed in? A list, and an end to one or all others; beside it the sign-ins elsewhere that are linked."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.entry.commands.sign_ins import end_other_sessions, end_session
from backend.accounts.models import Session
from backend.accounts.tokens import digest
from backend.web.errors import refusals_as_messages
from backend.web.gates import Gate, SignedInRequest, gated


@gated(Gate.SIGNED_IN)
@require_safe
def my_sessions(request: SignedInRequest) -> HttpResponse:
    """The latest used first; the one in which this is read says so."""
    here = digest(request.session.session_key or "")
    sessions = list(Session.objects.of(request.user))
    context = {
        "sessions": [(session, session.hash == here) for session in sessions],
        "others": any(session.hash != here for session in sessions),
    }
    return render(request, "web/my_data/sessions.html", context)


@gated(Gate.SIGNED_IN)
@require_POST
def end(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Sign out one device, at once; of the one in hand it is an ordinary sign-out."""
    with refusals_as_messages(request):
        here = digest(request.session.session_key or "")
        if Session.objects.of(request.user).filter(pk=session_id, hash=here).exists():
            logout(request)
            return redirect("account_login")
        end_session(session_id=session_id, by=request.user, now=timezone.now())
        messages.success(request, _("This device is signed out."))
    return redirect("web:my_sessions")


@gated(Gate.SIGNED_IN)
@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    number = end_other_sessions(but=request.session.session_key or "", by=request.user, now=timezone.now())
    said = ngettext("%(number)s device is signed out.", "%(number)s devices are signed out.", number)
    messages.success(request, said % {"number": number})
    return redirect("web:my_sessions")
