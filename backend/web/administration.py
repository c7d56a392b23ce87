"""What all pages of an office's settings share: which office it is, the menu beside them, the way back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import BarrierReport, Membership, Office
from backend.accounts.roles import Role
from backend.errors import NotThere
from backend.web.context import Entry
from backend.web.gates import SignedInRequest

SECTIONS: dict[str, Promise] = {
    "settings": _("Rules"),
    "settings_weights": _("What counts in the ranking"),
    "settings_waves": _("Asking in waves"),
    "settings_presets": _("Start from a preset"),
    "settings_look": _("Look"),
    "settings_languages": _("Languages"),
    "settings_texts": _("Texts of messages"),
    "settings_legal": _("Imprint, privacy, accessibility"),
    "barrier_reports": _("Reported barriers"),
    "settings_periods": _("How long data are kept"),
    "settings_people": _("People and roles"),
}


def administered_offices(request: SignedInRequest) -> list[Office]:
    """The offices that the user administers, by name."""
    return request.user.offices_as(Role.ADMIN)


def administered_office(request: SignedInRequest) -> Office:
    """The office that the address names, else the first one the user administers."""
    slug = request.GET.get("leitstelle")
    for office in administered_offices(request):
        if slug in {None, office.slug}:
            return office
    raise NotThere("office_unknown")


def administered_member(request: SignedInRequest, membership_id: UUID) -> tuple[Membership, Office]:
    """A member of an office the user administers, with that office."""
    members = Membership.objects.visible_to(request.user).select_related("office", "user")
    member = members.filter(pk=membership_id).first()
    if member is None or member.office is None:
        raise NotThere("membership_unknown")
    return member, member.office


def settings_page(
    request: SignedInRequest,
    office: Office,
    section: str,
    template: str,
    /,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """One page of the settings, with the menu of all of them."""
    waiting = BarrierReport.objects.filter(office=office).open().count()
    of_office = f"?leitstelle={office.slug}"
    context |= {
        "office": office,
        "offices": administered_offices(request),
        "of_office": of_office,
        "section": SECTIONS[section],
        "sections": [
            Entry(
                f"{text} ({waiting})" if waiting and name == "barrier_reports" else str(text),
                reverse(f"web:{name}") + of_office,
                current=name == section,
            )
            for name, text in SECTIONS.items()
        ],
    }
    return render(request, f"web/office/settings/{template}.html", context, status=status)


def back_to(section: str, office: Office, *args: object) -> HttpResponse:
    return redirect(f"{reverse(f'web:{section}', args=args)}?leitstelle={office.slug}")
