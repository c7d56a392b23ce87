"""Who works in an office, and as what: a list, and a second step for each change."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.accounts.commands import change_role, invite
from backend.accounts.entry.commands.invitations import resend_invitation, revoke_invitation
from backend.accounts.entry.commands.sign_ins import reset_second_factor
from backend.accounts.models import Invitation, Membership, Office
from backend.accounts.roles import STAFF_CHOICES, STAFF_ROLES, Role
from backend.errors import NotThere
from backend.people.commands.members import deactivate_user, remove_member
from backend.web.administration import (
    administered_member,
    administered_office,
    back_to,
    settings_page,
)
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.office import InviteForm, RoleForm
from backend.web.fresh_sign_in import freshly_signed_in
from backend.web.gates import Gate, SignedInRequest, gated

PAGE = 50
ROLE_TEXTS = {
    Role.COORDINATOR: gettext_lazy("finds pilots for requests, sees names and messages"),
    Role.ADMIN: gettext_lazy("sets the rules, the texts and the roles; sees no requests"),
    Role.AUDITOR: gettext_lazy("reads who has opened which personal data; changes nothing"),
}


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedInRequest) -> HttpResponse:
    """Who works here; below it, an invitation."""
    office, form = administered_office(request), InviteForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            invite(
                **form.cleaned_data,
                language="de",
                office_id=office.pk,
                organisation_id=None,
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The invitation is on its way."))
            return back_to("settings_people", office)
    # Pilots have a page of their own, where they are found and paused.
    staff = Membership.objects.filter(office=office, role__in=STAFF_ROLES).select_related("user")
    invited = Invitation.objects.open().filter(office=office).select_related("user")
    page = Paginator(staff.order_by("user__email", "pk"), PAGE).get_page(request.GET.get("seite"))
    return settings_page(
        request,
        office,
        "settings_people",
        "people",
        page=page,
        invitations=invited,
        now=timezone.now(),
        form=form,
        roles=[(name, ROLE_TEXTS[Role(code)]) for code, name in STAFF_CHOICES],
        status=422 if form.errors else 200,
    )


@gated(Gate.ADMIN)
@require_POST
def invitation_resend(request: SignedInRequest, invitation_id: UUID) -> HttpResponse:
    """Another mail with a new link."""
    office = _inviting_office(request, invitation_id)
    with refusals_as_messages(request):
        resend_invitation(invitation_id=invitation_id, by=request.user, now=timezone.now())
        messages.success(request, _("The invitation is on its way."))
    return back_to("settings_people", office)


@gated(Gate.ADMIN)
@require_POST
def invitation_revoke(request: SignedInRequest, invitation_id: UUID) -> HttpResponse:
    office = _inviting_office(request, invitation_id)
    with refusals_as_messages(request):
        revoke_invitation(invitation_id=invitation_id, by=request.user, now=timezone.now())
        messages.success(request, _("The invitation is withdrawn."))
    return back_to("settings_people", office)


def _inviting_office(request: SignedInRequest, invitation_id: UUID) -> Office:
    """The office of the invitation, which the user administers."""
    found = (
        Invitation.objects.visible_to(request.user).select_related("office").filter(pk=invitation_id).first()
    )
    if found is None or found.office is None:
        raise NotThere("invitation_unknown")
    return found.office


@gated(Gate.ADMIN)
@freshly_signed_in
@require_POST
def member_reset(request: SignedInRequest, membership_id: UUID) -> HttpResponse:
    """A colleague has lost her phone: let her set up a new second step."""
    _found, office = administered_member(request, membership_id)
    with refusals_as_messages(request):
        reset_second_factor(membership_id=membership_id, by=request.user, now=timezone.now())
        messages.success(request, _("Done: at the next sign-in a new second step is set up."))
    return back_to("settings_people", office)


@gated(Gate.ADMIN)
@require_safe
def member(request: SignedInRequest, membership_id: UUID) -> HttpResponse:
    """The second step: what can be changed about one role, and what follows."""
    found, office = administered_member(request, membership_id)
    form = RoleForm(initial={"role": found.role})
    return settings_page(
        request,
        office,
        "settings_people",
        "member",
        member=found,
        form=form,
        roles=[(name, ROLE_TEXTS[Role(code)]) for code, name in STAFF_CHOICES],
        elsewhere=found.user.memberships.exclude(office=office).exists(),
        oneself=found.user_id == request.user.pk,
    )


@gated(Gate.ADMIN)
@require_POST
def member_role(request: SignedInRequest, membership_id: UUID) -> HttpResponse:
    (_found, office), form = administered_member(request, membership_id), RoleForm(request.POST)
    if form.is_valid():
        with refusals_as_messages(request):
            change_role(membership_id=membership_id, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
    return back_to("settings_people", office)


@gated(Gate.ADMIN)
@require_POST
def member_remove(request: SignedInRequest, membership_id: UUID) -> HttpResponse:
    """Take one role away."""
    _found, office = administered_member(request, membership_id)
    with refusals_as_messages(request):
        remove_member(membership_id=membership_id, by=request.user, now=timezone.now())
        messages.success(request, _("The role is taken away."))
    return back_to("settings_people", office)


@gated(Gate.ADMIN)
@require_POST
def member_close(request: SignedInRequest, membership_id: UUID) -> HttpResponse:
    """Close the login, or, of somebody who belongs elsewhere too, end the roles here."""
    found, office = administered_member(request, membership_id)
    with refusals_as_messages(request):
        user = deactivate_user(user_id=found.user_id, by=request.user, now=timezone.now())
        if user.is_active:
            messages.success(request, _("The roles here are taken away; the login is used elsewhere too."))
        else:
            messages.success(request, _("The login is closed."))
    return back_to("settings_people", office)
