"""The screens of whoever asks for a pilot, for an organisation or for herself."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tests.browser.screens.screen import Screen

LIVE_ANSWER = 5_000  # milliseconds until what was typed has been counted and saved


def fill(page: Page) -> None:
    """What the social worker types, and the chances that come of it."""
    page.locator("#id_case_key").fill("K-77")
    page.locator("#id_consent").check()
    page.locator("#id_language").select_option("ar")
    page.locator("#id_topic").select_option("health")
    page.locator("#id_day_1").fill((datetime.now(UTC).date() + timedelta(days=20)).isoformat())
    page.locator("#id_start_1").fill("14:30")
    page.locator("#chances .funnel").wait_for(timeout=LIVE_ANSWER)


def check(page: Page) -> None:
    """Filled in and gone on to the answers."""
    fill(page)
    page.locator(".ask-end .kern-btn--primary").click()
    page.locator(".kern-summary").first.wait_for()


def change(page: Page) -> None:
    """Another date, and what follows from it."""
    page.locator("#id_day_1").fill((datetime.now(UTC).date() + timedelta(days=21)).isoformat())
    page.locator(".ask-end .kern-btn--primary").click()
    page.locator(".kern-summary").first.wait_for()


def send_empty(page: Page) -> None:
    page.locator(".ask-end .kern-btn--primary").click()
    page.locator("[role=alert]").first.wait_for()


SCREENS = [
    Screen(7, "assignment-of-requester", "requester", "web:assignment", ("assignment",)),
    Screen(8, "new-request", "requester", "web:new_request"),
    Screen(8, "new-request-filled", "requester", "web:new_request", act=fill),
    Screen(8, "new-request-empty", "requester", "web:new_request", act=send_empty, in_gallery=False),
    Screen(8, "check-answers", "requester", "web:new_request", act=check),
    Screen(8, "change-request", "requester", "web:change_request", ("assigned_request",)),
    Screen(8, "check-change", "requester", "web:change_request", ("assigned_request",), act=change),
    Screen(8, "new-request-seeker", "seeker", "web:new_request"),
    Screen(9, "my-requests", "requester", "web:my_requests"),
    Screen(9, "my-requests-seeker", "seeker", "web:my_requests"),
    Screen(9, "request", "requester", "web:request", ("accepted_request",)),
    Screen(9, "request-seeker", "seeker", "web:request", ("seeker_request",)),
    Screen(9, "my-requests-over", "requester", "web:my_requests", query="zeige=vergangen"),
    Screen(7, "client-card", "anybody", "web:client_card", ("card",), query="sprache={language}"),
    Screen(9, "team", "requester", "web:team"),
]
