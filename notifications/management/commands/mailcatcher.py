"""A mail server for demo and development: takes every message and keeps it as a file, and passes none on."""

import asyncio
import os
import signal
from argparse import ArgumentParser
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from uuid_utils.compat import uuid7


class Keeper:
    """Writes each message to <folder>/<UUIDv7>.eml, so that the names sort by time of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        path = self.folder / f"{uuid7()}.eml"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        os.replace(unfinished, path)  # readers see whole messages only
        return f"250 kept {message_from_bytes(content).get('Message-ID', '')}".strip()


class Command(BaseCommand):
    help = "Catch mail on a local port and keep it as files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2525)
        parser.add_argument("--directory", default=settings.MAILBOX_DIR, help="default: MAILBOX_DIR")

    def handle(self, *args: Any, host: str, port: int, directory: str, **options: Any) -> None:
        if not directory:
            raise CommandError("Say where to keep the messages: MAILBOX_DIR or --directory.")
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            asyncio.run(self._serve(host, port, folder))
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}") from error

    async def _serve(self, host: str, port: int, folder: Path) -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        keeper = Keeper(folder)
        server = await loop.create_server(lambda: SMTP(keeper, hostname="mailcatcher"), host, port)
        taken = server.sockets[0].getsockname()[1]
        self.stdout.write(f"Catching mail on {host}:{taken}, kept in {folder}")
        self.stdout.flush()
        async with server:
            await stop.wait()
