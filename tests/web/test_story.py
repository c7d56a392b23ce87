"""One request from the school's form to the report, each role in a browser of its own, without JavaScript."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from backend.dispatch.models import Assignment, HelpRequest, Offer
from tests.factories import NOW, at
from tests.web.asking import ask
from tests.web.reading import text_of

REQUEST = {
    "case_key": "SCH-8",
    "consent": "on",
    "language": "kmr",
    "required_level": "3",
    "topic": "school",
    "service_kind": "interpret",
    "setting": "on_site",
    "address": "49074 Osnabrück",
    "day_1": "2026-11-10",
    "start_1": "10:00",
    "minutes_1": "60",
    "minutes_2": "60",
    "minutes_3": "60",
    "meeting_point": "Haupteingang",
    "contact_on_site": "Frau Beispiel",
}


def test_from_the_form_to_the_report(cast, browser_of, clock):
    school, office = browser_of(cast.rita), browser_of(cast.kaya)
    pilots = [cast.ana, cast.ben]

    filed = ask(school, REQUEST)
    help_request = HelpRequest.objects.get()
    assert filed.redirect_chain == [(reverse("web:request", args=[help_request.pk]), 302)]
    assert help_request.help_seeker.case_key == "SCH-8"
    assert [slot.starts_at for slot in help_request.slots.all()] == [at(10, 10)]

    assert help_request.reference in text_of(office.get(reverse("web:worklist")))
    page = reverse("web:office_request", args=[help_request.pk])
    office.post(reverse("web:suggest", args=[help_request.pk]))
    suggested = text_of(office.get(page))
    assert "Ana" in suggested
    assert "Ben" in suggested
    office.post(reverse("web:ask", args=[help_request.pk]), {"pilot": [str(p.pk) for p in pilots]})
    assert Offer.objects.filter(status="PENDING").count() == 2

    for offer in Offer.objects.all():
        secret = offer.new_link(at=NOW)
        by_link = Client().post(reverse("web:offer_by_link", args=[secret]), {"answer": "yes"}, follow=True)
        assert by_link.status_code == 200
    assert Offer.objects.filter(status="ACCEPTED").count() == 2

    first = Offer.objects.get(pilot=cast.ana)
    office.post(reverse("web:confirm", args=[help_request.pk, first.pk]))
    assignment = Assignment.objects.get()
    assert (assignment.pilot, assignment.status) == (cast.ana, "CONFIRMED")

    ana = browser_of(cast.ana.user)
    details = reverse("web:assignment", args=[assignment.pk])
    assert "Haupteingang" in text_of(ana.get(details))
    assert "0541 12345" in text_of(school.get(details))

    clock.now = at(10, 11) + timedelta(minutes=5)
    ana.post(reverse("web:report", args=[assignment.pk]), {"done": "yes", "minutes": "55"})
    assert Assignment.objects.get().status == "COMPLETED"
    assert HelpRequest.objects.get().status == "FULFILLED"
