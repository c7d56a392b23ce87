"""An office's colour, logo and languages: checked, served with long life, seen on its own pages alone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backend.accounts.face.colours import DAY, LEAST_CONTRAST, NIGHT, contrast, nearest_readable, shades_of
from backend.accounts.face.png import LARGEST_BYTES, SIGNATURE, checked_png
from backend.accounts.models import Office, OfficeLogo
from backend.errors import RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from tests import factories as make
from tests.asserting import recorded
from tests.web.pngs import a_png, chunk
from tests.web.reading import Page, text_of

LOOK, LOGO, LANGUAGES = (
    reverse("web:settings_look"),
    reverse("web:change_logo"),
    reverse("web:settings_languages"),
)
LEGAL = reverse("web:settings_legal")


@pytest.fixture
def browser(cast, browser_of):
    return browser_of(make.an_admin("adam", cast.osnabrueck))


@pytest.mark.parametrize(
    "colour", ["#ffffff", "#ffff00", "#808080", "#000000", "#0b5563", "#ff0000", "#123abc"]
)
def test_every_colour_has_shades_that_can_be_read(colour):
    day = nearest_readable(colour)
    assert contrast(day, DAY) >= LEAST_CONTRAST
    assert contrast(shades_of(day).dark, NIGHT) >= LEAST_CONTRAST
    assert nearest_readable(day) == day


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_a_colour_colours_the_offices_own_pages(cast, browser, browser_of):
    assert browser.post(LOOK, {"colour": "7A2E5D"}).status_code == 302
    office = Office.objects.get(pk=cast.osnabrueck.pk)
    assert office.colour == "#7a2e5d"
    page = browser.get(LOOK)
    (sheet,) = [a["href"] for a in Page(page).all("link") if "farben" in str(a.get("href"))]
    assert "Cookie" not in browser.get(sheet).headers.get("Vary", "")  # one for everybody
    answer = Client().get(sheet)
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"].endswith("immutable")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "light-dark(#7a2e5d," in answer.content.decode()
    assert Client().get(sheet.replace(".css", "0.css")).status_code == 404
    assert "farben" not in browser_of(cast.frauke).get("/leitstelle/").content.decode()


def test_a_public_page_looks_like_the_office_it_names(cast, browser, settings):
    settings.ALLOWED_HOSTS = ["lotsen.stadt.example", "testserver"]
    browser.post(LOOK, {"colour": "#7a2e5d", "host": "lotsen.stadt.example"})
    assert "farben" not in Client().get("/").content.decode()  # two offices, none named
    named = Client().get("/", {"leitstelle": "osnabrueck"})
    assert "farben" in named.content.decode() and "Osnabrueck" in text_of(named)
    assert "Osnabrueck" not in text_of(Client().get("/", {"leitstelle": "nowhere"}))


def test_a_domain_leads_to_its_office(cast, browser, settings):
    settings.ALLOWED_HOSTS = ["lotsen.stadt.example", "taken.example", "testserver"]
    browser.post(LOOK, {"colour": "", "host": "Lotsen.Stadt.example"})
    assert "Osnabrueck" in text_of(Client().get("/", headers={"host": "lotsen.stadt.example"}))
    other = Office.objects.get(slug="friesland")
    other.host = "taken.example"
    other.save()
    answer = browser.post(LOOK, {"colour": "", "host": "taken.example"})
    assert answer.status_code == 422
    assert "taken.example" in answer.content.decode()


@pytest.mark.parametrize(
    ("host", "allowed", "says"),
    [
        ("testserver", "testserver", "gehört allen Leitstellen gemeinsam"),
        ("TestServer", "*", "gehört allen Leitstellen gemeinsam"),
        ("nowhere.example", "lotsen.stadt.example", "führt noch nicht hierher"),
        ("stadt.example.org", ".stadt.example", "führt noch nicht hierher"),
        ("lotsen.stadt.example", ".stadt.example", ""),
        ("nowhere.example", "*", ""),
    ],
)
def test_no_office_takes_what_all_share_or_what_leads_elsewhere(cast, browser, settings, host, allowed, says):
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://testserver:8000", [allowed, "testserver"]
    answer = browser.post(LOOK, {"colour": "", "host": host})
    assert answer.status_code == (422 if says else 302)
    assert says in answer.content.decode()
    assert Office.objects.get(pk=cast.osnabrueck.pk).host == ("" if says else host)
    if says:
        assert host in [field.get("value") for field in Page(answer).all("input")]


def test_what_all_share_stays_shared_even_where_an_office_had_it_before_there_were_two(cast, settings):
    settings.BASE_URL = "https://testserver"
    Office.objects.filter(slug="friesland").update(host="testserver")
    assert "Friesland" not in text_of(Client().get("/"))


@pytest.mark.parametrize(("colour", "says"), [("#ffff00", "Die nächste Farbe"), ("blau", "sechs Ziffern")])
def test_a_colour_that_does_not_work_is_refused_with_a_word(cast, browser, colour, says):
    answer = browser.post(LOOK, {"colour": colour})
    assert answer.status_code == 422
    assert Page(answer).faults() == []
    assert says in answer.content.decode()
    assert colour in [field.get("value") for field in Page(answer).all("input")]


def test_a_logo_is_put_up_and_taken_down(cast, browser):
    hidden = chunk(b"tEXt", b"Comment\0secret")
    upload = SimpleUploadedFile("x.exe", a_png(hidden), content_type="text/html")
    browser.post(LOGO, {"logo": upload, "text": "Wappen"})
    logo = OfficeLogo.objects.get(office=cast.osnabrueck)
    assert (logo.width, logo.height, logo.text) == (3, 2, "Wappen")
    page = Page(browser.get(LOOK))
    assert page.faults() == []
    source = next(str(image["src"]) for image in page.all("img"))
    assert "Cookie" not in browser.get(source).headers.get("Vary", "")
    answer = Client().get(source)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"secret" not in answer.content
    assert checked_png(answer.content).content == answer.content
    browser.post(LOGO, {"remove": "1"})
    assert Client().get(source).status_code == 404
    changes = Event.objects.filter(kind=EventKind.OFFICE_CHANGED, subject_id=cast.osnabrueck.pk)
    assert [change.facts for change in changes] == [{"fields": ["logo"]}] * 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "logo_no_png"),
        (b"\xff\xd8\xff\xe0JFIF", "logo_no_png"),
        (SIGNATURE, "logo_broken"),
        (a_png()[:-6], "logo_broken"),
        (a_png().replace(b"IDAT", b"IDAX"), "logo_broken"),
        (a_png(width=9000), "logo_sides"),
        (a_png() + bytes(LARGEST_BYTES), "logo_too_large"),
    ],
)
def test_what_is_no_logo_is_refused(data, code):
    with pytest.raises(RuleViolated) as refused:
        checked_png(data)
    assert refused.value.code == code


def test_a_wrong_logo_comes_back_with_a_word(cast, browser):
    answer = browser.post(LOGO, {"logo": SimpleUploadedFile("x.svg", b"<svg/>"), "text": "Wappen"})
    assert answer.status_code == 422
    assert Page(answer).faults() == []
    assert "PNG" in answer.content.decode()


def test_a_language_is_offered_only_after_a_review(cast, browser):
    start = {"leitstelle": "osnabrueck"}

    def offered() -> set[str]:
        return {
            str(b.get("value"))
            for b in Page(Client().get("/", start)).all("button")
            if b.get("name") == "language"
        }

    turkish = Client(headers={"accept-language": "tr"})
    assert offered() == {"de", "en", "ar", "uk"}
    assert turkish.get("/", start).headers["Content-Language"] == "de"
    browser.post(LANGUAGES, {"language": "tr", "on": "on"})
    assert offered() == {"de", "en", "ar", "uk", "tr"}
    assert turkish.get("/", start).headers["Content-Language"] == "tr"
    assert recorded(EventKind.OFFICE_LANGUAGE_REVIEWED, cast.osnabrueck).facts == {
        "language": "tr",
        "on": True,
    }
    page = Page(browser.get(LANGUAGES))
    assert page.faults() == []
    assert "Geprüft von adam@adam.example am 02.11.2026" in page.text
    browser.post(LANGUAGES, {"language": "tr"})
    assert offered() == {"de", "en", "ar", "uk"}


def test_languages_that_are_always_there_cannot_be_switched_off(cast, browser):
    answer = browser.post(LANGUAGES, {"language": "ar"}, follow=True)
    assert "nicht ein- oder ausschalten" in text_of(answer)


def test_legal_pages_are_filled_in(cast, browser):
    values = {
        "carrier": "Stadt Osnabrück", "street": "Bierstraße 1", "postcode": "49074", "place": "Osnabrück",
        "accessibility_status": "partial", "accessibility_gaps": "Die Karte.\nDie Tabelle.",
        "accessibility_date": "01.11.2026", "enforcement_body": "Schlichtungsstelle",
    }  # fmt: skip
    assert browser.post(LEGAL, values).status_code == 302
    named = {"leitstelle": "osnabrueck"}
    assert "Stadt Osnabrück" in text_of(Client().get(reverse("web:imprint"), named))
    declaration = Page(Client().get(reverse("web:accessibility"), named))
    assert {"Die Karte.", "Schlichtungsstelle"} <= {word.strip() for word in declaration.words}
    assert "01.11.2026" in declaration.text
    wrong = browser.post(LEGAL, {**values, "postcode": "123"})
    assert wrong.status_code == 422
    assert Page(wrong).faults() == []
    assert "Bierstraße 1" in [field.get("value") for field in Page(wrong).all("input")]


@pytest.mark.parametrize(
    "name", ["look", "languages", "legal", "texts", "people", "weights", "waves", "presets"]
)
def test_only_administrators_of_the_office_get_in(cast, browser_of, browser, name):
    address = reverse(f"web:settings_{name}")
    page = Page(browser.get(address))
    assert page.faults() == []
    assert browser_of(cast.kaya).get(address).status_code == 403
    assert browser.get(address, {"leitstelle": "friesland"}).status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        a_png(rows=bytes(5_000_000)),  # 5 kB that would be 5 MB
        a_png(rows=b""),
        a_png(rows=b"\0" * 19),
        a_png(rows=b"\x05" + bytes(9) + b"\0" + bytes(9)),
        a_png(depth=3),
        a_png(colour_type=3),
        a_png(colour_type=7),
        a_png(interlace=2),
    ],
    ids=["bomb", "no rows", "a byte short", "filter", "depth", "no palette", "colour type", "interlace"],
)
def test_a_picture_that_swells_is_refused(data):
    """What its head promises is unpacked, and not a byte more."""
    with pytest.raises(RuleViolated, match="logo_broken"):
        checked_png(data)


def test_every_kind_of_picture_is_packed_anew():
    kinds = [(1, 0), (8, 0), (16, 2), (8, 4), (16, 6)]
    for depth, colour_type in kinds:
        rows = (b"\0" + bytes(-(-3 * {0: 1, 2: 3, 4: 2, 6: 4}[colour_type] * depth // 8))) * 2
        picture = checked_png(a_png(depth=depth, colour_type=colour_type, rows=rows))
        assert (picture.width, picture.height) == (3, 2)
    # Adam7 of 3 × 2: passes 1, 4, 6 and 7 hold pixels: 1 × 1, 1 × 1, 1 × 1 and 3 × 1.
    rows = b"".join(b"\0" + bytes(3 * columns) for columns in (1, 1, 1, 3))
    assert checked_png(a_png(interlace=1, rows=rows)).width == 3
