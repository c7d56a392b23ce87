"""Who asks for the same organisation: a list of colleagues, and an invitation."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.commands import invite
from backend.accounts.entry.commands.invitations import resend_invitation, revoke_invitation
from backend.accounts.models import Invitation, Membership
from backend.accounts.roles import Role
from backend.errors import NotThere
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.office import ColleagueForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.organisations import organisation_of

PAGE = 50


@gated(Gate.REQUESTER)
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: SignedInRequest) -> HttpResponse:
    """The colleagues of one's organisation; whoever is invited may ask at once."""
    organisation = organisation_of(request.user)
    if organisation is None:
        raise NotThere("organisation_unknown")
    form = ColleagueForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            invite(
                email=form.cleaned_data["email"],
                role=Role.REQUESTER,
                language="de",
                office_id=None,
                organisation_id=organisation.pk,
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The invitation is on its way."))
            return redirect("web:team")
    members = Membership.objects.filter(organisation=organisation).select_related("user")
    page = Paginator(members.order_by("user__email", "pk"), PAGE).get_page(request.GET.get("seite"))
    invited = Invitation.objects.open().filter(organisation=organisation).select_related("user")
    context = {
        "organisation": organisation,
        "page": page,
        "form": form,
        "invitations": invited,
        "now": timezone.now(),
    }
    return render(request, "web/requester/team.html", context, status=422 if form.errors else 200)


@gated(Gate.REQUESTER)
@require_POST
def resend(request: SignedInRequest, invitation_id: UUID) -> HttpResponse:
    """Another mail with a new link."""
    with refusals_as_messages(request):
        resend_invitation(invitation_id=invitation_id, by=request.user, now=timezone.now())
        messages.success(request, _("The invitation is on its way."))
    return redirect("web:team")


@gated(Gate.REQUESTER)
@require_POST
def revoke(request: SignedInRequest, invitation_id: UUID) -> HttpResponse:
    with refusals_as_messages(request):
        revoke_invitation(invitation_id=invitation_id, by=request.user, now=timezone.now())
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("web:team")
