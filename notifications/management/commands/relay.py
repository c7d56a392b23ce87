"""Sends messages without any broker: looks into the database every few seconds, and needs nothing else."""

import logging
import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from backend import clock
from notifications import outbox, pulse

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Turn events into messages and send what is due, by polling the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=2.0, help="seconds between two looks (2)")
        parser.add_argument("--once", action="store_true", help="work off what is due now, and stop")

    def handle(self, *args: Any, interval: float, once: bool, **options: Any) -> None:
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        logger.info("relay_started interval=%s", interval)
        while not stop.is_set():
            found = self._look(stop)
            if once:
                break
            if not found:
                stop.wait(interval)
        logger.info("relay_stopped")

    @staticmethod
    def _look(stop: Event) -> int:
        """How many events and rows were handled. A lost database costs a log line; the rows wait."""
        close_old_connections()
        try:
            pulse.beat("relay", at=clock.database_now())
            events = outbox.fan_out(now=clock.database_now())
            return events + outbox.send_due(now=clock.database_now(), go_on=lambda: not stop.is_set())
        except (OperationalError, InterfaceError) as error:
            logger.warning("relay_without_database error=%s", type(error).__name__)
            return 0
