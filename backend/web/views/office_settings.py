"""What an administrator does: the office's rules, and who works there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.commands import change_office, change_role, invite
from backend.accounts.models import Membership, Office
from backend.accounts.roles import STAFF_ROLES, Role
from backend.errors import NotThere
from backend.people.commands.members import deactivate_user, remove_member
from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.office import InviteForm, OfficeForm, RoleForm
from backend.web.gates import Gate, SignedInRequest, gated

PAGE = 50


@gated(Gate.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest) -> HttpResponse:
    """The office's rules as a form, and below it the members."""
    office = _office(request)
    form = OfficeForm(request.POST or None, office=office)
    if form.is_valid():
        with refusals_on(form):
            change_office(office_id=office.pk, **form.values(), by=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
            return _back(office)
    return _page(request, office, rules_form=form)


@gated(Gate.ADMIN)
@require_POST
def invite_member(request: SignedInRequest) -> HttpResponse:
    office, form = _office(request), InviteForm(request.POST)
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
            return _back(office)
    return _page(request, office, invite_form=form)


@gated(Gate.ADMIN)
@require_POST
def member_role(request: SignedInRequest, membership_id: UUID) -> HttpResponse:
    (_found, office), form = _member(request, membership_id), RoleForm(request.POST)
    if form.is_valid():
        with refusals_as_messages(request):
            change_role(membership_id=membership_id, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
    return _back(office)


@gated(Gate.ADMIN)
@require_POST
def member_remove(request: SignedInRequest, membership_id: UUID) -> HttpResponse:
    """Take one role away."""
    _found, office = _member(request, membership_id)
    with refusals_as_messages(request):
        remove_member(membership_id=membership_id, by=request.user, now=timezone.now())
        messages.success(request, _("The role is taken away."))
    return _back(office)


@gated(Gate.ADMIN)
@require_POST
def member_close(request: SignedInRequest, membership_id: UUID) -> HttpResponse:
    """Close the login, or, of somebody who belongs elsewhere too, end the roles here."""
    member, office = _member(request, membership_id)
    with refusals_as_messages(request):
        user = deactivate_user(user_id=member.user_id, by=request.user, now=timezone.now())
        if user.is_active:
            messages.success(request, _("The roles here are taken away; the login is used elsewhere too."))
        else:
            messages.success(request, _("The login is closed."))
    return _back(office)


def _page(request: SignedInRequest, office: Office, **bound: Any) -> HttpResponse:
    # Pilots have a page of their own, where they are found and paused.
    staff = Membership.objects.filter(office=office, role__in=STAFF_ROLES).select_related("user")
    page = Paginator(staff.order_by("user__email", "pk"), PAGE).get_page(request.GET.get("seite"))
    context = {
        "office": office,
        "offices": _offices(request),
        "page": page,
        "members": [
            (member, RoleForm(initial={"role": member.role}, auto_id=f"id_{member.pk}_%s"))
            for member in page.object_list
        ],
        "rules_form": OfficeForm(office=office),
        "invite_form": InviteForm(),
        **bound,
    }
    wrong = any(form.errors for form in bound.values())
    return render(request, "web/office/settings.html", context, status=422 if wrong else 200)


def _offices(request: SignedInRequest) -> list[Office]:
    return list(Office.objects.filter(pk__in=request.user.office_ids(Role.ADMIN)).order_by("name", "pk"))


def _office(request: SignedInRequest) -> Office:
    """The office that the address names, else the first one the user administers."""
    slug = request.GET.get("leitstelle")
    for office in _offices(request):
        if slug in {None, office.slug}:
            return office
    raise NotThere("office_unknown")


def _member(request: SignedInRequest, membership_id: UUID) -> tuple[Membership, Office]:
    """A member of an office the user administers, with that office."""
    members = Membership.objects.visible_to(request.user).select_related("office")
    member = members.filter(pk=membership_id).first()
    if member is None or member.office is None:
        raise NotThere("membership_unknown")
    return member, member.office


def _back(office: Office) -> HttpResponse:
    return redirect(f"{reverse('web:settings')}?leitstelle={office.slug}")
