"""Is this installation set up as it should be? Each rule has an id, and says what to do.

The list of rules is the one source: Django's `check` runs them, `manage.py doctor` shows them, docs/checks.md is
drawn from them. Rules of the deployment count where the service is reached by others (`check --deploy`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags
from django.db import DatabaseError

from backend.operations import connection_rules as connections
from backend.operations import database_rules as data
from backend.operations import setup_rules as setup

ERROR, WARNING = "E", "W"
ALWAYS, DEPLOY, DATABASE = "always", "deploy", "database"


@dataclass(frozen=True)
class Rule:
    """One thing that must hold. `broken` answers what is wrong, or None."""

    number: int
    level: str
    when: str
    about: str
    broken: Callable[[], str | None]
    do: str

    @property
    def id(self) -> str:
        return f"ilos.{self.level}{self.number:03}"


RULES: Sequence[Rule] = (
    Rule(1, ERROR, DEPLOY, "SECRET_KEY is long and random", setup.secret_key,
         "Draw a new one (`bin/make-secrets` does); everybody is signed out by it."),
    Rule(2, ERROR, ALWAYS, "the vault's keyring can be read", setup.vault_keys,
         "Bring secrets/vault_keys back from its safe copy. Without it no name can be opened."),
    Rule(3, WARNING, DEPLOY, "nobody else reads the vault's keyring", setup.vault_keys_private,
         "chmod 600 the file, or 700 its folder."),
    Rule(4, ERROR, DEPLOY, "strict cookies and headers on a public host", setup.secure,
         "Set SECURE=1 (https in BASE_URL does)."),
    Rule(5, ERROR, ALWAYS, "BASE_URL is an address, and no more", setup.base_url,
         "Write it as https://ilos.example.org."),
    Rule(6, ERROR, DEPLOY, "a public host is reached by https", setup.base_url_https,
         "Put a proxy with a certificate in front and write https:// into BASE_URL."),
    Rule(7, ERROR, DEPLOY, "only our own host names are answered", setup.allowed_hosts,
         "Name in ALLOWED_HOSTS exactly the hosts of this service."),
    Rule(8, WARNING, DEPLOY, "visitors are told apart behind the proxy", setup.trusted_proxy,
         "Set TRUSTED_PROXY_COUNT to the number of proxies in front, usually 1."),
    Rule(9, ERROR, DEPLOY, "no debugging pages in public", setup.debug, "Set DEBUG=0."),
    Rule(10, ERROR, DEPLOY, "the demo's mailbox is not public", setup.mailbox_closed,
         "Unset MAILBOX_DIR and LOAD_DEMO."),
    Rule(11, ERROR, DEPLOY, "push goes to public services only", setup.push_outside,
         "Unset PUSH_ALLOW_LOCAL."),
    Rule(12, WARNING, DEPLOY, "a mail server is set", setup.mail_server,
         "Set EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER."),
    Rule(13, ERROR, DEPLOY, "mail leaves under TLS", connections.mail,
         "Set EMAIL_USE_TLS=1 (STARTTLS, port 587) or EMAIL_USE_SSL=1 (TLS from the start, port 465), not both."),
    Rule(14, WARNING, DEPLOY, "mail comes from an address of one's own", setup.mail_sender,
         "Set DEFAULT_FROM_EMAIL to a mailbox that somebody reads."),
    Rule(15, ERROR, DEPLOY, "a lease outlives a slow mail server", setup.lease,
         "Leave DELIVERY_LEASE_SECONDS at 60: a shorter one doubles mails."),
    Rule(16, ERROR, ALWAYS, "the geocoder has an address", setup.geocoder,
         "Set GEOCODER_URL, or GEOCODER=gazetteer, which asks nobody."),
    Rule(17, WARNING, DEPLOY, "texts are compiled in every language", setup.languages,
         "Build the image anew (msgfmt)."),
    Rule(18, WARNING, DEPLOY, "style and scripts are collected", setup.static_files,
         "manage.py collectstatic, or build the image anew."),
    Rule(19, ERROR, DEPLOY, "monitoring's token is long", setup.metrics_token,
         f"At least {setup.TOKEN_LENGTH} characters, or none at all."),
    Rule(20, ERROR, DEPLOY, "the key of web push is one", setup.push_key,
         "32 random bytes in base64url (`bin/make-secrets` draws them)."),
    Rule(21, WARNING, DEPLOY, "backups have a recipient", setup.backup_recipient,
         "manage.py backup_key; the public key into BACKUP_RECIPIENT, the private one into the safe."),
    Rule(22, ERROR, ALWAYS, "the SMS provider is known or described", setup.sms_provider,
         "Set SMS_GATEWAY to seven, sipgate, twilio or a JSON file (docs/messages.md), and SMS_KEY; or neither."),
    Rule(23, ERROR, DEPLOY, "nobody guesses where SMS replies come in", setup.sms_replies,
         f"At least {setup.TOKEN_LENGTH} letters and digits in SMS_WEBHOOK_SECRET, or none at all."),
    Rule(24, ERROR, ALWAYS, "the mailbox of returned mails has an address", setup.returned_mail,
         "Write BOUNCE_MAILBOX as imaps://user:password@host/folder, and BOUNCE_ADDRESS as name@host."),
    Rule(25, ERROR, DEPLOY, "a database elsewhere is spoken to under TLS", connections.database,
         "Use its socket, or put ?sslmode=verify-full&sslrootcert=FILE behind DATABASE_URL."),
    Rule(26, ERROR, DEPLOY, "a Redis elsewhere is spoken to under TLS", connections.queue,
         "Use its socket (unix:///…/redis.sock?db=0), or rediss://…?ssl_ca_certs=FILE; leave its certificate checked."),
    Rule(27, ERROR, DEPLOY, "returned mails are fetched under TLS", connections.returned_mail,
         "Write BOUNCE_MAILBOX as imaps://…, or imap://… for STARTTLS."),
    Rule(28, ERROR, DEPLOY, "geocoder and SMS gateway are called under TLS", connections.calls,
         "Write their addresses as https://…; an own authority goes into SSL_CERT_FILE."),
    Rule(30, ERROR, DATABASE, "PostGIS is there", data.postgis,
         "CREATE EXTENSION postgis, as the database's owner."),
    Rule(31, WARNING, DATABASE, "the service cannot change its schema", data.app_role,
         "Let web, worker and beat enter as ilos_app; only `prepare` is the owner (see compose.yaml)."),
    Rule(32, ERROR, DATABASE, "the journal cannot be rewritten", data.append_only,
         "manage.py migrate; if the trigger was dropped by hand, find out why."),
    Rule(33, WARNING, DATABASE, "the clocks agree", data.clocks,
         "Let both machines follow the same time server."),
    Rule(34, ERROR, DATABASE, "every office has a known time zone", data.office_zones,
         "Write one such as Europe/Berlin."),
    Rule(35, WARNING, DATABASE, "the disk has room for backups", data.room_for_backups,
         "Make room, lower BACKUP_KEEP, or write to another disk."),
)  # fmt: skip


def findings(rules: Iterable[Rule]) -> list[CheckMessage]:
    """What is broken, as Django's messages. A database that is away is no finding of a rule about its content."""
    found: list[CheckMessage] = []
    for rule in rules:
        try:
            wrong = rule.broken()
        except DatabaseError as error:
            wrong = f"could not be looked at: {type(error).__name__}" if rule.when != DATABASE else None
        if wrong:
            kind = checks.Error if rule.level == ERROR else checks.Warning
            found.append(kind(f"{wrong[0].upper()}{wrong[1:]}.", hint=rule.do, id=rule.id))
    return found


def _of(when: str) -> list[Rule]:
    return [rule for rule in RULES if rule.when == when]


def register_all() -> None:
    """Hand the rules over to Django's `check`."""

    def always(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
        return findings(_of(ALWAYS))

    def deployed(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
        return findings(_of(DEPLOY))

    def in_database(app_configs: Any = None, databases: Any = None, **_: Any) -> list[CheckMessage]:
        return findings(_of(DATABASE)) if databases else []

    checks.register(always, Tags.security)
    checks.register(deployed, Tags.security, deploy=True)
    # With --deploy only: `migrate` runs the others of this tag, as the owner and before there is anything.
    checks.register(in_database, Tags.database, deploy=True)


def page() -> str:
    """docs/checks.md."""
    kinds = {ERROR: "error", WARNING: "warning"}
    lines = [
        "# Checks of an installation",
        "",
        "Drawn from `backend/operations/checks.py` by `manage.py generate_docs`; do not edit. `manage.py check` runs",
        "those that always count, `check --deploy` all about the settings, with `--database default` also those about",
        "the database; `manage.py doctor` runs everything and says more. Numbers are never given twice.",
        "",
        "| Id | Kind | Runs with | What must hold | Otherwise |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    for rule in RULES:
        lines.append(f"| `{rule.id}` | {kinds[rule.level]} | {rule.when} | {rule.about} | {rule.do} |")
    return "\n".join(lines) + "\n"
