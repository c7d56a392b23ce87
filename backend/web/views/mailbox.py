"""The demo's mailbox: what would have been sent, to read. It exists only where MAILBOX_DIR is set."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from backend.demo.second_step import current_code
from backend.web import mailbox
from backend.web.gates import Gate, gated
from backend.web.protection import POLICY

SHOWN_AT_MOST = 100
# The letter's HTML runs nothing, loads nothing and knows inline styles only, as mail programs do.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@gated(Gate.DEMO)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """All messages, latest first, or those to one address."""
    to = request.GET.get("to", "")
    caught = mailbox.letters(_folder(), to=to, limit=SHOWN_AT_MOST)
    return render(
        request, "web/mailbox/inbox.html", {"letters": caught, "to": to, "second_step": current_code()}
    )


@gated(Gate.DEMO)
@require_safe
def messages_json(request: HttpRequest) -> JsonResponse:
    """The same for programs: the story that bin/run tells reads it."""
    caught = mailbox.letters(_folder(), to=request.GET.get("to", ""), limit=SHOWN_AT_MOST)
    return JsonResponse({"messages": [_as_json(letter) for letter in caught], "second_step": current_code()})


@gated(Gate.DEMO)
@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One message: text, links, HTML in a frame, attachments."""
    response = render(request, "web/mailbox/letter.html", {"letter": _letter(name)})
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@gated(Gate.DEMO)
@require_safe
@xframe_options_sameorigin
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for the frame."""
    response = HttpResponse(_letter(name).html)
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


@gated(Gate.DEMO)
@require_safe
def attachment(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """One attachment, to download."""
    attachments = _letter(name).attachments
    if number >= len(attachments):
        raise Http404
    part = attachments[number]
    response = HttpResponse(part.content, content_type=part.type)
    response.headers["Content-Disposition"] = "attachment"
    # Not the sender's word for it alone: the browser must never show it as a page of ours.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _folder() -> str:
    if not settings.MAILBOX_DIR:
        raise Http404
    return settings.MAILBOX_DIR


def _letter(name: str) -> mailbox.Letter:
    found = mailbox.letter(_folder(), name)
    if found is None:
        raise Http404
    return found


def _as_json(found: mailbox.Letter) -> dict[str, object]:
    return {
        "id": found.id,
        "to": found.to,
        "subject": found.subject,
        "message_id": found.message_id,
        "sent_at": found.sent_at.isoformat() if found.sent_at else None,
        "text": found.text,
        "links": found.links,
        "attachments": [
            {
                "name": part.name,
                "type": part.type,
                "url": reverse("web:mailbox_attachment", args=[found.id, number]),
            }
            for number, part in enumerate(found.attachments)
        ],
    }
