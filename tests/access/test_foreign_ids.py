"""Whose ids are they? Sent anywhere, one of another office reads like one that never was, and changes nothing."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection

from backend.privacy.access.matrix import operations
from backend.privacy.access.operations import Answer, Operation, Whose
from backend.privacy.access.readers import Reader
from backend.privacy.own_models import own_models
from tests.access.asking import Asking, Heard, address_of, body_of, undone, without_trimmings
from tests.access.swaps import NEVER, swaps

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=)"[^"]*"')
SAID_BEFORE = re.compile(r'<p class="note note-\w+">[^<]*</p>\s*')  # above a page, of the step before it
SIDES = (Whose.OFFICE, Whose.FOREIGN)


def fingerprint() -> list[tuple[str, int, int]]:
    """(table, rows, sum of their hashes) of everything we keep, but when a browser was here last."""
    tables = sorted({model._meta.db_table for model in own_models()} - {"accounts_session"})
    every = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{table}\" t"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(every)
        return cursor.fetchall()


def changed_since(before: list[tuple[str, int, int]]) -> list[str]:
    """The tables that are not as they were."""
    return sorted({f"{table} has changed" for table, *_ in set(before) ^ set(fingerprint())})


def changes() -> list[tuple[Operation, Reader, Whose]]:
    """Every operation that would change something, by everybody to whom what it names does not exist or is not hers."""
    return [
        (operation, reader, whose)
        for operation in operations()
        if operation.named and operation.method != "GET"
        for whose in SIDES
        for reader in Reader
        if reader in operation.gate and operation.answer(reader, whose) is not Answer.LET_IN
    ]


@pytest.fixture
def quick() -> Iterator[None]:
    with without_trimmings():
        yield


def what_refusals_change(asking: Asking) -> list[str]:
    """Refused changes that left something behind, or were not refused as they should."""
    found = []
    with undone():
        before = fingerprint()
        for operation, reader, whose in changes():
            case = asking.town.case(whose)
            body = body_of(operation, reader, case)
            heard = asking.at(
                operation.method, address_of(operation, reader, case), reader, kept=True, **body
            )
            if heard.answer is not operation.answer(reader, whose):
                found.append(f"{operation.method} {operation.path} as {reader}, {whose}: {heard.status}")
        found += changed_since(before)
    return found


def what_foreign_ids_tell(asking: Asking) -> list[str]:
    """Places for an id at which one of another office is not like one that never was, or changes something."""
    found = []
    with undone():
        before = fingerprint()
        for swap in swaps(asking.town):
            address, body = swap.send(swap.foreign)
            heard = asking.at(swap.method, address, swap.reader, kept=True, **body)
            if heard.status not in swap.answers:
                found.append(f"{swap.name} as {swap.reader}: {heard.status}")
            never = "nowhere" if swap.foreign == asking.town.elsewhere.slug else str(NEVER)
            address, body = swap.send(never)
            other = asking.at(swap.method, address, swap.reader, kept=True, **body)
            if not swap.public and plain(heard, swap.foreign) != plain(other, never):
                found.append(f"{swap.name} as {swap.reader}: tells {swap.foreign} from nobody's")
        found += changed_since(before)
    return found


def test_what_is_refused_has_changed_nothing(asking: Asking, quick: None) -> None:
    assert what_refusals_change(asking) == []
    assert len(changes()) > 500


def test_a_foreign_id_reads_like_one_that_never_was(asking: Asking, quick: None) -> None:
    assert what_foreign_ids_tell(asking) == []
    assert len(list(swaps(asking.town))) > 60


def plain(heard: Heard, named: str) -> tuple[int, str, str]:
    """An answer without what differs between any two."""
    texts = (heard.location, heard.text)
    location, text = (TOKEN.sub(r"\1", ID.sub("ID", one.replace(named, "ID"))) for one in texts)
    return heard.status, location, " ".join(SAID_BEFORE.sub("", text).split())
