"""A database of the bench's own, gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import override_settings, setup_test_environment, teardown_test_environment


@contextmanager
def scratch_database() -> Iterator[None]:
    """Django's test database: migrated, empty, dropped at the end. Nothing is woken: no worker listens."""
    name = connection.settings_dict["NAME"]
    setup_test_environment(debug=False)
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with override_settings(EVENT_LISTENERS=[]):
            yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()
