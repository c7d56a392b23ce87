"""Is a person gone for good: from dump, vault, sessions, Redis, mail store and logs, and after an older backup too?

Somebody of each kind lives through everything (tests/drill), is saved by `manage.py backup`, is erased in her own way,
and is looked for by marked values in many ways of writing; then the database is lost and `manage.py restore` brings the
older backup back.
"""

from typing import Any

import pytest
from stack.servers import Servers

from backend.privacy.papers.remaining import fields_that_remain
from tests.drill.faults import FAULTS
from tests.drill.running import drilled

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("faults")]

KINDS = ["lotsin 1", "sucht 1", "klientin 1", "stelle 1", "kollegin 1"]


@pytest.fixture(scope="module")
def found(servers: Servers) -> dict[str, Any]:
    """One drill for all of these tests."""
    return drilled(servers, name="drill", families=1, faults=True)


def test_the_search_finds_what_is_there(found: dict[str, Any]) -> None:
    """Before the erasing: each of them is found, where she should be, and each of her ways in is open."""
    assert found["people"] == KINDS
    assert found["marks"] >= 35
    before = {who: set(kinds) for who, kinds in found["before"].items()}
    assert set(before) == set(KINDS)
    assert {"dump", "sealed", "sessions,", "mail"} <= before["lotsin 1"]
    assert all("log" not in kinds for kinds in before.values()), "a log names somebody"
    assert all("Redis" not in kinds for kinds in before.values()), "Redis names somebody, be it by a checksum"
    assert found["ways_in_before"] >= 8
    assert found["places"]["mail"] >= 5 and found["places"]["log"] >= 3 and found["places"]["sealed"] >= 15


def test_the_databases_log_names_the_constraint_and_no_value(servers: Servers, found: dict[str, Any]) -> None:
    """Somebody registered twice at once: without log_error_verbosity=terse the whole row would stand there."""
    said = servers.state.log("postgres").read_text()
    assert 'violates unique constraint "email_taken"' in said
    assert "DETAIL" not in said and "STATEMENT" not in said and "marke.example" not in said


def test_nothing_of_an_erased_person_is_found(found: dict[str, Any]) -> None:
    assert found["after"] == []
    assert found["ways_in"] == []


def test_what_is_left_stands_in_the_list_of_what_law_keeps(found: dict[str, Any]) -> None:
    """The very list that docs/deletion-concept.md is drawn from; and nothing stands there that is not left."""
    left = {row["model"]: set(row["fields"]) for row in found["left"]}
    known = fields_that_remain()
    assert set(left) - set(known) == set()
    assert {model: fields - known[model] for model, fields in left.items() if fields - known[model]} == {}
    assert set(known) - set(left) == set()


def test_everybody_elses_rows_are_the_same(found: dict[str, Any]) -> None:
    for compared in (found["others"], found["others_restored"]):
        assert compared["differences"] == []
        assert compared["same"] > 200 and compared["tables"] > 60


def test_nothing_is_found_after_an_older_backup_was_restored(found: dict[str, Any]) -> None:
    assert found["restored"] == []
    assert found["ways_in_restored"] == []
    assert found["signs_in"], "somebody else signs in, and sealed names open"


def test_without_the_ledger_everybody_is_back(found: dict[str, Any]) -> None:
    assert set(found["not_replayed"]) >= {"lotsin 1", "sucht 1", "stelle 1", "kollegin 1"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.step.rpartition(".")[2])
def test_a_step_that_is_left_out_is_found(found: dict[str, Any], fault: Any) -> None:
    assert fault.kind in found["sown"][fault.step]
