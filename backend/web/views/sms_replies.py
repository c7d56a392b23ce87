"""Where an SMS provider posts the replies: nothing is shown here, and only a POST with the secret is heard."""

import logging
from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from backend.errors import Conflict, NotThere
from backend.web.gates import Gate, gated
from notifications.texting.commands import take_reply
from notifications.texting.gateway import gateway
from notifications.texting.inbound import BYTES_AT_MOST, Unreadable, is_signed, reply_in

logger = logging.getLogger(__name__)


# The secret in the address is the authority here, and a signature where the provider gives one; it has no cookie.
@csrf_exempt
@gated(Gate.LINK)
@require_POST
def receive(request: HttpRequest, secret: str) -> HttpResponse:
    """Take one reply. 200 is answered after the commit alone, so that the provider posts again what was not taken."""
    provider = gateway()
    known = settings.SMS_WEBHOOK_SECRET
    if provider is None or provider.inbound is None or not known:
        raise NotThere("link_unknown_or_expired")
    if not compare_digest(secret.encode(), known.encode()):
        raise NotThere("link_unknown_or_expired")
    if int(request.headers.get("Content-Length") or 0) > BYTES_AT_MOST:
        return _said("too large", 413)
    body = request.read(BYTES_AT_MOST + 1)
    if len(body) > BYTES_AT_MOST:
        return _said("too large", 413)
    url = settings.BASE_URL + request.get_full_path()
    if not is_signed(body, url, request.headers.get("X-Twilio-Signature", ""), provider.inbound):
        return _said("wrong signature", 403)
    try:
        reply = reply_in(body, request.content_type or "", provider.inbound)
    except Unreadable:
        return _said("not understood", 400)
    if reply is None:
        return _said("nothing to do", 200)
    try:
        outcome = take_reply(reply=reply, by=None, now=timezone.now())
    except Conflict:
        return _said("busy, try again", 503)
    logger.info("sms_reply outcome=%s", outcome or "unknown_sender")
    return _said("", 200)


def _said(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=status)
