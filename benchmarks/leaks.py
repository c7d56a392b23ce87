"""Is a marked word of hundreds of people found outside the vault: in a dump, in Redis, in logs, metrics, mails?

The people go through the flows of tests/privacy/canaries.py; then they are erased, and everything is searched again.
"""

import logging
import subprocess
from contextlib import ExitStack
from datetime import timedelta
from unittest.mock import patch

from django.core import mail
from django.db import connection
from django.test.utils import override_settings

from backend.accounts.models import User
from backend.privacy.commands.erasing import erase_account
from benchmarks.database import scratch_database
from benchmarks.privacy import ledger_of_its_own, town
from benchmarks.quiet import logged_above
from benchmarks.rows import Row
from tests.factories import NOW
from tests.privacy.canaries import Marks, everywhere, hits, log_lines, story

STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def run(quick: bool) -> list[Row]:
    """Rows for `bin/bench leaks`."""
    people = 10 if quick else 200
    with ExitStack() as stack:
        stack.enter_context(scratch_database())
        stack.enter_context(ledger_of_its_own())
        stack.enter_context(override_settings(STORAGES=STATIC, MAILBOX_DIR="", ACCOUNT_RATE_LIMITS={}))
        stack.enter_context(patch("django.utils.timezone.now", lambda: NOW))
        # Every line is to be searched, and none is for the screen.
        stack.enter_context(logged_above(logging.NOTSET))
        stack.enter_context(patch.object(logging.getLogger(), "handlers", []))
        log = stack.enter_context(log_lines())
        cast = town()
        marks = [Marks(serial) for serial in range(1, people + 1)]
        told = [story(cast, one) for one in marks]
        places = everywhere(log, [None, cast.frauke, cast.rita])
        assert "OFFER_MADE" in places["log"], "the lines of the daily work are searched too"
        found = hits(places, marks)
        dumped = dump()
        words = sum(word in dumped for one in marks for word in one.words)
        for one in told:
            for user in (one.pilot.user, one.help_seeker.user):
                erase_account(by=User.objects.get(pk=user.pk), now=NOW + timedelta(days=90))
        mail.outbox.clear()
        after = dump()
        gone = [a for one in marks for a in one.addresses if "aktiv" in a or "sucht" in a]
        back = sum(address in after for address in gone)
        back += sum(word in after for one in marks for word in one.words)
    looked_for = sum(len(one.words) + len(one.addresses) for one in marks)
    return [
        Row("leaks.people", "people led through every flow", people, people, at_least=True),
        Row(
            "leaks.places",
            "marks found in tables, Redis, logs, metrics, mails, pages",
            len(found),
            0,
            n=looked_for,
        ),
        Row(
            "leaks.dump",
            "marked words found in a raw pg_dump",
            words,
            0,
            n=sum(len(one.words) for one in marks),
        ),
        Row("leaks.erased", "marks and addresses in a raw pg_dump after erasing", back, 0, n=looked_for),
    ]


def dump() -> str:
    """What pg_dump writes, as text."""
    at = connection.settings_dict
    command = ["pg_dump", "--no-owner", "-d", str(at["NAME"])]
    for flag, value in (("-h", at["HOST"]), ("-p", at["PORT"]), ("-U", at["USER"])):
        command += [flag, str(value)] if value else []
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout
