"""Pages are drawn without Django's test client keeping a copy of every template's context, which nobody looks at."""

from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch


def unwatched_templates() -> AbstractContextManager[Any]:
    """For tests that read only what came back: response.context and response.templates stay empty."""
    return patch("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
