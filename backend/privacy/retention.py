"""Which rows' time is over, and how do they end? The same declarations that the documents are drawn from.

Each rule is a model with its period: declared in `class Privacy`, for tables of Django and allauth in register.py, and
here for the three that look at more than one table. A run takes the rules in order, in small batches with a transaction
each; stopped at any point it goes on where it was, and run twice it changes nothing more.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from time import monotonic
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.timezone import get_default_timezone

from backend import stopping
from backend.accounts.models import Office, User
from backend.errors import DomainError
from backend.journal.batches import succeeded
from backend.keeping import OFFICE_PERIODS, Period, has_period, period
from backend.people.models import HelpSeeker, Pilot
from backend.privacy import ledger
from backend.privacy.commands.erasing import close_account, erase_client, erase_pilot_account
from backend.privacy.commands.silence import notice_silence
from backend.privacy.endings import ENDINGS
from backend.privacy.models import RetentionRun
from backend.privacy.moments import MOMENTS, NOTICE, noticed, silent_since
from backend.privacy.own_models import own_models
from backend.privacy.register import FOREIGN, SPANNING, entry_of

logger = logging.getLogger(__name__)
NIGHT_HOUR = 3
AT_ONCE = 500
ERASE_BY: dict[type[models.Model], Callable[[UUID, datetime], object]] = {
    Pilot: lambda pk, now: erase_pilot_account(pilot_id=pk, by=None, now=now),
    HelpSeeker: lambda pk, now: erase_client(help_seeker_id=pk, by=None, now=now),
    User: lambda pk, now: close_account(user_id=pk, by=None, now=now),
}


@dataclass(frozen=True)
class Rule:
    """One model's period. Of several fields the latest that is set counts."""

    model: type[models.Model]
    preset: Period
    counted_from: tuple[str, ...]
    at_the_end: str = "deleted"
    office: tuple[str, ...] = ()
    office_period: str | None = None

    @property
    def name(self) -> str:
        """How the run and its documents call it."""
        named = self.counted_from[0] if self.counted_from[0] in MOMENTS else ""
        return f"{self.model.__name__} ({named})" if named else self.model.__name__

    def due(self, now: datetime) -> models.QuerySet[Any]:
        """The rows whose time is over and that still hold something; each office by its own period."""
        rows = self.model._default_manager.order_by("pk")
        wanted = Q(pk__in=[])
        for found, offices in self.periods().items():
            over = self._over(found.before(now), now)
            wanted |= over if offices is None else over & offices
        return rows.alias(**self._aliases()).filter(wanted, ENDINGS[self.at_the_end].left(self.model))

    def by_office(self, now: datetime) -> Counter[UUID | None]:
        """How many rows are due, by office; None where a row belongs to none."""
        rows = self.due(now)
        if not self.office:
            return Counter({None: number} if (number := rows.count()) else {})
        counted = rows.order_by().annotate(its_office=self._office()).values_list("its_office")
        return Counter(dict(counted.annotate(n=Count("pk", distinct=True))))

    def _over(self, until: datetime, now: datetime) -> Q:
        if self.counted_from[0] in MOMENTS:
            return MOMENTS[self.counted_from[0]](self.model, until, now)
        if self._is_date:  # the day itself has to be over too
            return Q(counted_from__lt=until.astimezone(get_default_timezone()).date())
        return Q(counted_from__lte=until)

    @cached_property
    def _is_date(self) -> bool:
        return type(self.model._meta.get_field(self.counted_from[0].split("__")[0])) is models.DateField

    def _aliases(self) -> dict[str, Any]:
        found: dict[str, Any] = {"of_office": self._office()} if self.office_period else {}
        if self.counted_from[0] not in MOMENTS:
            fields = [F(name) for name in self.counted_from]
            found["counted_from"] = fields[0] if len(fields) == 1 else Greatest(*fields)
        return found

    def _office(self) -> Any:
        paths = [F(path) for path in self.office]
        return paths[0] if len(paths) == 1 else Coalesce(*paths)

    def periods(self) -> dict[Period, Q | None]:
        """Each period that is in use, and whose rows have it; one for all where no office has set its own."""
        if self.office_period is None:
            return {self.preset: None}
        bounds = OFFICE_PERIODS[self.office_period]
        own: dict[Period, list[UUID]] = {}
        for pk, days in Office.objects.filter(keep_days__has_key=self.office_period).values_list(
            "pk", f"keep_days__{self.office_period}"
        ):
            own.setdefault(bounds.of(days), []).append(pk)
        if not own:
            return {bounds.preset: None}
        with_own = [pk for offices in own.values() for pk in offices]
        others = Q(of_office__isnull=True) | ~Q(of_office__in=with_own)
        found: dict[Period, Q | None] = {kept: Q(of_office__in=pks) for kept, pks in own.items()}
        found[bounds.preset] = others | (found.get(bounds.preset) or Q(pk__in=[]))
        return found


def rules() -> list[Rule]:
    """All of them: what is declared first, then what looks at more than one table."""
    return [*_declared(), *_of_others(), *_spanning()]


def _declared() -> Iterator[Rule]:
    for model in own_models():
        entry = entry_of(model)
        if entry.period is not None:
            yield Rule(
                model,
                entry.period,
                entry.counted_from,
                entry.at_the_end,
                entry.office,
                entry.office_period,
            )


def _of_others() -> Iterator[Rule]:
    for label, foreign in FOREIGN.items():
        if foreign.over_at:
            yield Rule(apps.get_model(label), Period(0, "day"), (foreign.over_at,))
        elif has_period(foreign.keep_for):
            yield Rule(apps.get_model(label), period(foreign.keep_for), (foreign.counted_from,))


def _spanning() -> Iterator[Rule]:
    for found in SPANNING:
        office = ("office",) if found.model is not User else ()
        yield Rule(found.model, found.preset, (found.moment,), "erased", office, found.office_period)


@dataclass
class Run:
    """What a run has done so far: rows by rule, those that refused, and whether it came to the end."""

    gone: Counter[str]
    refused: int = 0
    finished: bool = False


def run(*, now: datetime, seconds: float | None = None) -> Run:
    """End what is due, the letters to silent pilots first; after so many seconds it stops between two batches."""
    done, started = Run(Counter()), monotonic()
    for pk in list(silent_to_notice(now).values_list("pk", flat=True)):
        _try(partial(notice_silence, pilot_id=pk, by=None, now=now), "silence", pk, done)
    for rule in rules():
        last: Any = None
        while True:
            if stopping.is_asked() or (seconds is not None and monotonic() - started > seconds):
                return done
            due = rule.due(now) if last is None else rule.due(now).filter(pk__gt=last)
            ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
            if not ids:
                break
            last = ids[-1]  # one that refuses is not looked at again before the next night
            done.gone[rule.name] += len(_end(rule, ids, now, done))
    _catch_up()
    done.finished = True
    return done


def _catch_up() -> None:
    """Let the ledger know whoever a crash has left out; where it cannot be written, the next night makes up for it."""
    try:
        ledger.catch_up()
    except (OSError, ValueError) as error:
        logger.error("erasure ledger not caught up error=%s", type(error).__name__)


def silent_to_notice(now: datetime) -> models.QuerySet[Pilot]:
    """Pilots to be written to, since in a month their time is over; each once in one silence."""
    silent = next(rule for rule in _spanning() if rule.office_period == "silent_pilots")
    due = Q(pk__in=[])
    for kept, offices in silent.periods().items():
        since = kept.before(now + NOTICE)
        unasked = silent_since(since, now) & ~Q(noticed(since, now))
        due |= unasked if offices is None else unasked & offices
    return Pilot.objects.alias(of_office=F("office")).filter(due).order_by("pk")


def night_of(now: datetime) -> datetime:
    """When the night began whose run is to be done."""
    local = now.astimezone(get_default_timezone())
    night = local.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return night if night <= local else night - timedelta(days=1)


def run_if_due(*, now: datetime, seconds: float | None = None) -> RetentionRun | None:
    """This night's run, begun or gone on with; None where it is done."""
    night, started = night_of(now).date(), monotonic()
    row, _new = RetentionRun.objects.get_or_create(night=night, defaults={"started_at": now})
    if row.finished_at is not None:
        return None
    done = run(now=now, seconds=seconds)
    with transaction.atomic():
        row = RetentionRun.objects.select_for_update().get(pk=row.pk)
        row.gone = dict(Counter(row.gone) + done.gone)
        row.refused += done.refused
        row.finished_at = now if done.finished else None
        row.save()
        if done.finished:
            succeeded("retention", at=now, seconds=monotonic() - started)
    return row


def _end(rule: Rule, ids: list[Any], now: datetime, done: Run) -> set[Any]:
    """End these rows; who refuses or breaks stops no other. The ids of those that are gone."""
    if rule.at_the_end == "erased":
        act = ERASE_BY[rule.model]
        return {pk for pk in ids if _try(partial(act, pk, now), rule.name, pk, done)}
    if _try(partial(_batch, rule, ids, now), rule.name, None, Run(Counter())):
        return set(ids)
    return {pk for pk in ids if _try(partial(_batch, rule, [pk], now), rule.name, pk, done)}


def _batch(rule: Rule, ids: list[Any], now: datetime) -> None:
    with transaction.atomic():
        # Looked at again within the transaction: what has come to life in between stays.
        due = list(rule.due(now).filter(pk__in=ids).values_list("pk", flat=True))
        ENDINGS[rule.at_the_end].end(rule.model._default_manager.filter(pk__in=due), now)


def _try(act: Callable[[], object], name: str, pk: Any, done: Run) -> bool:
    try:
        act()
    except DomainError as error:
        logger.info("retention skipped rule=%s id=%s code=%s", name, pk, error.code)
    except Exception as error:  # type and place alone: psycopg's DETAIL carries values
        logger.error("retention failed rule=%s id=%s error=%s", name, pk, type(error).__name__)
    else:
        return True
    done.refused += 1
    return False
