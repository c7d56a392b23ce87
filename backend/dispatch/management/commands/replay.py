"""manage.py replay: past or synthetic requests under other rules, weights and ways of asking, compared."""

import json
import os
from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.accounts.models import Office
from backend.dispatch.replay.chart import as_svg
from backend.dispatch.replay.comparison import Row, Variant, compared
from backend.dispatch.replay.past import FEWEST
from backend.dispatch.replay.source import Source, from_a_town, from_the_past
from backend.dispatch.replay.table import as_json, as_text
from backend.dispatch.replay.ways import ALWAYS, NAMES, PLAN, USUAL, ways_of_asking
from matching.stream_parts import RULES, OtherRules
from matching.weights import Weights, WeightsError

AS_IT_IS = "as it is"
USUAL_DAYS = 180


class Command(BaseCommand):
    """Thin: reads what was typed, compares, shows. Nothing is written to the database."""

    help = (
        "Replay requests under other rules, weights or ways of asking, and compare who would have been helped, how "
        "soon, with how many messages, and how fairly. Reads only. See docs/replay.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--office", metavar="SLUG", help="whose past to replay; not needed where there is one"
        )
        parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="first day, 2026-01-31")
        parser.add_argument(
            "--days", type=int, default=USUAL_DAYS, help=f"how many days (default: {USUAL_DAYS}, up to today)"
        )
        parser.add_argument(
            "--synthetic",
            type=int,
            metavar="PILOTS",
            help="an invented town of so many pilots instead of the past",
        )
        parser.add_argument("--per-day", type=float, default=2.0, help="its requests a day (default: 2)")
        parser.add_argument(
            "--policy",
            action="append",
            choices=NAMES,
            metavar="NAME",
            help=f"way of asking, may be repeated: {', '.join(NAMES)}. {' and '.join(ALWAYS)} are always there.",
        )
        parser.add_argument(
            "--weights",
            action="append",
            default=[],
            metavar="JSON",
            help="also with these weights, may be repeated: '{\"proximity\": 0.6}'",
        )
        parser.add_argument(
            "--rule",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"also with this rule, all of them together: {', '.join(RULES)}",
        )
        parser.add_argument(
            "--plan", action="store_true", help=f"also {PLAN}: each day's requests planned jointly at 17:00"
        )
        parser.add_argument(
            "--runs", type=int, default=3, help="simulations to take the mean of (default: 3)"
        )
        parser.add_argument("--seed", type=int, default=1, help="equal seeds give equal figures (default: 1)")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
        parser.add_argument("--chart", type=Path, metavar="FILE.svg", help="draw them there")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("days", "runs"):
            if options[name] < 1:
                raise CommandError(f"--{name} must be 1 or more.")
        for path in filter(None, (options["json"], options["chart"])):
            if not os.access(path.parent, os.W_OK):  # said before the work, not after it
                raise CommandError(f"{path} cannot be written: choose a folder that is there and yours.")
        source = _source(options)
        variants = _variants(source.weights, options["weights"], options["rule"])
        self.stdout.write(f"{source.requests} requests: {source.title}.")
        rows = self._rows(source, variants, options)
        self._progress("")
        self.stdout.write("\n" + as_text(rows))
        if options["json"]:
            facts = {"source": source.title, "requests": source.requests, "seed": options["seed"]}
            options["json"].write_text(as_json(rows, **facts, runs=options["runs"]) + "\n", encoding="utf-8")
        if options["chart"]:
            options["chart"].write_text(as_svg(rows), encoding="utf-8")

    def _rows(self, source: Source, variants: list[Variant], options: dict[str, Any]) -> list[Row]:
        names = dict.fromkeys([*ALWAYS, *(options["policy"] or USUAL), *([PLAN] if options["plan"] else [])])
        ways = ways_of_asking(source.policy, source.delay)
        streams = {}
        for variant in variants:
            stream = source.stream(
                variant.weights, variant.rules, lambda done, of: self._progress(f"{done} of {of} requests")
            )
            streams[variant.name] = (stream, variant.rules)
        return compared(
            streams,
            {name: ways[name] for name in names},
            source.behaviour,
            travel_buffer_minutes=source.travel_buffer_minutes,
            seeds=range(options["seed"], options["seed"] + options["runs"]),
            progress=self._progress,
        )

    def _progress(self, what: str) -> None:
        """On a terminal one line that overwrites itself, on the error stream; a file gets the result alone."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\033[K{what}", str, ending="")  # str: not in the red of errors
            self.stderr.flush()


def _source(options: dict[str, Any]) -> Source:
    if (pilots := options["synthetic"]) is not None:
        if pilots < 1 or options["per_day"] <= 0:
            raise CommandError("--synthetic and --per-day must be more than 0.")
        return from_a_town(pilots, per_day=options["per_day"], days=options["days"], seed=options["seed"])
    office = _office(options["office"])
    today = timezone.now().astimezone(office.zone)
    first = options["since"] or today.date() - timedelta(days=options["days"])
    since = datetime.combine(first, time(), tzinfo=office.zone)
    source = from_the_past(office, since=since, until=min(since + timedelta(days=options["days"]), today))
    if source.requests < FEWEST:
        raise CommandError(
            f"{source.requests} requests in this time are too few to compare, {FEWEST} are needed. Begin earlier with "
            "--since and --days, or replay an invented town: --synthetic 80 --per-day 2."
        )
    return source


def _office(slug: str | None) -> Office:
    offices = Office.objects.order_by("slug")
    found = list(offices.filter(slug=slug) if slug else offices)
    if len(found) != 1:
        known = ", ".join(offices.values_list("slug", flat=True)) or "none"
        raise CommandError(
            f"Name the office with --office. Known: {known}. Without one: --synthetic 80 --per-day 2."
        )
    return found[0]


def _variants(weights: Weights, others: list[str], rules: list[str]) -> list[Variant]:
    """The office as it is, with the other rules, and with each of the other weights."""
    variants = [Variant(AS_IT_IS, weights, OtherRules())]
    if rules:
        variants.append(Variant(", ".join(rules), weights, _rules(rules)))
    for typed in others:
        try:
            changed = json.loads(typed)
            variants.append(
                Variant(_named(changed), Weights.from_dict({**weights.to_dict(), **changed}), OtherRules())
            )
        except (json.JSONDecodeError, TypeError, AttributeError) as error:
            raise CommandError(
                f"--weights {typed} must be a JSON object like '{{\"proximity\": 0.6}}'."
            ) from error
        except WeightsError as error:
            raise CommandError(f"--weights {typed}: {error}") from error
    return variants


def _named(weights: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in weights.items())


def _rules(typed: list[str]) -> OtherRules:
    values: dict[str, Any] = {}
    for each in typed:
        name, equals, value = each.partition("=")
        if name not in RULES or not equals:
            raise CommandError(f"--rule {each}: write NAME=VALUE, with one of {', '.join(RULES)}.")
        try:
            values[name] = float(value) if name == "extra_reach_km" else int(value)
        except ValueError as error:
            raise CommandError(f"--rule {each}: {value!r} is no such number.") from error
    try:
        return OtherRules(**values)
    except ValueError as error:
        raise CommandError(f"--rule: {error}") from error
