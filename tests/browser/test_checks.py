"""Does each check find the fault it is there for, and let a sound page pass?"""

import pytest
from playwright.sync_api import Page

from tests.browser.checks import (
    ask,
    faults_of,
    faults_of_focus,
    faults_of_source,
    faults_when_narrow,
    leftovers,
    violations,
)
from tests.browser.windows import Windows

SOUND = """<!doctype html><html lang="{lang}" dir="{dir}"><head><title>ILOS</title><style>{style}</style></head><body>
<header>ILOS</header><main><h1>ILOS</h1>{body}</main></body></html>"""


@pytest.fixture
def page(windows: Windows):
    with windows.of() as window:
        yield window.page


def show(page: Page, body: str = "", *, style: str = "", lang: str = "de") -> Page:
    """A page that is sound but for what is sown."""
    page.set_content(SOUND.format(body=body, style=style, lang=lang, dir="rtl" if lang == "ar" else "ltr"))
    return page


def test_a_sound_page_passes(page: Page) -> None:
    body = '<p>Ein Satz mit <a href="/">Link</a>.</p><p><button>Anfrage senden</button></p>'
    body += "<p style='display: flex; gap: 4px'><b>10:00</b> Dari</p><p style='display: flex'><b>10:00</b>, Dari</p>"
    show(page, body, style="button { padding: 8px }")
    assert faults_of(page, language="de") == []
    assert faults_when_narrow(page) == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<img src="data:,">', "image-alt"),
        ("<p style='color: #aaa; background: #fff'>blass</p>", "color-contrast"),
        ("<input name=x>", "label"),
        ("<h4>zu tief</h4>", "heading-order"),
    ],
)
def test_axe_finds(page: Page, body: str, rule: str) -> None:
    assert any(f"axe {rule}" in fault for fault in violations(show(page, body)))


@pytest.mark.parametrize(
    ("check", "body", "words"),
    [
        (
            "clipped",
            "<p style='width: 40px; overflow: hidden; white-space: nowrap'>Integrationslotsin</p>",
            "cut off",
        ),
        ("clipped", "<p style='height: 10px; overflow: hidden'>Integrationslotsin</p>", "cut off"),
        ("clipped", "<button style='width: 40px; padding: 0'>Integrationslotsin</button>", "runs over"),
        ("targets", "<button style='width: 20px; height: 30px; padding: 0'>×</button>", "smaller than 24"),
        ("targets", "<button class='btn-big' style='height: 40px'>Ja, ich komme</button>", "smaller than 44"),
        ("targets", "<nav><a href='/' style='font-size: 12px'>Team</a></nav>", "smaller than 24"),
        ("glued", "<p style='display: flex'><b>10:00</b> Dari</p>", "run together"),
        ("glued", "<p style='display: inline-flex'>Dari <b>10:00</b></p>", "run together"),
        ("headings", "<h3>zu tief</h3>", "skips a level"),
        ("headings", "<h1>noch eine</h1>", "2 headings of the first level"),
    ],
)
def test_layout_finds(page: Page, check: str, body: str, words: str) -> None:
    assert words in " ".join(ask(show(page, body), check))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p>الموعد 10.12.2026 10:00</p>", "not set apart"),
        ("<p>المكان 49074 Osnabrück</p>", "not set apart"),
        ("<input type=email name=email>", "runs from right to left"),
    ],
)
def test_right_to_left_finds(page: Page, body: str, words: str) -> None:
    assert words in " ".join(ask(show(page, body, lang="ar"), "direction", "ar"))
    assert "lang is" in " ".join(ask(page, "direction", "de"))


def test_right_to_left_passes_what_is_set_apart(page: Page) -> None:
    body = "<p>الموعد <bdi>10.12.2026</bdi></p><input type=email dir=ltr>"
    assert ask(show(page, body, lang="ar"), "direction", "ar") == []


@pytest.mark.parametrize(
    "body", ["<p style='width: 400px'>breit</p>", "<div style='margin-left: -20px; width: 380px'>links</div>"]
)
def test_narrow_finds(page: Page, body: str) -> None:
    assert "320 px" in " ".join(faults_when_narrow(show(page, body)))


def test_narrow_lets_tables_scroll_for_themselves(page: Page) -> None:
    body = "<div style='overflow-x: auto'><p style='width: 600px'>Tabelle</p></div>"
    assert faults_when_narrow(show(page, body)) == []


@pytest.mark.parametrize(
    ("style", "words"),
    [
        (":focus { outline: none }", "does not show"),
        ("button { position: absolute; left: -900px }", "out of sight"),
        ("div { position: fixed; inset: 0 }", "out of sight"),
        ("button { display: none }", "nothing can be reached"),
    ],
)
def test_focus_finds(page: Page, style: str, words: str) -> None:
    show(page, "<p><button>Senden</button></p><div></div>")
    assert faults_of_focus(page) == []
    assert words in " ".join(
        faults_of_focus(show(page, "<p><button>Senden</button></p><div></div>", style=style))
    )


def test_leftovers() -> None:
    assert leftovers(["Zum Inhalt springen"], "en") == ["not translated: “Zum Inhalt springen”"]
    assert leftovers(["Skip to the content"], "ar") == ["not translated: “Skip to the content”"]
    assert leftovers(["Skip to the content", "Schule am Westerberg"], "en") == []
    assert leftovers(["Zum Inhalt springen"], "de") == []


def test_texts_in_a_language_of_their_own_do_not_count(page: Page) -> None:
    show(page, "<p lang='de'>Zum Inhalt springen</p><p title='Anmelden'>x</p>", lang="en")
    assert "Zum Inhalt springen" not in ask(page, "texts")
    assert "Anmelden" in ask(page, "texts")


@pytest.mark.parametrize(
    "html",
    [
        "<p style='color: red'>",
        "<button onclick='go()'>",
        "<script>go()</script>",
        "<style>p {}</style>",
        "<script src='https://cdn.example/x.js'></script>",
        "<img src='//cdn.example/x.png'>",
        "<a href='javascript:go()'>",
    ],
)
def test_source_finds(html: str) -> None:
    assert faults_of_source(html)


def test_source_passes_our_own() -> None:
    assert (
        faults_of_source('<script src="/static/x.js" defer></script><a href="https://www.geonames.org/">')
        == []
    )


def test_a_window_hears_what_the_policy_refuses(windows: Windows) -> None:
    with windows.of() as window:
        window.goto("/")
        window.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
        window.page.evaluate(
            "document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/x'}))"
        )
        window.page.wait_for_timeout(200)
        assert any("style" in complaint for complaint in window.complaints)
        assert window.foreign() == ["https://elsewhere.example/x"]
