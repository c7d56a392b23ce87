"""Messages that did not arrive: try again, or pick up the phone."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from backend.dispatch.models import HelpRequest
from backend.web.errors import refusals_as_messages
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.ticked import ticked
from notifications.commands import discard_delivery, retry_delivery
from notifications.models import Delivery

PAGE = 25


@gated(Gate.COORDINATOR)
@require_safe
def failed_deliveries(request: SignedInRequest) -> HttpResponse:
    """To whom, what about and why not, with the way to the request and to the telephone number."""
    visible = Delivery.objects.visible_to(request.user)
    failed = visible.failed().annotate(is_unheard=Exists(visible.unheard().filter(pk=OuterRef("pk"))))
    failed = failed.select_related("recipient__pilot", "office", "event")
    # First what reached nobody; then what only one of several channels could not do.
    failed = failed.order_by("-is_unheard", "-failed_at", "-pk")
    page = Paginator(failed, PAGE).get_page(request.GET.get("seite"))
    shown = list(page.object_list)
    about = HelpRequest.objects.visible_to(request.user).in_bulk(
        {delivery.event.timeline_id for delivery in shown}
    )
    rows = [
        (delivery, about.get(delivery.event.timeline_id), getattr(delivery.recipient, "pilot", None))
        for delivery in shown
    ]
    return render(request, "web/office/deliveries.html", {"page": page, "rows": rows})


@gated(Gate.COORDINATOR)
@require_POST
def retry(request: SignedInRequest, delivery_id: UUID) -> HttpResponse:
    with refusals_as_messages(request):
        retry_delivery(delivery_id=delivery_id, by=request.user, now=timezone.now())
        messages.success(request, _("The message is on its way again."))
    return redirect("web:failed_deliveries")


@gated(Gate.COORDINATOR)
@require_POST
def discard(request: SignedInRequest, delivery_id: UUID) -> HttpResponse:
    """It was told by phone, or it need not be told any more."""
    with refusals_as_messages(request):
        discard_delivery(delivery_id=delivery_id, by=request.user, now=timezone.now())
        messages.success(request, _("The message is taken off the list."))
    return redirect("web:failed_deliveries")


@gated(Gate.COORDINATOR)
@require_POST
def discard_several(request: SignedInRequest) -> HttpResponse:
    """All that were ticked."""
    if gone := _each_ticked(request, discard_delivery):
        said = ngettext(
            "%(count)s message is taken off the list.", "%(count)s messages are taken off the list.", gone
        )
        messages.success(request, said % {"count": gone})
    return redirect("web:failed_deliveries")


@gated(Gate.COORDINATOR)
@require_POST
def retry_several(request: SignedInRequest) -> HttpResponse:
    """All that were ticked, for instance when the mail server is back."""
    if again := _each_ticked(request, retry_delivery):
        said = ngettext(
            "%(count)s message is on its way again.", "%(count)s messages are on their way again.", again
        )
        messages.success(request, said % {"count": again})
    return redirect("web:failed_deliveries")


def _each_ticked(request: SignedInRequest, command: Callable[..., object]) -> int:
    """With how many of the ticked messages it went well; what is refused is said and stops no other."""
    done = 0
    for delivery_id in ticked(request, "nachricht")[:PAGE]:
        with refusals_as_messages(request):
            command(delivery_id=delivery_id, by=request.user, now=timezone.now())
            done += 1
    return done
