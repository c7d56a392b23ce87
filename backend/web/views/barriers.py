"""What people have told an office about barriers on its pages."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.face.commands import answer_barrier
from backend.accounts.models import BarrierReport
from backend.web.administration import administered_office, back_to, settings_page
from backend.web.gates import Gate, SignedInRequest, gated

PAGE = 20


@gated(Gate.ADMIN)
@require_safe
def reports(request: SignedInRequest) -> HttpResponse:
    """All reports to the office, open ones first."""
    office = administered_office(request)
    found = BarrierReport.objects.visible_to(request.user).filter(office=office)
    page = Paginator(found.order_by("-answered_at", "-created_at", "-pk"), PAGE).get_page(
        request.GET.get("seite")
    )
    return settings_page(request, office, "barrier_reports", "barriers", page=page)


@gated(Gate.ADMIN)
@require_POST
def answer(request: SignedInRequest, report_id: UUID) -> HttpResponse:
    """Note that this one is done."""
    report = answer_barrier(report_id=report_id, by=request.user, now=timezone.now())
    messages.success(request, _("Noted as done."))
    return back_to("barrier_reports", report.office)
