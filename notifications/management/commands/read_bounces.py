"""Reads the mailbox of returned mails, or one returned mail from a pipe."""

import imaplib
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from backend.clock import database_now
from notifications.bounces.reading import read_mail, read_mailbox
from notifications.bounces.report import BYTES_AT_MOST


class Command(BaseCommand):
    help = "Note mails that came back: from BOUNCE_MAILBOX by IMAP, or one from the standard input. Names no address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stdin", action="store_true", help="one mail from the standard input")
        parser.add_argument("--keep", action="store_true", help="delete nothing from the mailbox")

    def handle(self, *args: Any, stdin: bool, keep: bool, **options: Any) -> None:
        now = database_now()
        if stdin:
            read = read_mail(sys.stdin.buffer.read(BYTES_AT_MOST + 1), now=now)
        elif not settings.BOUNCE_MAILBOX:
            raise CommandError("Say which mailbox: BOUNCE_MAILBOX, or hand one mail over with --stdin.")
        else:
            try:
                read = read_mailbox(settings.BOUNCE_MAILBOX, now=now, keep=keep)
            except (OSError, imaplib.IMAP4.error, ImproperlyConfigured) as error:
                raise CommandError(f"The mailbox cannot be read: {type(error).__name__}") from error
        self.stdout.write(f"mails: {read.mails}  failed messages noted: {read.noted}  left: {read.left}")
