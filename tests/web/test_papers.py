"""The papers of the commission record: what stands on them, who gets them, and what the access log knows."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from pypdf import PdfReader

from backend.dispatch.commands.assignments import cancel_assignment, report_activity
from backend.dispatch.models import Assignment, Commission
from backend.journal.models import AccessLog
from backend.privacy.commands import erase_account
from backend.reporting import papers, pdf
from backend.reporting.pdf import FetchesNothing
from tests import factories as make
from tests.factories import at
from tests.web.account_browser import fresh_browser
from tests.web.reading import Page, text_of

LIST = reverse("web:commissions")


@pytest.fixture
def assignment(cast) -> Assignment:
    return make.an_assignment(
        make.a_help_request(cast.samir, cast.rita, street="Markt 1"), cast.ana, cast.kaya
    )


@pytest.fixture
def said(monkeypatch) -> list[dict]:
    """What is handed to the layout, which is not done: that takes long, and two tests do it."""
    contexts: list[dict] = []
    monkeypatch.setattr(papers, "pdf", lambda template, context: contexts.append(context) or b"%PDF-")
    return contexts


def read(answer) -> PdfReader:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    return PdfReader(BytesIO(answer.content))


def commission_of(assignment: Assignment) -> str:
    return reverse("web:commission_pdf", args=[assignment.pk])


def test_the_commission_for_the_insurer(cast, assignment, browser_of):
    before = AccessLog.objects.count()
    paper = read(browser_of(cast.kaya).get(commission_of(assignment)))
    text = " ".join(paper.pages[0].extract_text().split())
    entry = Commission.objects.get()
    for words in (
        "Beauftragung Nr. 1", "Ana", "Dienstag, 10. November 2026, 10:00–11:00", "Markt 1, 49074",
        "Montag, 2. November 2026", "8 Tage vor Beginn", "kaya@kaya.example", "§ 2 Abs. 1 Nr. 10 SGB VII",
        entry.digest[:40], assignment.help_request.reference, "stimmt mit dem bei der Beauftragung",
    ):  # fmt: skip
        assert words in text, words
    for secret in ("SCH-7", "Kurmandschi", "Schule am", "Haupteingang", "Frau Beispiel"):
        assert secret not in text
    root = paper.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], len(paper.pages)) == ("de", True, 1)
    assert "/StructTreeRoot" in root
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    fonts = {str(font["/BaseFont"]).partition("+")[2] for font in _fonts(paper)}
    assert any(name.startswith("Fira") for name in fonts), fonts
    log = AccessLog.objects.order_by("pk").last()
    assert (AccessLog.objects.count(), log.reason, log.subject_id) == (before + 1, "insurance", cast.ana.pk)


def _fonts(paper: PdfReader) -> list:
    return [font.get_object() for font in paper.pages[0]["/Resources"]["/Font"].values()]


def test_a_paper_fetches_nothing(monkeypatch):
    for address in (
        "https://example.org/x.css",
        "file:///etc/passwd",
        "ilos-font:../../settings",
        "ilos-font:",
    ):
        with pytest.raises(FetchesNothing):
            pdf._fetch(address)


def test_the_pilot_gets_her_own_and_her_proof(cast, assignment, browser_of, said, clock):
    ana = browser_of(cast.ana.user)
    page = text_of(ana.get(reverse("web:assignment", args=[assignment.pk])))
    assert "Beauftragung als Papier" in page
    before = AccessLog.objects.count()
    read_by_her = ana.get(commission_of(assignment))
    assert read_by_her.status_code == 200
    assert AccessLog.objects.count() == before  # it is her own name
    report_activity(
        assignment_id=assignment.pk, done=True, minutes=75, km=4, not_done_reason="", by=cast.ana.user, now=at(10, 12)
    )  # fmt: skip
    clock.now = at(13, 9)
    assert "Nachweis meiner Einsätze" in text_of(ana.get(reverse("web:my_assignments")))
    ana.get(commission_of(assignment))
    assert said[-1]["where"] == "Osnabrück"  # a day after the session the street is not hers any more
    ana.get(reverse("web:my_activity"), {"zeitraum": "2026"})
    proof = said[-1]
    assert (proof["name"], proof["count"], proof["period"]) == ("Ana", "1 Einsatz", "2026")
    assert proof["rows"][0]["minutes"] == "75 Minuten" and proof["rows"][0]["km"] == 4
    ana.get(reverse("web:my_activity"), {"zeitraum": "2025"})
    assert said[-1]["rows"] == []
    assert ana.get(reverse("web:my_activity"), {"zeitraum": "nichts"}).status_code == 200
    kaya = browser_of(cast.kaya)
    assert kaya.get(reverse("web:pilot_activity", args=[cast.ana.pk])).status_code == 200
    assert said[-1]["total"] == "75 Minuten"


def test_who_gets_none(cast, assignment, browser_of, said):
    for user in (cast.rita, cast.frauke, cast.ben.user):
        assert browser_of(user).get(commission_of(assignment)).status_code == 404
    for name in ("commissions", "commissions_pdf", "commissions_xlsx"):
        assert browser_of(cast.rita).get(reverse(f"web:{name}")).status_code == 403
        address = reverse(f"web:{name}") + "?leitstelle=osnabrueck"
        assert browser_of(cast.frauke).get(address).status_code == 404
    proof = reverse("web:pilot_activity", args=[cast.ana.pk])
    assert browser_of(cast.frauke).get(proof).status_code == 404
    assert browser_of(cast.ana.user).get(proof).status_code == 403
    assert not said


def test_the_list_of_the_office(cast, assignment, browser_of, said):
    kaya = browser_of(cast.kaya)
    answer = kaya.get(LIST, {"zeitraum": "2026-q4", "pruefen": "1"})
    assert Page(answer).faults() == []
    text = text_of(answer)
    assert "Geprüft" in text and cast.ana.display_code in text and "Ana" not in text
    assert str(answer.context["anchor"]) in text
    assert not text_of(kaya.get(LIST, {"zeitraum": "2026-q3"})).count(cast.ana.display_code)
    query = "?zeitraum=2026-q4"
    kaya.get(reverse("web:commissions_pdf") + query)
    (row,) = said[-1]["rows"]
    assert (row[0], row[2], row[-1]) == ("1", "Ana", "beauftragt")
    assert said[-1]["anchor"].endswith(Commission.objects.get().digest)
    sheet = kaya.get(reverse("web:commissions_xlsx") + query)
    words = ZipFile(BytesIO(sheet.content)).read("xl/worksheets/sheet2.xml").decode()
    assert ">Ana<" in words
    assert AccessLog.objects.filter(reason="insurance").count() == 2


@pytest.mark.parametrize("name", ["commissions_pdf", "commissions_xlsx"])
def test_all_names_at_once_want_a_proof_of_the_last_hours(cast, assignment, said, name):
    before = AccessLog.objects.count()
    answer = fresh_browser(cast.kaya, ago=3 * 3600).get(reverse(f"web:{name}"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(
        (reverse("account_reauthenticate"), reverse("mfa_reauthenticate"))
    )
    assert (said, AccessLog.objects.count()) == ([], before)


def test_a_record_that_does_not_hold_is_said_loudly(cast, assignment, browser_of, monkeypatch):
    monkeypatch.setattr(Commission, "right_digest", "0" * 64)
    assert "gilt ab Eintrag 1 nicht mehr" in text_of(browser_of(cast.kaya).get(LIST, {"pruefen": "1"}))


def test_after_an_end_and_after_erasing(cast, assignment, browser_of, said):
    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=make.NOW)
    kaya = browser_of(cast.kaya)
    kaya.get(commission_of(assignment))
    assert said[-1]["state"] == "aufgehoben"
    assert [one["number"] for one in said[-1]["story"]] == ["1", "2"]
    erase_account(by=cast.ana.user, now=make.NOW)
    kaya.get(commission_of(assignment))
    assert said[-1]["name"] == said[-1]["code"]  # nobody knows any more
    assert said[-1]["named"] is None


def test_every_template_lays_out(cast, assignment, browser_of):
    kaya = browser_of(cast.kaya)
    listed = read(kaya.get(reverse("web:commissions_pdf") + "?zeitraum=2026"))
    assert "Verzeichnis der Beauftragungen" in listed.pages[0].extract_text()
    proof = read(kaya.get(reverse("web:pilot_activity", args=[cast.ana.pk])))
    assert "Einsatznachweis" in proof.pages[0].extract_text()
