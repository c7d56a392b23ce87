"""What does a message say where an office has put its own words: places in braces, filled when it is sent?

A text is paragraphs with an empty line between them. A paragraph may be `{appointment}` (the box with day and place),
a line that ends with a colon and `{url}` or `{card_url}` on the next one (a button), or a numbered step ("1. …").
Everything else is plain text; what looks like HTML or an address of a page is refused, so that a text can neither break
nor mislead.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from backend.errors import RuleViolated
from notifications.contents.appointment import Appointment

logger = logging.getLogger(__name__)

PLACE = re.compile(r"\{([a-z_]+)\}")
STEP = re.compile(r"(\d{1,2})\. (.+)", re.DOTALL)
BUTTON = re.compile(r"(?:(?P<label>[^\n]+?):?[ \t]*\n)?[ \t]*\{(?P<place>url|card_url)\}")
MARKUP = re.compile(r"<[a-zA-Z/!?]")
LINK = re.compile(r"(?:https?:|www\.|://|\bmailto:)", re.IGNORECASE)
LINKS = ("url", "card_url")
MUST_STAY = (*LINKS, "appointment", "answer_by")
EVERYWHERE = ("office", "phone", "email")
OF_AN_APPOINTMENT = ("appointment", "day", "reference", "where", "language")
# Their standard text chooses its first paragraph by what has happened: {case} stands for that paragraph.
VARYING = frozenset(
    {
        "cancelled_to_asking_side",
        "cancelled_to_pilot",
        "new_request",
        "offer_accepted",
        "offer_made",
        "offer_retracted",
        "pilot_dropped_out",
        "request_changed",
        "request_unfilled",
    }
)
# Texts for a number want a number; these stand for their places and are replaced afterwards.
NUMBERS = {"course_hours": 9_000_001, "willing": 9_000_002, "reserve": 9_000_003}
PLAIN = (*LINKS, "answer_by", "code", "organisation", "place", "reason", "role", "until")
BARE, SUBJECT = "notifications/layout/bare.txt", "notifications/layout/subject.txt"


@dataclass(frozen=True)
class Wording:
    """A subject and a text with places in braces."""

    subject: str
    body: str


@dataclass(frozen=True)
class Block:
    """One paragraph, ready for the layout: `kind` is p, step, button or appointment."""

    kind: str
    text: str = ""
    number: int = 0
    url: str = ""


def standard_wording(template: str) -> Wording:
    """Our own text in the active language, with its places in braces."""
    subject, body = (_said(template, layout, _named_facts()) for layout in (SUBJECT, BARE))
    if template in VARYING:
        body = "\n\n".join(["{case}", *body.split("\n\n")[1:]])
    return Wording(subject, body)


def places_of(template: str) -> list[str]:
    """The names that may stand in braces in this message, those of the standard text first."""
    text = standard_wording(template)
    own = PLACE.findall(f"{text.subject} {text.body}")
    if "appointment" in own:
        own += OF_AN_APPOINTMENT
    return list(dict.fromkeys([*own, *EVERYWHERE]))


def checked_wording(template: str, subject: str, body: str) -> Wording:
    """The text as it is stored; raises RuleViolated beside the field at fault."""
    subject = " ".join(subject.split())
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in body.splitlines())).strip()
    known = places_of(template)
    for field, text in (("subject", subject), ("body", body)):
        if MARKUP.search(text):
            raise RuleViolated("text_has_markup", field=field)
        if LINK.search(text):
            raise RuleViolated("text_has_link", field=field)
        for name in re.findall(r"\{([^{}\n]*)\}", text):
            if name not in known or (field == "subject" and name in {*LINKS, "appointment", "case"}):
                raise RuleViolated("text_place_unknown", field=field, place=f"{{{name}}}")
        if set("{}") & set(PLACE.sub("", text)):
            raise RuleViolated("text_brace_alone", field=field)
    for paragraph in body.split("\n\n"):
        for name in LINKS:
            if f"{{{name}}}" in paragraph and not BUTTON.fullmatch(paragraph):
                raise RuleViolated("text_url_not_alone", field="body")
    standard = PLACE.findall(standard_wording(template).body)
    for name in MUST_STAY:
        if name in standard and f"{{{name}}}" not in body:
            raise RuleViolated("text_place_missing", field="body", place=f"{{{name}}}")
    return Wording(subject, body)


def filled(wording: Wording, template: str, facts: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """Subject and paragraphs with the places filled; KeyError where a place has no fact."""
    values = _values(template, facts)
    subject = PLACE.sub(lambda match: values[match[1]], wording.subject)
    return subject, list(_blocks(wording.body, values))


def _blocks(body: str, values: Mapping[str, str]) -> Iterator[Block]:
    def fill(text: str) -> str:
        return PLACE.sub(lambda match: values[match[1]], text)

    for paragraph in filter(None, (part.strip() for part in re.split(r"\n\s*\n", body))):
        if paragraph == "{appointment}":
            yield Block("appointment")
        elif button := BUTTON.fullmatch(paragraph):
            label = fill((button["label"] or _("Open the page")).strip())
            yield Block("button", label, url=values[button["place"]])
        elif step := STEP.fullmatch(paragraph):
            yield Block("step", fill(step[2]), int(step[1]))
        else:
            yield Block("p", fill(paragraph))


def _values(template: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """What stands in each place."""
    values = {name: str(facts[name]) for name in (*PLAIN, *NUMBERS) if name in facts}
    office = facts.get("office")
    for name, attribute in (("office", "name"), ("phone", "phone"), ("email", "email")):
        value = office.get(attribute) if isinstance(office, Mapping) else getattr(office, attribute, "")
        values[name] = str(value or "")
    if told := facts.get("appointment"):
        more = len(told.dates) - 1
        values |= {
            "day": f"{told.dates[0]} (+{more})" if more else told.dates[0],
            "reference": told.reference,
            "where": told.where,
            "language": told.language,
            "appointment": ", ".join([*told.dates, told.where]),
        }
    if template in VARYING:
        values["case"] = _said(template, BARE, facts).split("\n\n")[0]
    return values


def _named_facts() -> dict[str, Any]:
    """Facts that say their own names."""
    return {
        "office": {"name": "{office}", "phone": "{phone}", "email": "{email}"},
        "appointment": Appointment(
            reference="{reference}", dates=("{day}",), duration="", where="{where}", language="{language}"
        ),
        "as_places": True,
        **{name: f"{{{name}}}" for name in PLAIN},
        **NUMBERS,
    }


def _said(template: str, layout: str, facts: Mapping[str, Any]) -> str:
    said: str = render_to_string(f"notifications/{template}.html", {**facts, "layout": layout, "html": False})
    for name, number in NUMBERS.items():
        said = said.replace(str(number), f"{{{name}}}")
    return " ".join(said.split()) if layout == SUBJECT else re.sub(r"\n{3,}", "\n\n", said.strip())
