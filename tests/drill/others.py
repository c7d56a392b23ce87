"""Are the rows of everybody else what they were: the same number, the same content, table by table?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from django.db.models import Q

from backend.accounts.models import InvitationLink, Session, User
from backend.dispatch.models import CommissionSalt
from backend.privacy.holdings import Person, holdings_of
from backend.privacy.own_models import all_models
from backend.privacy.traces import addresses_of
from backend.web.sessions import SessionStore

Rows = dict[str, dict[str, str]]  # table -> key -> checksum of the row
# What erasing changes in rows that are not hers, and why.
TOUCHED = {
    "dispatch_requestdraft": "what somebody had begun to write about her request",
    "accounts_idempotencykey": "what a program was answered about her, kept for a day",
}
# Where rows are added: what happened, and when something was last done.
GROWING = {"journal_event", "journal_batchrun"}


@dataclass(frozen=True)
class Comparison:
    """`same` is how many rows of others were compared, in how many tables; `differences` what is not as it was."""

    tables: int
    same: int
    differences: list[str]


def rows() -> Rows:
    """A checksum of each row of each table."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy:
                continue
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(f'SELECT "{key}"::text, md5(t::text) FROM "{table}" t')
            found[table] = dict(cursor.fetchall())
    return found


def owned_by(people: Iterable[Person]) -> dict[str, set[str]]:
    """The rows that are these people's, by table."""
    found: dict[str, set[str]] = {}
    for person in people:
        for holding in holdings_of(person):
            _add(found, holding.rows())
        if person.user is not None:
            for rows_ in _going_with(person.user):
                _add(found, rows_)
    _add(found, _salts(found))
    return found


def _salts(found: dict[str, set[str]]) -> models.QuerySet[models.Model]:
    """What a digest of her name, or of the place of her request, in the record could be compared with."""
    pilots = Q(about="PILOT", commission__pilot__in=found.get("people_pilot", ()))
    requests = found.get("dispatch_helprequest", ())
    return CommissionSalt.objects.filter(
        pilots | Q(about="PLACE", commission__assignment__help_request__in=requests)
    )


def _going_with(user: User) -> Iterator[models.QuerySet[models.Model]]:
    """Rows of all apps, Django's and allauth's too, that lead to the account; and sessions that know her address."""
    yield InvitationLink.objects.filter(invitation__user=user)
    half = [row.pk for row in Session.objects.filter(user=None) if _knows(row, addresses_of(user))]
    yield Session.objects.filter(pk__in=half)
    for model in all_models():
        for one in model._meta.fields:
            leads_to_her = isinstance(one, models.ForeignKey) and one.related_model is User
            if leads_to_her and one.remote_field.on_delete is models.CASCADE:
                yield model._default_manager.filter(**{one.name: user})


def _knows(session: Session, addresses: list[str]) -> bool:
    return any(address in repr(SessionStore().decode(session.data)) for address in addresses)


def _add(found: dict[str, set[str]], rows_: models.QuerySet[models.Model]) -> None:
    keys = {str(key) for key in rows_.order_by().values_list("pk", flat=True)}
    if keys:
        found.setdefault(rows_.model._meta.db_table, set()).update(keys)


def sessions_of(acting: User) -> set[str]:
    """Where she is signed in who erases others for the office: her sessions take note of it."""
    return {str(pk) for pk in Session.objects.filter(user=acting).values_list("pk", flat=True)}


def compare(before: Rows, after: Rows, *, but: dict[str, set[str]], busy: set[str]) -> Comparison:
    """Everything that is not `but` theirs or in a `busy` session: gone, changed, or new where nothing grows."""
    differences, same, tables = [], 0, 0
    for table, was in before.items():
        now, theirs = after.get(table, {}), but.get(table, set())
        tables += 1
        for key, checksum in was.items():
            if key in theirs or key in busy:
                continue
            if now.get(key) == checksum:
                same += 1
            elif table not in TOUCHED:
                differences.append(f"{table} {key} is {'changed' if key in now else 'gone'}")
        if table not in GROWING:
            differences += [f"{table} {key} is new" for key in now.keys() - was.keys()]
    return Comparison(tables, same, differences)
