"""Is a marked word found anywhere but in the vault, after it went through every flow; and nothing after erasing?"""

import logging
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import override_settings

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.privacy import ledger
from backend.privacy.commands.erasing import erase_account, erase_client
from tests import factories as make
from tests.architecture.source_tree import ROOT
from tests.conftest import Cast
from tests.factories import at
from tests.privacy import canaries
from tests.privacy.canaries import Marks, everywhere, hits, log_lines, story


@pytest.fixture(autouse=True)
def plain_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.NOW)
    storages = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=storages, MAILBOX_DIR=""):
        yield


@pytest.fixture
def town(cast: Cast) -> Cast:
    cast.osnabrueck.accepts_self_registration = True
    cast.osnabrueck.save()
    return cast


def strangers(cast: Cast) -> list[User | None]:
    """People who are here and to whom none of it may be shown."""
    adam, audrey = (
        make.an_admin("adam", cast.osnabrueck),
        make.a_member("audrey", cast.osnabrueck, Role.AUDITOR),
    )
    return [None, cast.frauke, cast.otto, cast.ben.user, cast.rita, adam, audrey]


def test_no_marked_word_outside_the_vault(town: Cast) -> None:
    marks = Marks(7)
    with log_lines() as log:
        story(town, marks)
        places = everywhere(log, strangers(town))

    assert len(marks.words) >= 14 and len(marks.addresses) >= 4
    assert hits(places, [marks]) == []
    assert "could not be saved" in places["log"] and "sqlstate=23505" in places["log"]
    assert len(mail.outbox) >= 5
    # The search finds what is there: the exception that has a name.
    assert all(
        address in places["table accounts_user"] for address in marks.addresses if "barriere" not in address
    )


def test_a_sown_leak_is_caught(town: Cast) -> None:
    """A log line with a name, a name in clear in a table, a name in a mail: each is found by the same search."""
    marks = Marks(8)
    name, address = marks.word("leck"), marks.address("leck")
    with log_lines() as log:
        logging.getLogger("backend.people").info("reached %s by phone", name)
    places = {
        "log": log.getvalue(),
        "table people_pilot": f"({name})",
        "table accounts_user": address,
        "mails": name,
    }

    assert hits(places, [marks]) == [f"log: {name}", f"table people_pilot: {name}", f"mails: {name}"]
    assert hits({"table accounts_office": address}, [marks]) == [f"table accounts_office: {address}"]


def test_nothing_of_an_erased_person_anywhere(town: Cast) -> None:
    """Marked words and addresses, after erasing: not even in the tables of logins. What law keeps names nobody."""
    marks = Marks(9)
    with log_lines() as log:
        told = story(town, marks)
        applicant = User.objects.get(email__startswith="zzkanari-lotsin")
        later = at(25, 9, month=12)
        for user in (told.pilot.user, told.help_seeker.user, applicant):
            erase_account(by=User.objects.get(pk=user.pk), now=later)
        mail.outbox.clear()  # what was delivered is with its readers
        places = everywhere(log, [town.kaya])
    # A barrier may be reported under any address: its report has a period of its own, and is sealed.
    gone = [address for address in marks.addresses if "barriere" not in address]

    assert hits({**places, "table accounts_user": ""}, [marks]) == []
    for address in gone:
        assert not any(address in text.casefold() for text in places.values()), address
    kept = {
        name for name in ("people_consent", "dispatch_assignment", "journal_event") if places[f"table {name}"]
    }
    assert kept == {"people_consent", "dispatch_assignment", "journal_event"}


def test_nothing_after_the_rows_of_an_older_backup_are_back(town: Cast) -> None:
    """As after a restore: the rows are there again, the ledger knows better."""
    marks = Marks(10)
    with log_lines() as log:
        told = story(town, marks)
        for kind, pk in ((ledger.ACCOUNT, told.pilot.user_id), (ledger.ACCOUNT, told.help_seeker.user_id)):
            ledger._append([(kind, ledger.fingerprint(kind, pk), make.NOW)])
        ledger.replay(at(25, 9, month=12))
        places = everywhere(log, [])
    erased = [told.pilot.user.email, *(a for a in marks.addresses if "sucht" in a)]

    for address in erased:
        assert address not in places["table accounts_user"]
        assert address not in places["table account_emailaddress"]
    assert canaries.hits({**places, "mails": ""}, [marks]) == []


def test_a_client_without_an_account(town: Cast) -> None:
    marks = Marks(11)
    client = make.a_help_seeker(town.rita, case_key=marks.word("akte"))
    make.a_help_request(
        client,
        town.rita,
        street=f"{marks.word('strasse')} 3",
        confidential=make.Confidential(meeting_point=marks.word("treff"), note=marks.word("notiz")),
    )
    assert hits(canaries_tables(), [marks])  # the case key is hers alone to read; it is no name
    erase_client(help_seeker_id=client.pk, by=town.kaya, now=make.NOW)

    assert hits(canaries_tables(), [marks]) == []


def canaries_tables() -> dict[str, str]:
    return {f"table {name}": text for name, text in canaries.tables().items()}


def test_scripts_store_no_data_in_the_browser() -> None:
    """What our scripts write into the browser's storage, line by line: the switch of the keyboard help alone."""
    folder = ROOT / "backend" / "web" / "static" / "web"
    stored = [
        (path.name, line.strip())
        for path in sorted(folder.glob("*.js"))
        for line in path.read_text().splitlines()
        if "Storage.setItem" in line or "indexedDB" in line or "document.cookie =" in line
    ]
    assert stored == [("desk.js", 'localStorage.setItem(SWITCH, box.checked ? "on" : "off");')]
