"""How good is the estimate of who says yes? The report on the versions that speak for an office."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.accounts.models import Office
from backend.accounts.roles import STAFF_ROLES
from backend.dispatch.models import AcceptanceVersion
from backend.dispatch.states import AcceptanceStatus
from backend.errors import NotThere
from backend.web.acceptance import curve, group_rows, weight_rows
from backend.web.gates import Gate, SignedInRequest, gated

VERSIONS = 10


@gated(Gate.STAFF)
@require_safe
def acceptance(request: SignedInRequest) -> HttpResponse:
    """The version in use with its report, or the one that the address names, and the latest beside it."""
    visible = AcceptanceVersion.objects.visible_to(request.user)
    office = _office(request)
    versions = list(visible.for_office(office)[:VERSIONS])
    wanted = request.GET.get("version")
    version = next((one for one in versions if wanted in {None, str(one.pk)}), None)
    if wanted is None:
        version = next((one for one in versions if one.status == AcceptanceStatus.LIVE), version)
    elif version is None:
        raise NotThere("acceptance_version_unknown")
    context = {"office": office, "versions": versions, "version": version}
    if version is not None:
        context |= {
            "report": version.report,
            "curve": curve(version),
            "steps": version.report["model"]["bins"],
            "weights": weight_rows(version.report),
            "groups": group_rows(version.report),
        }
    return render(request, "web/office/acceptance.html", context)


def _office(request: SignedInRequest) -> Office:
    """The office that the address names, else the first one the user works in."""
    slug = request.GET.get("leitstelle")
    for office in request.user.offices_as(*STAFF_ROLES):
        if slug in {None, office.slug}:
            return office
    raise NotThere("office_unknown")
