"""The calendar that programs read: under a private address, without signing in; and how that address is changed."""

import hashlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from backend.encryption import seal
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.views.my_data import NEW_FEED
from notifications.calendar import feed
from notifications.commands import end_calendar_feed, renew_calendar_feed
from notifications.queries import owner_of_feed

POLICY = "default-src 'none'; sandbox"


@gated(Gate.LINK)
@csrf_exempt  # nothing is changed here, and programs that try PROPFIND shall hear that it is not for them
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The appointments of whoever owns the address; a program that has them already hears just that."""
    owner = owner_of_feed(secret)
    content = feed(owner, now=timezone.now(), made_at=owner.calendar_feed.created_at)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = etag
    response.headers["Content-Disposition"] = 'inline; filename="ilos.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = POLICY
    return get_conditional_response(request, etag=etag, response=response) or response


@gated(Gate.SIGNED_IN)
@require_POST
def renew_feed(request: SignedInRequest) -> HttpResponse:
    """A new address in place of any earlier one. The page that comes next shows it, and none after that."""
    secret = renew_calendar_feed(by=request.user, now=timezone.now())
    request.session[NEW_FEED] = seal(secret, NEW_FEED)
    return redirect("web:my_data")


@gated(Gate.SIGNED_IN)
@require_POST
def end_feed(request: SignedInRequest) -> HttpResponse:
    end_calendar_feed(by=request.user, now=timezone.now())
    messages.success(request, _("The calendar address is closed."))
    return redirect("web:my_data")
