"""The words of the templates: languages, levels, dates, distances, states."""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberMatcher, format_number

from backend import ending_texts, moments, plan_texts, reason_texts
from backend.accounts.models import Office
from backend.accounts.public_holidays import holidays_near
from backend.dispatch.states import AssignmentStatus
from backend.language_names import endonym, language_name
from backend.people.codes import ProfileStep, Topic
from backend.people.models import Place
from backend.reader import comma, listed
from backend.web import status_texts

register = template.Library()
GERMANY = 49
RANGE = re.compile(r"(?<=\d)–(?=\d)")

register.simple_tag(comma)
register.filter("level", reason_texts.level_name)
register.filter("languages", reason_texts.language_list)
register.filter("language", language_name)
register.filter("distance_band", status_texts.distance_band_text)
register.filter("weekday", moments.weekday_name)
register.filter("request_state", status_texts.request_state)
register.filter("event_text", status_texts.event_text)
register.filter("plan_proof", plan_texts.proof)
register.filter("assignment_state", lambda status: AssignmentStatus(status).label)


@register.simple_tag(takes_context=True)
def turned_to(context: Context, number: int, parameter: str = "") -> str:
    """The query of this page with another page of a list; `parameter` names the list where there are several."""
    query = context["request"].GET.copy()
    query[parameter or "seite"] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def own_name(code: str) -> SafeString:
    """The language's own name, marked with its language and direction."""
    known = endonym(code)
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', code, "rtl" if known.rtl else "ltr", known.endonym)


@register.filter
def span(slot: Any, zone: str) -> SafeString:
    """Weekday, date and both times of something with starts_at and ends_at, in that zone."""
    return _isolated(moments.span_in_words(slot.starts_at, slot.ends_at, zone), slot.starts_at)


@register.filter
def short_span(slot: Any, zone: str) -> SafeString:
    return _isolated(moments.span_in_words(slot.starts_at, slot.ends_at, zone, short=True), slot.starts_at)


@register.filter
def closed_for(slot: Any, office: Office) -> str:
    """A warning where the date is a public holiday around that office; "" on all other days."""
    day = office.local_date(slot.starts_at)
    name = holidays_near(office, {day}).get(day)
    return status_texts.holiday_warning(day, name) if name else ""


@register.filter
def moment(value: datetime, zone: str) -> SafeString:
    """Weekday, date and time, in that zone."""
    return _isolated(moments.moment_in_words(value, zone), value)


@register.filter
def minutes(slot: Any) -> int:
    """How long it takes, as a plain number."""
    return int((slot.ends_at - slot.starts_at).total_seconds()) // 60


@register.filter
def duration(slot: Any) -> str:
    """How long it takes, in words."""
    return moments.duration_in_words(minutes(slot))


@register.filter
def days_until(assignment: Any, now: datetime) -> str:
    """'today', 'tomorrow', 'in 5 days', by the calendar of the office."""
    office = assignment.help_request.office
    return moments.days_until(office.local_date(assignment.starts_at), office.local_date(now))


@register.filter(expects_localtime=True)
def day(value: date | datetime) -> str:
    """Weekday and date; of a moment, its date where we are and not in UTC."""
    return moments.day_in_words(value.date() if isinstance(value, datetime) else value)


@register.filter
def short_day(value: date) -> str:
    return moments.day_in_words(value, short=True)


@register.filter
def address(place: Place) -> SafeString:
    """Street, postal code and town on one line, kept together in right-to-left text."""
    town = " ".join(part for part in (place.postcode, place.place) if part)
    return format_html("<bdi>{}</bdi>", ", ".join(part for part in (place.street, town) if part))


@register.filter
def town(place: Place) -> SafeString:
    """Postal code and town: what somebody who was only asked may know."""
    return format_html("<bdi>{}</bdi>", " ".join(part for part in (place.postcode, place.place) if part))


@register.filter
def phone(number: str) -> str:
    """A stored number as people here write it."""
    try:
        parsed = PhoneNumber.from_string(number)
    except NumberParseException:
        return number
    return str(parsed.as_national if parsed.country_code == GERMANY else parsed.as_international)


@register.filter
def call_links(text: str) -> SafeString:
    """The text as it is, with each phone number in it as a link that calls."""
    pieces, done = [], 0
    for found in PhoneNumberMatcher(text, "DE"):
        number = format_number(found.number, PhoneNumberFormat.E164)
        pieces += [(text[done : found.start], "", ""), ("", number, found.raw_string)]
        done = found.end
    pieces.append((text[done:], "", ""))
    return format_html_join(
        "",
        "{}{}",
        (
            (plain, format_html('<a href="tel:{}"><bdi>{}</bdi></a>', number, shown) if number else "")
            for plain, number, shown in pieces
        ),
    )


@register.filter
def isolated(code: str) -> SafeString:
    """A reference inside a sentence that may run from right to left."""
    return format_html("<bdi>{}</bdi>", code)


@register.filter
def percent(value: float) -> int:
    return round(value * 100)


@register.filter
def unlocalized(value: float) -> str:
    """A number for an attribute, with a point in every language."""
    return f"{value:.4f}"


@register.filter
def unbroken(text: str) -> str:
    """With its ranges of numbers, "3–5", kept on one line."""
    return RANGE.sub("\u2060–\u2060", text)


@register.filter
def topics(codes: list[str]) -> str:
    return listed(str(Topic(code).label) for code in codes)


@register.filter
def profile_step(code: str) -> str:
    return str(ProfileStep(code).label)


@register.filter
def what_happened(event: Any) -> str:
    """What a message was to tell of; empty where it concerns no request."""
    return status_texts.event_text(event) if event.kind in status_texts.EVENTS else ""


@register.filter
def rules(codes: list[str]) -> str:
    """What speaks against somebody, in a few words each."""
    return listed(str(reason_texts.LEFT_OUT[code]) for code in codes)


@register.filter
def retraction(code: str) -> str:
    return str(ending_texts.RETRACTIONS.get(code, ""))


@register.filter
def cancellation(code: str) -> str:
    return str(ending_texts.CANCELLATIONS.get(code, ""))


def _isolated(text: str, moment: datetime) -> SafeString:
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', moment.isoformat(), text)
