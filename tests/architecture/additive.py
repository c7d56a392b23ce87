"""Which steps of a migration could break the version that still serves while it runs?

Old code knows neither new columns nor new tables, and goes on writing rows as before; new columns must therefore be
allowed to be empty or be filled by the database, and nothing may go, be renamed or become stricter in one step.
"""

from collections.abc import Iterator

from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

GONE = (
    operations.RemoveField,
    operations.DeleteModel,
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
)
RAW = (operations.RunSQL, operations.RunPython)


def breaking_steps(migration: Migration, before: ProjectState) -> Iterator[str]:
    """What old code, or whoever waits for a lock, would stumble over; `before` is the state it starts from."""
    state, app, made = before.clone(), migration.app_label, set()
    for step in migration.operations:
        if isinstance(step, operations.CreateModel):
            made.add(step.name_lower)
        elif getattr(step, "model_name_lower", None) not in made:
            yield from _of_step(step, state, app)
        step.state_forwards(app, state)


def _of_step(step: Operation, state: ProjectState, app: str) -> Iterator[str]:
    match step:
        case operations.SeparateDatabaseAndState():
            for part in step.database_operations:
                yield from _of_step(part, state, app)
        case operations.AddField():
            if not (step.field.null or step.field.db_default is not NOT_PROVIDED or step.field.many_to_many):
                yield f"adds {step.model_name}.{step.name}, which old code does not fill (null or db_default)"
        case operations.AlterField():
            yield from _altered(step, state.models[app, step.model_name_lower].fields[step.name])
        case operations.AddConstraint():
            yield f"binds existing rows of {step.model_name} to {step.constraint.name}"
        case operations.AlterUniqueTogether() if step.option_value:
            yield f"makes rows of {step.name} unique"
        case operations.AddIndex() if step.__class__ is operations.AddIndex:
            yield f"locks {step.model_name} against writing while {step.index.name} is built (AddIndexConcurrently)"
        case _ if isinstance(step, GONE):
            yield f"{type(step).__name__} on {getattr(step, 'model_name', None) or getattr(step, 'name', '')}"
        case _ if isinstance(step, RAW):
            yield f"{type(step).__name__}: nobody but a reader can judge it"


def _altered(step: operations.AlterField, old: models.Field) -> Iterator[str]:
    new = step.field
    where = f"{step.model_name}.{step.name}"
    if old.null and not new.null:
        yield f"{where} must be filled from now on"
    if type(old) is not type(new):
        yield f"{where} changes from {type(old).__name__} to {type(new).__name__}"
    if new.max_length and (not old.max_length or new.max_length < old.max_length):
        yield f"{where} becomes shorter"
    if new.unique and not old.unique:
        yield f"{where} becomes unique"


def later_migrations(released: dict[str, str]) -> Iterator[tuple[Migration, ProjectState]]:
    """Each migration of ours behind the released ones, with the state it starts from."""
    loader = MigrationLoader(None)
    ours = set(released)
    for key in loader.graph.nodes:
        app, name = key
        if app in ours and name > released[app]:
            parents = [node.key for node in loader.graph.node_map[key].parents]
            yield loader.graph.nodes[key], loader.project_state(parents, at_end=True)
