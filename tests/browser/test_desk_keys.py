"""Do the keys of the coordinator's desk do what its help says, never while somebody types, and can be switched off?"""

from playwright.sync_api import Page, expect

from tests.browser.windows import Windows

LIST = "/leitstelle/?ansicht=alle"
NEWS = '<span id="count-neu">77</span><p id="news">3 Neuigkeiten. <a href="" data-again>Zeigen</a></p>'


def reference(page: Page) -> str:
    """Of the row that has the focus."""
    return page.evaluate(
        "document.activeElement.closest('[data-row]')?.querySelector('bdi').textContent || ''"
    )


def test_up_and_down_the_list_and_into_a_request(windows: Windows) -> None:
    with windows.of("coordinator") as window:
        window.goto(LIST)
        page = window.page
        shown = page.locator("[data-row] th bdi").all_text_contents()
        for key, row in (("j", 0), ("j", 1), ("k", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
            page.keyboard.press(key)
            assert reference(page) == shown[row]
        page.keyboard.press("Enter")
        page.wait_for_url("**/anfragen/**")
        expect(page.locator("main")).to_contain_text(shown[0])
        assert window.complaints == []


def test_to_the_confirmation_and_back_to_the_list(windows: Windows) -> None:
    with windows.of("coordinator") as window:
        window.goto("/leitstelle/?ansicht=bestaetigen")
        page = window.page
        page.keyboard.press("j")
        page.keyboard.press("c")
        page.wait_for_url("**/bestaetigen/**")
        page.keyboard.press("g")
        page.keyboard.press("w")
        page.wait_for_url("**/leitstelle/")


def test_what_is_typed_is_no_command_and_the_help_can_switch_all_off(windows: Windows) -> None:
    with windows.of("coordinator") as window:
        window.goto(LIST)
        page, dialog = window.page, window.page.locator("#tasten")
        page.keyboard.press("/")
        page.keyboard.type("jc?g")
        expect(page.locator("input[type=search]")).to_have_value("jc?g")
        page.keyboard.press("Tab")
        page.keyboard.press("?")
        expect(dialog).to_be_visible()
        page.locator("#tasten-an").uncheck()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        window.goto(LIST)
        page.keyboard.press("j")
        page.keyboard.press("?")
        assert reference(page) == ""
        expect(dialog).to_be_hidden()


def test_news_come_without_moving_the_focus(windows: Windows) -> None:
    with windows.of("coordinator") as window:
        page = window.page
        page.route("**/leitstelle/stand/**", lambda route: route.fulfill(body=NEWS, content_type="text/html"))
        window.goto(LIST)
        page.keyboard.press("j")
        before = reference(page)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("#count-neu")).to_have_text("77")
        expect(page.locator("#status")).to_contain_text("3 Neuigkeiten.")
        assert page.locator("#news a").evaluate("link => link.href") == page.url
        assert reference(page) == before
        assert window.complaints == []
