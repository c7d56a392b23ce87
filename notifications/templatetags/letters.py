"""The parts of a letter's body, each as plain text or as HTML for mail programs, which know inline styles alone."""

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

PARAGRAPH = "margin:0 0 16px 0"
BUTTON = (
    "display:inline-block;padding:14px 28px;font-weight:bold;color:#ffffff;background-color:#1d4f91;"
    "text-decoration:none;border-radius:6px"
)


@register.simple_block_tag(takes_context=True)
def p(context: Context, content: str) -> str:
    """A paragraph."""
    if not context["html"]:
        return _plain(f"{_line(content)}\n\n")
    return format_html('<p style="{}">{}</p>\n', PARAGRAPH, _line(content))


@register.simple_block_tag(takes_context=True)
def step(context: Context, content: str, number: int) -> str:
    """One of several steps, numbered."""
    if not context["html"]:
        return _plain(f"{number}. {_line(content)}\n\n")
    return format_html(
        '<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 12px 0"><tr>'
        '<td style="vertical-align:top;width:28px;font-weight:bold;color:#1d4f91">{}.</td><td>{}</td>'
        "</tr></table>\n",
        number,
        _line(content),
    )


@register.simple_block_tag(takes_context=True)
def button(context: Context, content: str, url: str) -> str:
    """A link that is the next thing to do."""
    if not context["html"]:
        return _plain(f"{_line(content)}:\n{url}\n\n")
    return format_html(
        '<p style="margin:24px 0"><a href="{}" style="{}">{}</a></p>\n', url, BUTTON, _line(content)
    )


@register.simple_tag(takes_context=True)
def appointment(context: Context) -> str:
    """When, how long, where, which language; its place in braces where the text itself is edited."""
    if context.get("as_places"):
        return _plain("{appointment}\n\n")
    kind = "html" if context["html"] else "txt"
    return render_to_string(
        f"notifications/layout/appointment.{kind}", {"appointment": context["appointment"]}
    )


def _line(content: str) -> SafeString:
    """Without the template's own line breaks; escaped already where it has to be."""
    return mark_safe(" ".join(content.split()))  # noqa: S308


def _plain(text: Any) -> SafeString:
    return mark_safe(text)  # noqa: S308
