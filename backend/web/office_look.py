"""To which office does a page belong, and how does that office look?"""

import re
from dataclasses import dataclass
from hashlib import sha256

from django.http import HttpRequest
from django.urls import reverse

from backend.accounts.face.colours import NIGHT, shades_of
from backend.accounts.face.hosts import shared_host
from backend.accounts.models import Office, User
from backend.people.oneself import own_help_seeker

SLUG = re.compile(r"[-\w]{1,50}", re.ASCII)
LOGO_HEIGHT = 40  # CSS pixels in the head of a page
# Everything of the brand is drawn from KERN's action colours. Strong contrast keeps its own.
SHEET = """/* The colour of {slug}, by day and by night. */
:root:not([data-contrast="more"]) {{
  --kern-color-action-default: light-dark({light}, {dark});
  --kern-color-action-on-default: light-dark(#ffffff, {on_dark});
}}
"""


@dataclass(frozen=True)
class OfficeLook:
    """What the frame of a page needs of its office; empty addresses where there is nothing of the office's own."""

    name: str
    label: str
    slug: str
    style_url: str
    logo_url: str
    logo_text: str
    logo_width: int
    logo_height: int
    query: str  # what keeps the office in the address of a public page


def office_of(request: HttpRequest) -> Office | None:
    """The office that a page belongs to: the user's own; that of the address; the only one there is."""
    if not hasattr(request, "_office"):
        request._office = _found(request)  # type: ignore[attr-defined]
    return request._office  # type: ignore[attr-defined]


def office_named(slug: str) -> Office | None:
    """The office that an address names; None for what cannot be a name, which the database may not even take."""
    return Office.objects.without_area().filter(slug=slug).first() if SLUG.fullmatch(slug) else None


def look_of(request: HttpRequest) -> OfficeLook | None:
    """None where the page belongs to no office: it then looks like the product."""
    office = office_of(request)
    if office is None:
        return None
    logo = getattr(office, "logo", None)
    named = request.GET.get("leitstelle") == office.slug
    return OfficeLook(
        name=office.name,
        label=office.label,
        slug=office.slug,
        style_url=reverse("web:office_stylesheet", args=[office.slug, sheet_hash(office)])
        if office.colour
        else "",
        logo_url=reverse("web:office_logo", args=[office.slug, logo.digest]) if logo else "",
        logo_text=logo.text if logo else "",
        logo_width=round(logo.width * LOGO_HEIGHT / logo.height) if logo else 0,
        logo_height=LOGO_HEIGHT if logo else 0,
        query=f"?leitstelle={office.slug}" if named else "",
    )


def stylesheet_of(office: Office) -> str:
    """The sheet that puts the office's colour in place of ours."""
    shades = shades_of(office.colour)
    return SHEET.format(slug=office.slug, light=shades.light, dark=shades.dark, on_dark=NIGHT)


def sheet_hash(office: Office) -> str:
    """Stands in the address, so that a browser keeps a sheet for ever and still sees the next one at once."""
    return sha256(stylesheet_of(office).encode()).hexdigest()[:12]


def _found(request: HttpRequest) -> Office | None:
    offices = Office.objects.without_area()
    user = getattr(request, "user", None)
    if isinstance(user, User) and (own := _own_office(user)):
        return own
    if slug := request.GET.get("leitstelle", ""):
        return office_named(slug)
    host = request.get_host().partition(":")[0].lower()
    if host != shared_host() and (office := offices.filter(host=host).first()):
        return office
    first = list(offices.order_by("pk")[:2])
    return first[0] if len(first) == 1 else None


def _own_office(user: User) -> Office | None:
    """Where the user works or helps; else the first office that serves the user's organisation."""
    for membership in user.live_memberships:
        if membership.office:
            return membership.office
    for membership in user.live_memberships:
        if membership.organisation:
            for office in membership.organisation.offices.all():
                return office
    help_seeker = own_help_seeker(user)
    return Office.objects.without_area().get(pk=help_seeker.office_id) if help_seeker else None
