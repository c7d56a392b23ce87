"""The life of a pilot: registered, active, asked, commissioned, reported; told by mail, SMS, push and calendar."""

import json
import re
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from backend.accounts.models import User
from backend.dispatch.commands.assignments import confirm_assignment, report_activity
from backend.dispatch.commands.help_requests import suggest_pilots
from backend.dispatch.commands.offers import accept_offer, make_offers
from backend.dispatch.models import Assignment, HelpRequest, Override, ReportSettlement
from backend.people.commands.availability import set_availability
from backend.people.commands.own_data import change_own_person
from backend.people.commands.pilots import (
    activate_pilot,
    change_profile,
    record_background_check,
    record_qualification,
)
from backend.people.commands.vetoes import add_veto
from backend.people.models import HelpSeeker, Pilot
from backend.people.profile import PersonalData, Skill
from backend.privacy.commands.withdrawing import give_consent
from backend.privacy.holdings import Person as Held
from notifications.commands import renew_calendar_feed, start_push
from notifications.texting.commands import name_sms_number, prove_sms_number
from tests import factories as make
from tests.drill.life import Life, erased_by_the_office, half_a_sign_in
from tests.drill.lives import api
from tests.drill.marks import Person
from tests.drill.town import Town
from tests.notifications.push_server import Browser
from tests.web.account_browser import fresh_browser

SMS_CODE = re.compile(r"\b(\d{6})\b")
OFFER = re.compile(r"(/angebot/[^/\s]+/)")


def volunteer(town: Town, serial: int) -> Life:
    """From the public form to a session that was held; she calls the office to be erased."""
    person = Person("lotsin", serial)
    pilot, browser = registered(town, person)
    user = pilot.user
    made_active(town, person, pilot)
    told_everywhere(town, person, user)
    feed = renew_calendar_feed(by=user, now=town.now)
    program = api(town, user)
    away = {"start_date": "2031-12-20", "end_date": "2032-01-03"}
    answer = program.post(
        "/api/v1/absences",
        json.dumps(away),
        content_type="application/json",
        headers={"Idempotency-Key": f"away-{serial}"},
    )
    assert answer.status_code == 201, answer.content
    held, offer = asked_and_commissioned(town, person, pilot)
    town.clock.pass_by(days=9)
    reported(town, person, held)
    office = fresh_browser(town.kaya)
    for page in ("pilot", "contact", "pilot_rights", "pilot_activity"):
        assert office.get(reverse(f"web:{page}", args=[pilot.pk])).status_code == 200, page
    assert fresh_browser(user).get(reverse("web:my_export_file")).status_code == 200
    town.deliver()
    return Life(
        person,
        Held(user=user),
        lambda: erased_by_the_office(town.at_the_office, "web:pilot_erase", pilot.pk),
        browsers=[town.sign_in(user.email), browser, half_a_sign_in(user.email)],
        programs=[program],
        secrets=[reverse("web:calendar_feed", args=[feed]), offer],
    )


def registered(town: Town, person: Person) -> tuple[Pilot, Client]:
    """By the public form, with one mistake first, and signed in by the code of a letter."""
    form = {
        "name": person.word("name"),
        "email": person.address(),
        "postcode": "00000",
        "place": "Osnabrück",
        "data_protection": "on",
    }
    public = Client()
    assert public.post(reverse("web:become_pilot"), form).status_code == 422
    assert public.post(reverse("web:become_pilot"), {**form, "postcode": "49074"}).status_code == 302
    town.deliver()
    browser = town.sign_in(form["email"])
    return Pilot.objects.select_related("user", "identity").get(user__email=form["email"]), browser


def made_active(town: Town, person: Person, pilot: Pilot) -> None:
    """Her profile, and what the office notes of her."""
    who = PersonalData(name=person.word("neuername"), phone=person.landline(), street=person.word("weg"))
    change_own_person(person=who, by=pilot.user, now=town.now)
    change_profile(
        pilot_id=pilot.pk,
        wished={"german_level": 5, "reach_km": 30, "gender": "f", "topics_refused": ["conflict"]},
        skills=[Skill("kmr", 6, 6)],
        by=pilot.user,
        now=town.now,
    )
    set_availability(pilot_id=pilot.pk, week=make.ALL_WEEK, by=pilot.user, now=town.now)
    add_veto(pilot_id=pilot.pk, postcode="33602", by=pilot.user, now=town.now)
    day = (town.now - timedelta(days=30)).date()
    record_qualification(
        pilot_id=pilot.pk, kind="basic_course", hours=50, issuer=person.word("vhs"), issued_date=day,
        by=town.kaya, now=town.now,
    )  # fmt: skip
    record_background_check(
        pilot_id=pilot.pk, inspected_date=day, stands_in_the_way=False, by=town.kaya, now=town.now
    )
    pilot.refresh_from_db()
    pilot.identity.note = person.word("vermerk")
    pilot.identity.save()
    give_consent(kind="confidentiality", by=pilot.user, now=town.now)
    activate_pilot(pilot_id=pilot.pk, pledge_seen=True, by=town.kaya, now=town.now)
    pilot.refresh_from_db()


def told_everywhere(town: Town, person: Person, user: User) -> None:
    """A proven number, and a browser that shows messages by itself."""
    name_sms_number(number=person.mobile(), by=user, now=town.now)
    town.deliver()
    code = SMS_CODE.search(town.sms.texts[-1])
    assert code and prove_sms_number(code=code[1], by=user, now=town.now)
    keys, device = Browser(), f"zzkanari-geraet-{person.serial}"
    person.words.append(device)
    start_push(
        endpoint=town.push.endpoint(device),
        p256dh=keys.p256dh,
        auth=keys.auth,
        device="Firefox, Android",
        by=user,
        now=town.now,
    )


def asked_and_commissioned(town: Town, person: Person, pilot: Pilot) -> tuple[Assignment, str]:
    """One request that she takes, one that she leaves unanswered, one that she refuses by SMS."""
    held = asked(town, f"GEHALTEN-{person.serial}", days=8)
    offer = make.offers_to(held, [pilot], town.kaya, now=town.now)[0]
    Override.objects.create(
        offer=offer, codes=["veto"], note=person.word("trotzdem"), made_by=town.kaya, made_at=town.now
    )
    town.deliver()
    link = town.found_in_a_letter(pilot.user.email, OFFER)
    assert Client().get(link).status_code == 200
    accept_offer(offer_id=offer.pk, slot_id=offer.slots.get().pk, by=pilot.user, now=town.now)
    assignment = confirm_assignment(help_request_id=held.pk, offer_id=offer.pk, by=town.kaya, now=town.now)
    town.deliver()
    refused = asked(town, f"ABGELEHNT-{person.serial}", days=20)
    make_offers(help_request_id=refused.pk, pilot_ids=[pilot.pk], by=town.kaya, now=town.now)
    town.deliver()
    answer = Client().post(
        "/sms/hook/",
        {"from": person.numbers[-1], "text": "2", "id": f"in-{person.serial}"},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    town.deliver()
    return assignment, link


def asked(town: Town, case_key: str, *, days: int) -> HelpRequest:
    """Of the school, for somebody who stays; ranked by the office."""
    client: HelpSeeker = make.a_help_seeker(town.rita, case_key=case_key, now=town.now)
    request = make.a_help_request(client, town.rita, slots=[town.next_slot(days)], now=town.now)
    suggest_pilots(help_request_id=request.pk, by=town.kaya, now=town.now)
    return request


def reported(town: Town, person: Person, assignment: Assignment) -> None:
    """By her; and the office writes down why it counts."""
    report = report_activity(
        assignment_id=assignment.pk,
        done=True,
        not_done_reason="",
        minutes=60,
        km=3,
        by=assignment.pilot.user,
        now=town.now,
    )
    ReportSettlement.objects.create(
        assignment=assignment,
        report=report,
        note=person.word("klaerung"),
        settled_by=town.kaya,
        settled_at=town.now,
    )


def short_life(town: Town, serial: int) -> Life:
    """Somebody who has only just registered, and has had a code sent elsewhere."""
    person = Person("neue", serial)
    pilot, browser = registered(town, person)
    name_sms_number(number=person.mobile(), by=pilot.user, now=town.now)
    return Life(
        person,
        Held(user=pilot.user),
        lambda: erased_by_the_office(town.at_the_office, "web:pilot_erase", pilot.pk),
        browsers=[browser, half_a_sign_in(pilot.user.email)],
    )
