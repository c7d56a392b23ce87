"""Does every form of every page answer nonsense with a clear word, keep what was typed, and change nothing?"""

import re
from collections.abc import Iterator
from itertools import cycle

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from backend.dispatch.models import Offer
from backend.web import account_urls, urls
from backend.web.gates import Gate
from tests.fuzzing.forms import ODD, Findings, Form, Sent, all_odd, forms_on, one_odd, route_of, send, shapes
from tests.fuzzing.town import Town, a_town, fingerprint
from tests.unwatched import unwatched_templates
from tests.web.account_browser import fresh_browser

OPENED_BY = {
    Gate.PUBLIC: ["nobody"],
    Gate.LINK: ["nobody"],
    Gate.PILOT: ["pilot"],
    Gate.REQUESTER: ["requester", "seeker"],
    Gate.COORDINATOR: ["coordinator"],
    Gate.ADMIN: ["admin"],
    Gate.STAFF: ["coordinator", "auditor"],
    Gate.SIGNED_IN: ["pilot", "requester", "coordinator"],
}
# What the demo and machines alone open has no form.
# Arguments of routes -> what they are in the town.
KINDS = {
    "help_request_id": "helprequest",
    "offer_id": "offer",
    "pilot_id": "pilot",
    "plan_id": "planrun",
    "draft_id": "requestdraft",
    "assignment_id": "assignment",
    "absence_id": "absence",
    "veto_id": "veto",
    "membership_id": "membership",
    "organisation_id": "organisation",
    "delivery_id": "delivery",
    "report_id": "barrierreport",
    "subscription_id": "pushsubscription",
}
UNKNOWN_ID, NOBODY = re.compile(r"<uuid:\w+>"), "01a200e6-5b43-76a4-a97d-a7ec5999f884"
WORDS = {"template": ["offer_made"], "language": ["de"], "kind": ["pilot"]}
# Routes that change something and whose forms no page of the town shows: what is sent to them all the same.
WITHOUT_PAGE = {
    "web:activate": ["pledge_seen"],
    "web:answer_barrier": [],
    "web:approve": [],
    "web:check_request": ["seen"],
    "web:end_push": [],
    "web:office_logo": [],
    "web:office_stylesheet": [],
    "web:override": ["lotse", "reason", "note"],
    "web:preview_text": ["subject", "body"],
    "web:preview_weights": ["proximity", "language_fit"],
    "web:report_barrier": ["what", "page", "email", "office"],
    "web:resume": [],
    "web:settings_presets": ["preset"],
    "web:settle_report": ["done", "hours"],
    "web:standard_text": [],
    "web:subscribe_to_push": ["endpoint", "p256dh", "auth"],
}


def pages() -> Iterator[tuple[URLPattern, list[str]]]:
    """Every page of ours and of signing in, with who may open it."""
    for pattern in urls.urlpatterns:
        if pattern.callback.gate in OPENED_BY and not str(pattern.pattern).startswith("healthz/"):
            yield pattern, OPENED_BY[pattern.callback.gate]
    for pattern in account_urls.urlpatterns:
        if isinstance(pattern, URLPattern):
            yield pattern, ["nobody", "pilot", "coordinator"]


def addresses(pattern: URLPattern, town: Town) -> list[str]:
    """The page about each thing that there is; the first few."""
    prefix = "konto/" if pattern in account_urls.urlpatterns else ""
    found = ["/" + prefix + str(pattern.pattern)]
    if "offer_id" in pattern.pattern.converters and "help_request_id" in pattern.pattern.converters:
        pairs = Offer.objects.order_by("pk").values_list("help_request_id", "pk")
        return [
            found[0].replace("<uuid:help_request_id>", str(request)).replace("<uuid:offer_id>", str(offer))
            for request, offer in pairs
        ]
    for name in pattern.pattern.converters:
        slot = re.compile(rf"<\w+:{name}>")
        some = 6 if name == "help_request_id" else 2
        values = [str(pk) for pk in town.ids.get(KINDS.get(name, ""), [])[:some]] or WORDS.get(name, [])
        if name in {"secret", "token"}:
            values = [town.secrets["card" if name == "token" else "offer"]]
        if name == "slug":
            values = ["person", "sprachen", "zeiten", "wohnort", "wuensche", "themen"]
        found = [slot.sub(value, one) for one in found for value in values]
    return found


def all_forms(town: Town, browsers: dict[str, Client]) -> dict[tuple[object, ...], tuple[str, Form]]:
    """Each form once, with who has found it."""
    found: dict[tuple[object, ...], tuple[str, Form]] = {}
    for pattern, roles in pages():
        for role in roles:
            for address in addresses(pattern, town):
                response = browsers[role].get(address)
                assert response.status_code < 500, address
                for form in forms_on(address, response):
                    found.setdefault((route_of(form.action), *form.key), (role, form))
    return found


@pytest.fixture
def town(db: None) -> Town:
    return a_town()


@pytest.fixture
def browsers(town: Town) -> Iterator[dict[str, Client]]:
    with unwatched_templates():
        yield {"nobody": Client(), **{role: fresh_browser(user) for role, user in town.users.items()}}


def nonsense(form: Form, turn: int, odds: Iterator[str], each: Iterator[str]) -> Iterator[Sent]:
    """Two kinds of it for this form; the next form gets the next two.

    By turns an odd value in every field or in one, and one of the wrong shapes.
    """
    if form.own and turn % 3:
        yield all_odd(form, next(odds))
    elif form.own:
        yield one_odd(form, form.own[hash_of(form) % len(form.own)], next(each))
    wrong = list(shapes(form))
    yield wrong[turn % len(wrong)]


def hash_of(form: Form) -> int:
    """The same in every run."""
    return sum(map(ord, form.action))


def test_every_form_answers_nonsense(town: Town, browsers: dict[str, Client]) -> None:
    forms, found = all_forms(town, browsers), Findings()
    odds, each = cycle(ODD), cycle(reversed(ODD))
    before = fingerprint()
    for turn, (role, form) in enumerate(forms.values()):
        for sent in nonsense(form, turn, odds, each):
            send(browsers[role], form, sent, found, before)

    for form, role in _without_page(town, browsers, found.routes):
        for sent in [all_odd(form, next(odds)), next(shapes(form))]:
            send(browsers[role], form, sent, found, before)

    assert found.faults == []
    assert len(forms) > 50
    assert {422, 400, 302} <= set(found.answers)


def _without_page(town: Town, browsers: dict[str, Client], reached: set[str]) -> Iterator[tuple[Form, str]]:
    """What takes a POST and stands in no form of the town: its script sends it, or there is nothing to show it for."""
    for pattern, (role, *_others) in pages():
        name = f"web:{pattern.name}"
        if pattern not in urls.urlpatterns or name in reached:
            continue
        (address, *_more) = addresses(pattern, town) or ["/" + UNKNOWN_ID.sub(NOBODY, str(pattern.pattern))]
        with transaction.atomic():
            status = browsers[role].post(address).status_code
            transaction.set_rollback(True)
        if status == 405:
            continue
        fields = WITHOUT_PAGE.get(name, ["x"])
        yield Form(address, address, "post", multipart=False, kinds=dict.fromkeys(fields, "hidden")), role
