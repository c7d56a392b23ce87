"""The whole story of bin/run in the browser: real pages, real worker, real messages.

A volunteer registers and goes through her steps, the office activates her; a school asks for a pilot for somebody it
accompanies; the office looks at the ranking and asks; the volunteer accepts from her mail; the office confirms; both
sides hear of it.
"""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from backend.demo.second_step import current_code as second_step_code
from tests.browser import letters
from tests.browser.hand import Hand
from tests.browser.product import Product
from tests.browser.town import COORDINATOR, REQUESTER
from tests.browser.ways import ask_for_a_pilot
from tests.browser.windows import Window, Windows
from tests.browser.words import de

VOLUNTEER = "rosa@story.example"
CODE_PAGE, SECOND_STEP = "/konto/anmelden/bestaetigen/", "/konto/2fa/authenticate/"
A_CODE = 30  # seconds


def test_from_the_registration_to_the_delivered_messages(windows: Windows, town: Product) -> None:
    with windows.of(width=390) as window:
        register_volunteer(window)
        sign_in(window, VOLUNTEER)
        fill_in_the_profile(window)
    with windows.of() as office, windows.of("requester") as school:
        sign_in(office, COORDINATOR)
        activate(office)
        reference = ask_for_a_pilot(school, "SCH-STORY")
        ask(office, reference)
        accept_from_the_mail(windows, town)
        confirm_her(office, reference)
        for who in (VOLUNTEER, REQUESTER):
            letters.wait_for(town.mailbox, who, ".ics")
        assert office.complaints + school.complaints == []


def register_volunteer(window: Window) -> None:
    window.goto("/lotse-werden/")
    hand = Hand(window.page)
    hand.fill(de("First and last name"), "Rosa Beispiel")
    hand.fill(de("E-mail address"), VOLUNTEER)
    hand.fill(de("Postcode"), "49074")
    window.page.get_by_role("checkbox").last.check()
    hand.button(de("Register now"))
    letters.wait_for(window.town.mailbox, VOLUNTEER, "")


def sign_in(window: Window, email: str) -> None:
    """By the code that comes in a message."""
    window.goto("/konto/anmelden/")
    hand = Hand(window.page)
    known = len(list(window.town.mailbox.glob("*.eml")))
    hand.fill(de("E-mail address"), email)
    hand.button(de("Send me a code"))
    field = window.page.get_by_label(de("Code")).first
    field.wait_for()
    text = letters.newer(window.town.mailbox, email, than=known)
    found = letters.CODE.search(text)
    assert found, text
    field.fill(found[0])
    window.page.get_by_role("button", name=de("Sign in"), exact=True).first.click()
    window.page.wait_for_url(lambda url: CODE_PAGE not in url)
    if SECOND_STEP in window.page.url:  # of the staff's: an app's code, which the demo's mailbox shows
        enter_the_second_step(window.page)
    window.page.get_by_role("button", name=de("Sign out")).first.wait_for(state="attached")


def enter_the_second_step(page: Page) -> None:
    """A code is good once: where somebody of this town has just used it, the next one is waited for."""
    for _attempt in range(2):
        page.get_by_label(de("Code")).first.fill(second_step_code())
        with page.expect_navigation():
            page.get_by_role("button", name=de("Sign in"), exact=True).first.click()
        if not page.get_by_text(de("This code does not fit. Please look again.")).count():
            return
        time.sleep(A_CODE - time.time() % A_CODE + 1)


def fill_in_the_profile(window: Window) -> None:
    """The five short steps."""
    window.goto("/mein-profil/")
    page, hand = window.page, Hand(window.page)
    hand.link(de("Start", "steps"))
    hand.choose(
        de("How well do you speak German?"), page.locator("#id_german_level option").nth(-2).inner_text()
    )
    page.locator("[name=language_1]").fill("Kurmandschi") if page.locator(
        "input[name=language_1]"
    ).count() else (page.locator("[name=language_1]").select_option("kmr"))
    for name in ("speaks_1", "understands_1"):
        page.locator(f"[name={name}]").select_option("6")
    hand.button(de("Save and go on"))
    hand.fill(de("How far would you come, in km?"), "20")
    hand.button(de("Save and go on"))
    for box in page.get_by_role("checkbox").all():
        box.check()
    hand.button(de("Save and go on"))
    hand.button(de("Save and go on"))
    hand.fill(de("Phone"), "0541 12345")
    page.get_by_role("checkbox").last.check()
    page.get_by_role("button", name=de("Save and go on")).or_(
        page.get_by_role("button", name=de("Save"))
    ).first.click()
    expect(page.get_by_role("heading", name=de("That is all. Thank you!"))).to_be_visible()


def activate(office: Window) -> None:
    """Course and background check are noted, then she is active."""
    office.goto("/leitstelle/lotsen/")
    page, hand = office.page, Hand(office.page)
    search = page.get_by_label("Name, Kürzel oder Ort")
    search.fill("Rosa Beispiel")
    search.press("Enter")
    hand.press(page.get_by_role("link", name="Rosa Beispiel").first)
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    page.get_by_text(de("Note a course or a talk")).click()
    course = page.locator("form[action*=qualifizierung]")
    course.locator("[name=kind]").select_option("basic_course")
    course.locator("[name=hours]").fill("50")
    hand.write_day(course.locator("[name^=issued_date]"), today - timedelta(days=30))
    hand.button(de("Save"), within=course)
    page.get_by_text(de("Note an inspection")).click()
    check = page.locator("form[action*=fuehrungszeugnis]")
    hand.write_day(check.locator("[name^=inspected_date]"), today)
    hand.button(de("Save"), within=check)
    hand.button(de("Activate"))
    page.get_by_role("button", name=de("Activate")).wait_for(state="detached")


def accept_from_the_mail(windows: Windows, town: Product) -> None:
    """Without signing in, behind the link."""
    (text, *_) = letters.wait_for(town.mailbox, VOLUNTEER, "/angebot/")
    link = next(found for found in letters.LINK.findall(text) if "/angebot/" in found)
    with windows.of(width=390) as phone:
        phone.goto(link.removeprefix(town.url))
        Hand(phone.page).button(de("Yes, I can"))
        expect(phone.page.get_by_role("heading", level=1, name=de("Thank you for your yes"))).to_be_visible()


def ask(office: Window, reference: str) -> None:
    """She finds the request on her list, looks at the ranking and asks; Rosa shall be among those asked."""
    open_request(office, reference)
    page, hand = office.page, Hand(office.page)
    hand.button(de("Suggest pilots"))
    rosa = page.get_by_role("checkbox", name="Rosa Beispiel")
    if rosa.count() and not rosa.first.is_checked():
        rosa.first.check()
    hand.button(de("Ask those ticked"))
    page.get_by_role("heading", name=de("Who was asked")).wait_for()


def confirm_her(office: Window, reference: str) -> None:
    open_request(office, reference)
    hand = Hand(office.page)
    hand.press(office.page.get_by_role("link", name="Rosa Beispiel bestätigen").first)
    expect(office.page.get_by_role("heading", name=de("What is sent to whom"))).to_be_visible()
    hand.button("Rosa Beispiel bestätigen")
    office.page.get_by_role("heading", name=de("Assignments")).first.wait_for()


def open_request(office: Window, reference: str) -> None:
    """By its reference, through the list's search."""
    office.goto(f"/leitstelle/?ansicht=alle&suche={reference}&q={reference}")
    row = office.page.locator("tr", has_text=reference)
    row.get_by_role("link").first.click()
    office.page.get_by_role("heading", level=1).wait_for()
