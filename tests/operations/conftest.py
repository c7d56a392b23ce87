"""Browsers of the cast, as the tests of pages have them."""

from tests.web.conftest import browser_of

__all__ = ["browser_of"]
