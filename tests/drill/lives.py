"""What somebody of each kind goes through before she is erased: all by which the product takes note of her."""

import json
import logging
import re
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from backend.accounts.commands import invite, issue_api_token
from backend.accounts.entry.commands.sign_ins import change_email, link_sign_in
from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.dispatch.commands.drafts import save_draft
from backend.dispatch.commands.help_requests import Confidential
from backend.dispatch.models import HelpRequest
from backend.people.commands.help_seekers import register_help_seeker
from backend.people.models import HelpSeeker
from backend.privacy.holdings import Person as Held
from geo.locating import locate
from notifications.bounces.reading import read_mail
from notifications.commands import choose_messages
from notifications.models import Delivery
from tests import factories as make
from tests.api import bodies
from tests.drill.life import Life, erased_by_herself, erased_by_the_office, half_a_sign_in
from tests.drill.marks import Person
from tests.drill.town import Town
from tests.notifications.returned import a_report
from tests.web.account_browser import fresh_browser

INVITATION = re.compile(r"/einladung/([^/\s]+)/")


def seeker(town: Town, serial: int) -> Life:
    """A help-seeker who registers alone, asks for a pilot, and whose address takes no mail in the end."""
    person, browser = Person("sucht", serial), Client()
    address = person.address()
    answer = browser.post(
        reverse("web:seek_help"),
        {
            "name": person.word("name"),
            "email": address,
            "phone": person.landline(),
            "postcode": "49084",
            "place": "Osnabrück",
            "languages-0-language": "kmr",
            "language": "kmr",
            "languages": "kmr",
            "needs": ["school"],
            "data_protection": "on",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    town.deliver()
    browser = town.sign_in(address)
    user = User.objects.get(email=address)
    help_seeker = HelpSeeker.objects.get(user=user)
    request = a_request(town, person, help_seeker, user)
    for draft in ({}, {"changes": request}):
        save_draft(draft_id=uuid7(), values={"note": person.word("entwurf")}, by=user, now=town.now, **draft)
    report_barrier(person, address)
    mistakes(person, address)
    town.deliver()
    assert browser.get(reverse("web:my_requests")).status_code == 200
    sent = Delivery.objects.filter(recipient=user, channel="email", status="SENT").latest("sent_at")
    assert read_mail(a_report(sent.message_id, address), now=town.now).noted == 1
    return Life(
        person,
        Held(user=user),
        lambda: erased_by_herself(user),
        browsers=[browser, half_a_sign_in(address)],
    )


def client(town: Town, serial: int) -> Life:
    """Somebody without an account, whom a school registers, asks for, and reports about; erased by the office."""
    person = Person("klientin", serial)
    school = api(town, town.rita)
    answer = school.post(
        "/api/v1/help-seekers",
        json.dumps(bodies.a_help_seeker(case_key=person.word("akte"))),
        content_type="application/json",
        headers={"Idempotency-Key": f"client-{serial}"},
    )
    assert answer.status_code == 201, answer.content
    help_seeker = HelpSeeker.objects.get(pk=answer.json()["id"])
    asked = bodies.a_help_request(
        str(help_seeker.pk),
        slots=bodies.slots(town.next_slot(12)),
        meeting_place={"postcode": "49074", "street": f"{person.word('strasse')} 7", "public": False},
        meeting_point=person.word("treff"),
        contact_on_site=f"{person.word('kontakt')} {person.landline()}",
        note=person.word("notiz"),
    )
    answer = school.post(
        "/api/v1/help-requests",
        json.dumps(asked),
        content_type="application/json",
        headers={"Idempotency-Key": f"request-{serial}"},
    )
    assert answer.status_code == 201, answer.content
    request = HelpRequest.objects.get(pk=answer.json()["id"])
    save_draft(
        draft_id=uuid7(),
        values={"note": person.word("aenderung")},
        changes=request,
        by=town.rita,
        now=town.now,
    )
    town.deliver()
    office = fresh_browser(town.kaya)
    assert office.get(reverse("web:office_request", args=[request.pk])).status_code == 200
    assert office.get(reverse("web:client_rights", args=[help_seeker.pk])).status_code == 200
    return Life(
        person,
        Held(client=help_seeker),
        lambda: erased_by_the_office(town.at_the_office, "web:client_erase", help_seeker.pk),
    )


def requester(town: Town, serial: int) -> Life:
    """A member of the school, invited by a colleague: tokens, drafts, clients of her own, a changed address."""
    person = Person("stelle", serial)
    before, address = person.address("frueher"), person.address()
    school = town.rita.memberships.get().organisation
    user = invited(town, before, role=Role.REQUESTER, organisation_id=school.pk, office_id=None, by=town.rita)
    browser = town.sign_in(before)
    change_email(email=address, by=user, now=town.now)
    user.refresh_from_db()
    hers = register_help_seeker(
        case_key=f"STELLE-{serial}",
        languages=["kmr"],
        home=locate(private=True, postcode="49074"),
        needs=["school"],
        gender_wish="",
        organisation_id=None,
        data_protection=True,
        by=user,
        now=town.now,
    )
    request = make.a_help_request(
        hers, user, slots=[town.next_slot(14)], now=town.now, confidential=Confidential(note="Treppe")
    )
    for draft in ({}, {"changes": request}):
        save_draft(draft_id=uuid7(), values={"note": person.word("entwurf")}, by=user, now=town.now, **draft)
    choose_messages(unwanted=["thanks"], by=user, now=town.now)
    program = api(town, user)
    assert program.get("/api/v1/me").status_code == 200
    town.deliver()
    return Life(
        person,
        Held(user=user),
        lambda: erased_by_herself(User.objects.get(pk=user.pk)),
        browsers=[browser, half_a_sign_in(address), half_a_sign_in(before)],
        programs=[program],
    )


def colleague(town: Town, serial: int) -> Life:
    """A coordinator with a second factor and a way in by the municipality: what she did stays, who she was does not."""
    person = Person("kollegin", serial)
    address = person.address()
    user = invited(
        town, address, role=Role.COORDINATOR, office_id=town.office.pk, organisation_id=None, by=town.adam
    )
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": person.word("passkey"), "credential": {}}
    )
    EmailAddress.objects.get_or_create(user=user, email=address, defaults={"verified": True})
    link_sign_in(provider="stadt", subject=person.word("stadt"), by=user, now=town.now)
    browser = fresh_browser(user)
    for page in ("web:worklist", "web:pilots", "web:my_data", "web:figures"):
        assert browser.get(reverse(page)).status_code == 200, page
    report_barrier(person, address)
    town.deliver()
    return Life(
        person,
        Held(user=user),
        lambda: erased_by_herself(user),
        browsers=[browser, half_a_sign_in(address)],
    )


# --- what several of them do


def a_request(town: Town, person: Person, help_seeker: HelpSeeker, by: User) -> HelpRequest:
    return make.a_help_request(
        help_seeker,
        by,
        slots=[town.next_slot(11)],
        now=town.now,
        confidential=Confidential(
            meeting_point=person.word("treff"),
            contact_on_site=person.word("kontakt"),
            note=person.word("notiz"),
        ),
    )


def invited(town: Town, address: str, **where: Any) -> User:
    """By the link of a real letter."""
    invite(email=address, language="de", now=town.now, **where)
    town.deliver()
    secret = town.found_in_a_letter(address, INVITATION)
    answer = Client().post(reverse("web:invitation", args=[secret]))
    assert answer.status_code == 302, answer.content
    return User.objects.get(email=address)


def api(town: Town, user: User) -> Client:
    """A program that acts for her."""
    scopes = ("read", "requests", "people", "answers")
    issued = issue_api_token(name="Programm", scopes=scopes, days=30, by=user, now=town.now, is_strong=True)
    return Client(headers={"authorization": f"Bearer {issued.secret}", "accept-language": "en"})


def report_barrier(person: Person, address: str) -> None:
    Client().post(
        reverse("web:report_barrier") + "?leitstelle=osnabrueck",
        {"what": person.word("barriere"), "email": address},
    )


def mistakes(person: Person, address: str) -> None:
    """What is typed into addresses and wrong fields, and what the database says of a row that is there already."""
    stranger, secret = Client(raise_request_exception=False), person.word("fehler")
    stranger.get("/gibt/es/nicht/", {"name": secret})
    stranger.get(reverse("web:seek_help"), {"q": secret})
    stranger.post(reverse("account_login"), {"email": secret})
    try:
        with transaction.atomic():
            User.objects.create_user(address, created_at=User.objects.get(email=address).created_at)
    except IntegrityError:
        logging.getLogger("backend").exception("could not be saved")
