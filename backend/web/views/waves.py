"""Asking in waves, from the office's desk: start it, stop it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.dispatch.commands import waves
from backend.moments import moment_in_words
from backend.web.errors import refusals_as_messages
from backend.web.gates import Gate, SignedInRequest, gated


@gated(Gate.COORDINATOR)
@require_POST
def start(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    with refusals_as_messages(request):
        series = waves.start_waves(help_request_id=help_request_id, by=request.user, now=timezone.now())
        if series.stopped_reason:
            messages.warning(
                request, _("No wave was sent: %(reason)s.") % {"reason": series.get_stopped_reason_display()}
            )
        elif not series.waves.exists():
            moment = moment_in_words(series.next_at, series.help_request.office.time_zone)
            messages.success(
                request, _("It is quiet time. The first questions go out %(moment)s.") % {"moment": moment}
            )
        else:
            messages.success(
                request, _("From now on we ask in waves, until enough have accepted. You confirm.")
            )
    return _back(help_request_id)


@gated(Gate.COORDINATOR)
@require_POST
def stop(request: SignedInRequest, help_request_id: UUID) -> HttpResponse:
    with refusals_as_messages(request):
        waves.stop_waves(help_request_id=help_request_id, by=request.user, now=timezone.now())
        messages.success(request, _("Nobody else is asked by itself. Questions that are out stay."))
    return _back(help_request_id)


def _back(help_request_id: UUID) -> HttpResponse:
    response = redirect("web:office_request", help_request_id=help_request_id)
    response["Location"] += "#wellen"
    return response
