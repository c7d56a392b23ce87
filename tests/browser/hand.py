"""How does a person use a page: by pointer or by keyboard alone? Counts every press that a person makes."""

from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Locator, Page

from tests.browser.checks.focus import WHERE

STEPS_AT_MOST = 250


@dataclass
class Hand:
    """Presses, types and ticks by what a person reads: role and name, label."""

    page: Page
    keyboard: bool = False
    presses: int = 0

    def button(self, name: str, *, within: Locator | None = None) -> None:
        """Press the button of this name."""
        self.press((within or self.page).get_by_role("button", name=name).first)

    def link(self, name: str, *, within: Locator | None = None) -> None:
        """Follow the link of this name."""
        self.press((within or self.page).get_by_role("link", name=name).first)

    def press(self, target: Locator, key: str = "Enter") -> None:
        self.presses += 1
        if self.keyboard:
            self.reach(target)
            self.page.keyboard.press(key)
        else:
            target.click()

    def fill(self, label: str, text: str) -> None:
        """Write into the field of this label."""
        self.write(self.page.get_by_label(label, exact=False).first, text)

    def write(self, field: Locator, text: str) -> None:
        if self.keyboard:
            self.reach(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            field.fill(text)

    def write_day(self, fields: Locator, day: date) -> None:
        """A date: into three small fields, or into one that knows what a date is."""
        parts = [f"{day.day:02d}", f"{day.month:02d}", f"{day.year}"]
        if fields.count() == 3:
            for field, part in zip(fields.all(), parts, strict=True):
                self.write(field, part)
        elif fields.get_attribute("type") != "date":
            self.write(fields, ".".join(parts))
        elif self.keyboard:
            self.reach(fields)
            self.page.keyboard.type("".join(parts))
            if (
                fields.input_value() != day.isoformat()
            ):  # a browser that is not German asks for the month first
                self.page.keyboard.press("ArrowLeft")
                self.page.keyboard.press("ArrowLeft")
                self.page.keyboard.type("".join([parts[1], parts[0], parts[2]]))
            assert fields.input_value() == day.isoformat()
        else:
            fields.fill(day.isoformat())

    def write_clock(self, field: Locator, clock: str) -> None:
        """A time of day."""
        if self.keyboard and field.get_attribute("type") == "time":
            self.reach(field)
            self.page.keyboard.type(clock.replace(":", ""))
        else:
            self.write(field, clock)

    def choose(self, label: str, option: str) -> None:
        """Choose from the list of this label."""
        self.select(self.page.get_by_label(label, exact=False).first, option)

    def select(self, field: Locator, option: str) -> None:
        if self.keyboard:
            self.reach(field)
            self.page.keyboard.type(option)
        else:
            field.select_option(label=option)
        chosen = field.evaluate("list => list.selectedOptions[0].textContent.trim()")
        assert chosen == option, f"{chosen} instead of {option}"

    def tick(self, label: str) -> None:
        """Tick the box, or take the choice, of this label."""
        self.tick_box(self.page.get_by_label(label, exact=False).first)

    def tick_box(self, box: Locator) -> None:
        self.presses += 1
        if box.is_checked():
            return
        if not self.keyboard:
            box.check()
        elif box.get_attribute("type") == "radio":
            self._reach_choice(box)
        else:
            self.reach(box)
            self.page.keyboard.press("Space")
        assert box.is_checked()

    def reach(self, target: Locator) -> None:
        """Go on by the tabulator key until it has the focus, and see that the eye can follow."""
        for _step in range(STEPS_AT_MOST):
            if target.evaluate("element => element === document.activeElement"):
                here = self.page.evaluate(WHERE)
                assert here["isVisible"] and here["isInWindow"], here
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not within {STEPS_AT_MOST} steps of the tabulator key: {target}")

    def _reach_choice(self, choice: Locator) -> None:
        """One of several is reached by the arrow keys, from the one that the tabulator key comes to."""
        name = choice.get_attribute("name")
        for _step in range(STEPS_AT_MOST):
            if self.page.evaluate("name => document.activeElement.name === name", name):
                break
            self.page.keyboard.press("Tab")
        for _step in range(30):
            if choice.evaluate("element => element === document.activeElement"):
                self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not come to {choice}")
