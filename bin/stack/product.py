"""How is the product brought up to date before it starts: texts, schema, static files, demo town?"""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from stack.console import Console
from stack.errors import StackError
from stack.paths import Checkout
from stack.run_as import RunAs
from stack.servers import Servers
from stack.stamps import fingerprint


class Product:
    """The checkout's management commands, each run only when its sources have changed since the last time."""

    def __init__(
        self, console: Console, servers: Servers, environment: dict[str, str], user: RunAs | None
    ) -> None:
        self.console, self.servers, self.environment, self.user = console, servers, environment, user

    @property
    def root(self) -> Path:
        return self.servers.checkout.root

    def compile_messages(self) -> None:
        """Translate the catalogues that are newer than their compiled form."""
        stale = [po for po in catalogues(self.servers.checkout) if is_stale(po)]
        if not stale:
            return
        with self.console.step("Texts in other languages"):
            for po in stale:
                compile_catalogue(po)

    def migrate(self) -> None:
        """Bring the database schema up to date."""
        sources = self._sources("migrations/*.py")
        self._once_for(sources, "migrate", "Database schema", "migrate", "--noinput")

    def collect_static(self) -> None:
        """Put scripts, styles and pictures where the web process serves them from."""
        sources = [*self._sources("static/**/*"), self.root / "backend" / "settings.py"]
        self._once_for(sources, "static", "Static files", "collectstatic", "--noinput", "--clear")

    def import_gazetteer(self) -> None:
        """Fill the list of postal codes and places from the package that carries it."""
        self._once_for(
            [self.servers.checkout.venv / "locked.json"], "gazetteer", "Places", "import_gazetteer"
        )

    def load_demo(self) -> None:
        """Load the demo town, once in the life of a database."""
        self._once_for([], "demo", "Demo town", "load_demo")

    def manage(self, *arguments: str) -> str:
        """Run a management command; its output."""
        return self.console.run(
            [self.servers.checkout.python, "manage.py", *arguments],
            log=self.servers.state.log("manage"),
            env=self.environment,
            cwd=self.root,
            run_as=self.user,
        )

    def _sources(self, pattern: str) -> list[Path]:
        """Files of our own apps, and the lock, which stands for everybody else's."""
        own = (
            path for top in ("backend", "geo", "notifications") for path in (self.root / top).rglob(pattern)
        )
        return [*own, self.servers.checkout.venv / "locked.json"]

    def _once_for(self, sources: Iterable[Path], stamp: str, title: str, *arguments: str) -> None:
        current = fingerprint(sources)
        if self.servers.stamps.is_current(stamp, current):
            return
        with self.console.step(title):
            self.manage(*arguments)
        self.servers.stamps.set(stamp, current)


def catalogues(checkout: Checkout) -> list[Path]:
    """All message catalogues of the checkout."""
    tail = "locale/*/LC_MESSAGES/*.po"
    return [po for head in ("", "*/", "backend/*/") for po in checkout.root.glob(head + tail)]


def is_stale(po: Path) -> bool:
    """Whether the catalogue is newer than its compiled form, or has none."""
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def compile_catalogue(po: Path) -> None:
    """Make the .mo beside the .po, whole or not at all."""
    half = po.with_suffix(".mo.half")
    done = subprocess.run(["msgfmt", "--check-format", "-o", half, po], capture_output=True, text=True)
    if done.returncode != 0:
        raise StackError(f"{po} cannot be compiled:\n{done.stderr.strip()}")
    half.rename(po.with_suffix(".mo"))
