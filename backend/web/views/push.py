"""The page as an app: what a browser needs to install it, and to show our messages by itself."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.web.devices import THIS_BROWSER, device_of
from backend.web.errors import refusals_as_messages
from backend.web.gates import Gate, SignedInRequest, gated
from notifications.commands import end_push, start_push


@gated(Gate.PUBLIC)
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How the page looks among a phone's apps."""
    icons = [
        {"src": static("web/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("web/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("web/icon-maskable.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    content = {
        "name": _("Integration pilots"),
        "short_name": "ILOS",
        "lang": get_language(),
        "id": "/",
        "start_url": reverse("web:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5563",
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")


@gated(Gate.PUBLIC)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows messages. From the root, as its address says which pages it may stand by."""
    response = render(request, "web/my_data/sw.js", content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@gated(Gate.PUBLIC)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a net: the same for everybody, so that it may lie on the device."""
    return render(request, "web/my_data/offline.html")


@gated(Gate.SIGNED_IN)
@require_POST
def subscribe(request: SignedInRequest) -> HttpResponse:
    """Note this browser, as its script asks for."""
    with refusals_as_messages(request):
        subscription = start_push(
            endpoint=request.POST.get("endpoint", ""),
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            device=device_of(request.headers.get("User-Agent", "")),
            by=request.user,
            now=timezone.now(),
        )
        request.session[THIS_BROWSER] = str(subscription.pk)
        messages.success(request, _("We show you messages on this device too."))
    return redirect("web:my_data")


@gated(Gate.SIGNED_IN)
@require_POST
def unsubscribe(request: SignedInRequest, subscription_id: UUID) -> HttpResponse:
    end_push(subscription_id=subscription_id, by=request.user, now=timezone.now())
    messages.success(request, _("This device stays quiet. The mails still come."))
    return redirect("web:my_data")
