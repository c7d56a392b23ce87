"""The screens of pilots."""

from playwright.sync_api import Page

from tests.browser.screens.screen import Screen


def open_all(page: Page) -> None:
    """Unfold what is folded, so that it is looked at too."""
    for summary in page.locator("main summary").all():
        summary.click()


SCREENS = [
    Screen(3, "steps-at-first", "newcomer", "web:profile"),
    Screen(3, "step-languages", "newcomer", "web:profile_step", ("sprachen",), act=open_all),
    Screen(3, "step-travel", "newcomer", "web:profile_step", ("wege",), in_gallery=False),
    Screen(3, "step-times", "newcomer", "web:profile_step", ("zeiten",), in_gallery=False),
    Screen(3, "step-topics", "newcomer", "web:profile_step", ("themen",)),
    Screen(3, "step-contact", "newcomer", "web:profile_step", ("kontakt",), in_gallery=False),
    Screen(3, "steps-done", "applicant", "web:profile"),
    Screen(3, "profile", "pilot", "web:profile"),
    Screen(3, "profile-for-a-caller", "coordinator", "web:profile_for", ("pilot",), in_gallery=False),
    Screen(
        3, "step-for-a-caller", "coordinator", "web:profile_step_for", ("pilot", "kontakt"), in_gallery=False
    ),
    Screen(4, "my-assignments", "pilot", "web:my_assignments"),
    Screen(4, "my-assignments-at-first", "newcomer", "web:my_assignments", in_gallery=False),
    Screen(5, "offer", "anybody", "web:offer_by_link", ("offer_link",)),
    Screen(5, "offer-signed-in", "pilot", "web:offer", ("offer",)),
    Screen(5, "offer-answered", "anybody", "web:offer_by_link", ("answered_link",)),
    Screen(6, "my-times", "pilot", "web:my_times"),
    Screen(6, "never-again", "pilot", "web:my_vetoes"),
    Screen(7, "assignment", "pilot", "web:assignment", ("assignment",)),
    Screen(7, "assignment-unfolded", "pilot", "web:assignment", ("assignment",), act=open_all),
    Screen(7, "report", "pilot", "web:assignment", ("held_assignment",), act=open_all),
]
