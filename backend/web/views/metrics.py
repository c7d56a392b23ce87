"""The figures for monitoring, for whoever brings the token."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from backend.clock import database_now
from backend.operations.metrics import exposition
from backend.web.gates import Gate, gated


@gated(Gate.MACHINE)
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus's text format."""
    return HttpResponse(exposition(now=database_now()), content_type=CONTENT_TYPE_LATEST)
