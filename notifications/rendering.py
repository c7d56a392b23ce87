"""How a delivery becomes a letter: rows as they are now, in the recipient's language.

A message is one template with two blocks, `subject` and `body`; the layout it extends makes a line, a plain text or
an HTML page of them, so that all three say the same.
"""

import logging
import re
import textwrap
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from backend.accounts.models import User
from notifications import links
from notifications.contents import content_of
from notifications.contents.content import Content
from notifications.letter import Letter
from notifications.models import Delivery, MessageText, SmsNumber
from notifications.optional import GROUP_OF, is_unwanted, token_of
from notifications.pushing import BY_PUSH
from notifications.texting.texts import CODE, sms_text
from notifications.wording import Wording, filled

logger = logging.getLogger(__name__)

OWN_TEXT = "layout/own_text"
COLUMNS = 76
SIGNATURE = "-- "  # where mail programs cut when somebody answers


def render(delivery: Delivery, *, now: datetime) -> Letter | None:
    """The letter, or None when the recipient is gone or wants none, or there is nothing left to tell."""
    recipient = delivery.recipient
    if not recipient.is_active or not recipient.email or is_unwanted(recipient, delivery.template):
        return None
    if delivery.channel == "sms" and not _takes_sms(recipient, delivery.template):
        return None
    language = language_of(recipient)
    with translation.override(language):
        content = content_of(delivery, now=now)
        return None if content is None else letter_of(delivery, content, language=language)


def letter_of(delivery: Delivery, content: Content, *, language: str) -> Letter:
    """The content as a letter in this language, which is the active one."""
    url = str(content.facts.get("url", ""))
    if delivery.channel == "web_push":
        return Letter(str(BY_PUSH[delivery.template]), text="", html="", language=language, url=url)
    if delivery.channel == "sms":
        text = sms_text(delivery.template, content.facts)
        # A name for the list of what a confirmation would send; the SMS itself has no subject.
        return Letter(subject="SMS", text=text, html="", language=language, url=url)
    office = delivery.office
    group = GROUP_OF.get(delivery.template)
    unsubscribe_url = links.unsubscribe(token_of(delivery.recipient, group)) if group else ""
    told = {"office": office, "unsubscribe_url": unsubscribe_url, **content.facts}
    subject, text, html = _composed(delivery, language, told)
    return Letter(
        subject=subject,
        text=text,
        html=html,
        language=language,
        reply_to=office.email if office else "",
        url=url,
        attachments=content.attachments,
        unsubscribe_url=unsubscribe_url,
        to=content.to,
    )


def _takes_sms(reader: User, template: str) -> bool:
    """A proven number, or one that is about to be: its owner may have ended SMS since the row was made."""
    number = SmsNumber.objects.filter(user=reader).first()
    return number is not None and (number.proven_at is not None or template == CODE)


def language_of(user: User) -> str:
    """What the user chose, if we have it; German else."""
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def compose(template: str, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, plain text and HTML in the active language."""
    subject = " ".join(_rendered(template, "subject.txt", facts).split())
    text = wrapped(_rendered(template, "body.txt", facts))
    return subject, text, _rendered(template, "body.html", {**facts, "title": subject})


def compose_own(wording: Wording, template: str, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    """The same three in an office's own words; KeyError where the text names what this message does not know."""
    subject, blocks = filled(wording, template, facts)
    return compose(OWN_TEXT, {**facts, "subject": subject, "blocks": blocks})


def _composed(delivery: Delivery, language: str, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    """In the office's own words where it has some. Whatever is wrong with those, the message goes out in ours."""
    own = MessageText.objects.filter(
        office=delivery.office_id, template=delivery.template, language=language
    ).first()
    if own is not None:
        try:
            return compose_own(Wording(own.subject, own.body), delivery.template, facts)
        except Exception as error:
            logger.error("own_text_unusable id=%s error=%s", own.pk, type(error).__name__)
    return compose(delivery.template, facts)


def wrapped(text: str) -> str:
    """Lines of a readable length, links left whole, never more than one empty line."""
    lines = (
        line
        if "://" in line or line == SIGNATURE
        else textwrap.fill(
            line.rstrip(),
            COLUMNS,
            subsequent_indent=_hanging(line),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.strip().splitlines()
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _hanging(line: str) -> str:
    """Under the text of '1. …' and of '  When:      …', not under its beginning."""
    lead = re.match(r"\d+\. |  \S+:\s+", line)
    return " " * lead.end() if lead else ""


def _rendered(template: str, layout: str, facts: Mapping[str, Any]) -> str:
    context = {**facts, "layout": f"notifications/layout/{layout}", "html": layout.endswith(".html")}
    return render_to_string(f"notifications/{template}.html", context)
