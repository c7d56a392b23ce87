"""manage.py import_outlines: fill the outlines of municipalities from a GeoJSON file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from geo.address import GeoError
from geo.models import Outline
from geo.outlines import read_file


class Command(BaseCommand):
    """Thin: geo.outlines reads, Outline.objects saves, this reports."""

    help = (
        "Add or change the outlines of municipalities from a GeoJSON FeatureCollection in WGS 84 whose features carry "
        "`ags` (or `key`) and `name` (or `GEN`). They are drawn on the office's map; the product works without."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="GeoJSON, UTF-8")
        parser.add_argument("--source", required=True, help="whose data it is, as its licence wants it said")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            rows = read_file(path)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path}: not a UTF-8 text file ({error.reason})") from error
        except GeoError as error:
            raise CommandError(f"{path}: {error.code}; the outlines are unchanged") from error
        Outline.objects.save_rows(rows, source=options["source"])
        if options["verbosity"] > 0:
            self.stdout.write(f"Outlines: {len(rows)} added or changed.")
