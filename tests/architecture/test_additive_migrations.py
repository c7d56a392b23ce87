"""Can the version that is released go on serving while the migrations behind it run?"""

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.state import ModelState, ProjectState

from tests.architecture.additive import breaking_steps, later_migrations
from tests.upgrade.released import RELEASED

# Looked at by a reader: migration -> why old code can live with it, and why no lock is long.
JUDGED: dict[str, str] = {
    "dispatch.0011_commission_append_only": "triggers on a table that old code does not know",
    "dispatch.0012_adopt_assignments": "fills that table from rows it only reads; what old code confirms meanwhile has "
    "no entry, which verify_commissions names and takes in with --adopt",
    "accounts.0007_hashed_emergency_codes": "each row for itself, none locked meanwhile; old code finds no code left "
    "where a seed was, and whoever needs one in these minutes goes by the app, the passkey or the office",
    "people.0008_inspected_by": "NOT VALID binds new rows only; a check that old code records in the minutes of the "
    "upgrade is refused, and recorded again afterwards: an office has a few a week",
}


def found() -> dict[str, list[str]]:
    return {
        f"{migration.app_label}.{migration.name}": steps
        for migration, before in later_migrations(RELEASED)
        if (steps := list(breaking_steps(migration, before)))
    }


def test_migrations_behind_the_release_only_add() -> None:
    """Otherwise: null or db_default for a field, two steps for what goes, or a line in JUDGED that says why."""
    assert {name: steps for name, steps in found().items() if name not in JUDGED} == {}


def test_each_judgement_has_its_reason() -> None:
    assert all(len(reason) > 20 for reason in JUDGED.values())


# --- sown steps are caught


def a_state() -> ProjectState:
    state = ProjectState()
    state.add_model(
        ModelState(
            "people",
            "Pilot",
            [
                ("id", models.IntegerField(primary_key=True)),
                ("code", models.CharField(max_length=20)),
                ("note", models.TextField(null=True)),
            ],
        )
    )
    return state


def steps_of(*steps) -> list[str]:
    migration = Migration("9999_sown", "people")
    migration.operations = list(steps)
    return list(breaking_steps(migration, a_state()))


NEW = models.Index(fields=["code"], name="pilot_code")


@pytest.mark.parametrize(
    "step",
    [
        operations.RemoveField("pilot", "code"),
        operations.RenameField("pilot", "code", "number"),
        operations.RenameModel("Pilot", "Guide"),
        operations.DeleteModel("Pilot"),
        operations.AlterModelTable("pilot", "guides"),
        operations.AddField("pilot", "hours", models.IntegerField(default=0)),
        operations.AlterField("pilot", "note", models.TextField()),
        operations.AlterField("pilot", "code", models.CharField(max_length=10)),
        operations.AlterField("pilot", "code", models.CharField(max_length=20, unique=True)),
        operations.AlterField("pilot", "code", models.IntegerField()),
        operations.AddConstraint("pilot", models.CheckConstraint(condition=~models.Q(code=""), name="coded")),
        operations.AddIndex("pilot", NEW),
        operations.RunSQL("ALTER TABLE people_pilot DROP COLUMN code"),
        operations.SeparateDatabaseAndState(database_operations=[operations.RemoveField("pilot", "code")]),
    ],
    ids=lambda step: step.describe()[:40],
)
def test_a_sown_step_is_caught(step) -> None:
    assert steps_of(step)


@pytest.mark.parametrize(
    "step",
    [
        operations.AddField("pilot", "hours", models.IntegerField(null=True)),
        operations.AddField("pilot", "hours", models.IntegerField(default=0, db_default=0)),
        operations.AlterField("pilot", "code", models.CharField(max_length=40)),
        operations.AlterField("pilot", "code", models.CharField(max_length=20, null=True)),
        operations.RemoveIndex("pilot", "pilot_old"),
        AddIndexConcurrently("pilot", NEW),
    ],
    ids=lambda step: step.describe()[:40],
)
def test_what_old_code_can_live_with_passes(step) -> None:
    if isinstance(step, operations.RemoveIndex):
        state = a_state()
        state.models["people", "pilot"].options["indexes"] = [models.Index(fields=["code"], name="pilot_old")]
        migration = Migration("9999_sown", "people")
        migration.operations = [step]
        assert list(breaking_steps(migration, state)) == []
        return
    assert steps_of(step) == []


def test_a_new_table_may_be_as_strict_as_it_likes() -> None:
    made = operations.CreateModel("Badge", [("id", models.IntegerField(primary_key=True))])
    assert (
        steps_of(made, operations.AddField("badge", "code", models.CharField(max_length=9, default=""))) == []
    )
