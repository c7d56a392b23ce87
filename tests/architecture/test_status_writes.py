"""Is `move_to` the only code that assigns a status?"""

import ast
import re

import pytest

from tests.architecture.source_tree import Source, a_source, dotted, sources

MOVER = "backend/states.py"
RAW_SQL = re.compile(r"\bSET\b[^;]*?\bstatus\s*=", re.IGNORECASE | re.DOTALL)
BULK = {"update", "bulk_update", "bulk_create", "update_or_create"}


def status_writes(source: Source) -> list[str]:
    """Assignments, bulk updates and raw SQL that set a `status` past the table of transitions."""
    found = []
    for node in source.nodes():
        match node:
            case ast.Assign(targets=targets):
                places = targets
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
                places = [target]
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value="status"), *_]):
                found.append(source.at(node, "sets status by setattr"))
                continue
            case ast.Call(func=ast.Attribute(attr=name)) if name in BULK and _mentions_status(node):
                found.append(source.at(node, f"writes status by {name}()"))
                continue
            case ast.Constant(value=str() as text) if RAW_SQL.search(text):
                found.append(source.at(node, "writes status by raw SQL"))
                continue
            case _:
                continue
        found += [
            source.at(node, f"assigns {dotted(part) or 'status'}")
            for place in places
            for part in ast.walk(place)
            if isinstance(part, ast.Attribute) and part.attr == "status"
        ]
    return found


def _mentions_status(call: ast.Call) -> bool:
    """`update(status=…)`, `update(**{"status": …})`, `bulk_update(rows, ["status"])`."""
    return any(keyword.arg == "status" for keyword in call.keywords) or any(
        isinstance(part, ast.Constant) and part.value == "status"
        for value in (*call.args, *(keyword.value for keyword in call.keywords))
        for part in ast.walk(value)
    )


# path -> why its writes are no moves of a row along its table
ALLOWED: dict[str, str] = {
    MOVER: "move_to itself",
    "backend/api/idempotency.py": "the HTTP status of a remembered answer, no state of a thing",
}


def test_only_move_to_assigns_status() -> None:
    found = [
        finding
        for source in sources("backend", "notifications")
        if not source.is_migration
        for finding in status_writes(source)
    ]

    assert [finding for finding in found if finding.split(":")[0] not in ALLOWED] == []
    assert {finding.split(":")[0] for finding in found} == set(ALLOWED)


@pytest.mark.parametrize(
    "line",
    [
        "offer.status = OfferStatus.ACCEPTED",
        "offer.status, offer.note = 'ACCEPTED', ''",
        "self.offer.status: str = 'ACCEPTED'",
        "setattr(offer, 'status', 'ACCEPTED')",
        "Offer.objects.filter(pk=1).update(status='ACCEPTED')",
        "Offer.objects.update(**{'status': 'ACCEPTED'})",
        "Offer.objects.bulk_update(offers, ['status'])",
        "cursor.execute('UPDATE dispatch_offer SET made_at = now(), status = %s')",
    ],
)
def test_a_sown_write_is_caught(line: str) -> None:
    assert status_writes(a_source(line))


@pytest.mark.parametrize(
    "line",
    ["status = offer.status", "Offer.objects.filter(status='PENDING')", "offer.move_to(status, at=now)"],
)
def test_reading_is_no_write(line: str) -> None:
    assert not status_writes(a_source(line))
