"""One running product for all browser tests, and browsers in which anybody can be signed in."""

from collections.abc import Iterator

import pytest

from tests.browser.product import Product, running_product
from tests.browser.windows import Windows, open_windows


@pytest.fixture(scope="package")
def town() -> Iterator[Product]:
    """The product with its town, running; the package's tests share it, in one worker."""
    with running_product() as product:
        yield product


@pytest.fixture(scope="package")
def windows(town: Product) -> Iterator[Windows]:
    """Browser windows: `windows.of("pilot", language="ar", width=390)`.

    Not for the whole session: while Playwright runs, Django refuses the database to the tests of this process.
    """
    with open_windows(town) as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them run in one worker, which alone starts the product."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("browser"))
