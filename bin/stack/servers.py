"""What do the web process, the workers and the tests need to find their servers and secrets?"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from stack.console import Console
from stack.leftovers import Register
from stack.paths import Checkout, StateFolder, check_free_space
from stack.postgres import PostgresCluster, without_postgres_variables
from stack.redis_server import RedisServer
from stack.run_as import RunAs
from stack.secrets import SecretFiles, ensure_secrets
from stack.stamps import Stamps

# Set by us alone: a developer's own values for another place must not leak into this stack.
OURS = (
    *("DATABASE_URL", "DATABASE_PASSWORD", "REDIS_URL", "BROKER_URL", "SECRET_KEY", "VAULT_KEYS"),
    "VAPID_PRIVATE_KEY",
    *("DEBUG", "SECURE", "BASE_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "TRUSTED_PROXY_COUNT"),
    *("EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS"),
    *("MAILBOX_DIR", "STATIC_ROOT", "PLAIN_STATIC"),
    *("METRICS_TOKEN", "BACKUP_RECIPIENT", "BACKUP_DIR"),
)


@dataclass(frozen=True)
class Servers:
    """PostgreSQL and Redis, running, with what belongs to them."""

    checkout: Checkout
    state: StateFolder
    postgres: PostgresCluster
    redis: RedisServer
    secrets: SecretFiles
    stamps: Stamps
    register: Register

    def environment(self, **extra: str) -> dict[str, str]:
        """The variables that backend/settings.py reads, on top of the caller's other ones."""
        inherited = {
            name: value
            for name, value in without_postgres_variables().items()
            if name.removesuffix("_FILE") not in OURS
        }
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "backend.settings",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "BROKER_URL": self.redis.broker_url,
            "SECRET_KEY_FILE": str(self.secrets.secret_key),
            "VAULT_KEYS_FILE": str(self.secrets.vault_keys),
            "VAPID_PRIVATE_KEY_FILE": str(self.secrets.vapid_key),
            "DEBUG": "0",
            "SECURE": "0",
            **extra,
        }

    @property
    def application_user(self) -> RunAs | None:
        """The servers' user for the product too, unless it cannot read the checkout or run its Python."""
        user = self.state.run_as
        if user is None:
            return None
        readable = user.succeeds(
            [str(self.checkout.python), "-c", "import django, backend"], cwd=self.checkout.root
        )
        return user if readable and user.may_enter(self.checkout.var) else None


@contextmanager
def running_servers(
    console: Console, checkout: Checkout, state: StateFolder, *, durable: bool = True
) -> Iterator[Servers]:
    """PostgreSQL and Redis from first creation to orderly end."""
    check_free_space(state.root)
    register = Register(state.folder("processes"))
    stamps = Stamps(state.folder("stamps"))
    if names := register.end_leftovers():
        console.say(f"Ended what a killed run had left behind: {', '.join(names)}.")
    postgres, redis = PostgresCluster(state, durable=durable), RedisServer(state)
    with ExitStack() as cleanup:
        cleanup.callback(register.forget_ended)
        if not (postgres.data / "PG_VERSION").exists():
            stamps.clear()
            with console.step("New PostgreSQL cluster"):
                is_new = postgres.create()
        else:
            is_new = postgres.create()
        secrets = ensure_secrets(state, database_is_new=is_new)
        with console.step("PostgreSQL and Redis"):
            cleanup.callback(postgres.stop)
            postgres.start()
            register.note(postgres.process)
            cleanup.callback(redis.stop)
            redis.start()
            register.note(redis.process)
        yield Servers(checkout, state, postgres, redis, secrets, stamps, register)
