"""The main ways through the product, each with what it costs a person: tests see that they lead there, bin/bench
pages tells what they cost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.browser.hand import Hand
from tests.browser.windows import Window
from tests.browser.words import de


@dataclass(frozen=True)
class Answered:
    presses: int  # from the message on, the link in it included
    lowest_button: float  # how far down, in px, on the first screen


def accept(window: Window, secret: str, *, keyboard: bool = False) -> Answered:
    """A volunteer opens the link of her message and says yes."""
    hand = Hand(window.page, keyboard=keyboard)
    window.goto(f"/angebot/{secret}/")
    hand.presses += 1  # the link in the message
    page = window.page
    buttons = [
        page.get_by_role("button", name=name).bounding_box()
        for name in ("Ja, ich kann", "Nein, diesmal nicht")
    ]
    lowest = max(box["y"] + box["height"] for box in buttons if box)
    hand.button("Ja, ich kann")
    page.get_by_role("heading", level=1, name="Danke").wait_for()
    return Answered(presses=hand.presses, lowest_button=lowest)


def ask_pilots(window: Window, request_id: str, *, keyboard: bool = False) -> int:
    """A coordinator, on an open request, sees who fits and asks; how many presses it took."""
    hand = Hand(window.page, keyboard=keyboard)
    window.goto(f"/leitstelle/anfragen/{request_id}/")
    hand.button("Vorschläge machen")
    hand.button("Angekreuzte fragen")
    window.page.get_by_role("heading", name="Wer gefragt wurde").wait_for()
    return hand.presses


def confirm(window: Window, request_id: str, *, keyboard: bool = False) -> int:
    """A coordinator sees what is sent to whom and confirms who has said yes; how many presses it took."""
    hand = Hand(window.page, keyboard=keyboard)
    window.goto(f"/leitstelle/anfragen/{request_id}/")
    hand.press(window.page.get_by_role("link", name="bestätigen").first)
    window.page.get_by_role("heading", name="Was an wen geht").or_(
        window.page.get_by_role("heading", level=1, name="bestätigen")
    ).first.wait_for()
    hand.press(window.page.get_by_role("button", name="bestätigen").first)
    window.page.get_by_role("heading", name="Einsätze").first.wait_for()
    return hand.presses


def ask_for_a_pilot(window: Window, case_key: str, *, keyboard: bool = False, days: int = 9) -> str:
    """A requester fills in the form, checks her answers and sends the request; its reference."""
    page, hand = window.page, Hand(window.page, keyboard=keyboard)
    window.goto("/anfragen/neu/")
    hand.write(page.locator("[name=case_key]"), case_key)
    hand.tick_box(page.locator("[name=consent]"))
    language = page.locator("#request-form [name=language]")
    hand.select(language, language.locator("option[value=kmr]").first.inner_text().strip())
    hand.select(
        page.locator("[name=topic]"), page.locator("[name=topic] option[value=school]").inner_text().strip()
    )
    when = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=days)
    when += timedelta(days=max(0, 7 - when.weekday()) if when.weekday() > 4 else 0)
    hand.write_day(page.locator("[name^=day_1]"), when.date())
    hand.write_clock(page.locator("[name^=start_1]"), "10:00")
    hand.write(page.locator("[name=address]"), "49076 Osnabrück")
    hand.write(page.locator("[name=meeting_point]"), "Haupteingang")
    hand.button(de("Check the answers"))
    page.get_by_role("heading", level=1, name=de("Is everything right?")).wait_for()
    hand.button(de("Send the request"))
    page.wait_for_url("**/anfragen/*-*-*/")
    return page.locator("bdi").first.inner_text().strip()


def fields_of_request(window: Window) -> int:
    """How many fields a requester sees on a new request: a group of choices is one, what is folded away none."""
    window.goto("/anfragen/neu/")
    return int(window.page.evaluate(COUNT_FIELDS))


COUNT_FIELDS = """() => {
  const fields = [...document.querySelectorAll("main form input, main form select, main form textarea")];
  const shown = fields.filter((field) => field.type !== "hidden" && field.checkVisibility());
  const one = (field) => {
    const group = field.closest("fieldset.date, fieldset.kern-form-group--date, .kern-fieldset--date, .fields-of-one");
    if (group) return group;
    return field.type === "radio" ? field.name : field;
  };
  return new Set(shown.map(one)).size;
}"""
