"""How a letter leaves by SMTP, and what the mail server's answers mean for the next attempt."""

import smtplib
from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from backend.accounts.models import User
from notifications.bounces.models import undeliverable
from notifications.channels.failed import DeliveryFailed
from notifications.letter import Letter
from notifications.states import Failure


def send(letter: Letter, *, to: User, message_id: str) -> None:
    """Hand the letter to the mail server; returning means that the server has taken it over."""
    if (known := undeliverable(to)) is not None:
        raise DeliveryFailed(Failure.HELD_BACK, known.code, permanent=True)
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
    mail = EmailMultiAlternatives(
        from_email=return_path(message_id),
        subject=letter.subject,
        body=letter.text,
        to=[letter.to or to.email],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies, please
            "Content-Language": letter.language,
            **_one_click(letter),
        },
        attachments=letter.attachments,
        connection=connection,
    )
    mail.attach_alternative(letter.html, "text/html")
    # Django leaves the connection open when the sign-in fails.
    with _answers_of_the_server(), closing(connection):
        mail.send()


def return_path(message_id: str) -> str:
    """Where the mail comes back to: an address of its own for each message (VERP), if there is a mailbox for that."""
    local, at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    if not at:
        return str(settings.DEFAULT_FROM_EMAIL)
    name = message_id.strip("<>").partition("@")[0].replace("-", "")
    return f"{local}+{name}@{domain}"


def _one_click(letter: Letter) -> dict[str, str]:
    """What lets mail programs show a button that ends such messages (RFC 2369, 8058)."""
    if not letter.unsubscribe_url:
        return {}
    return {
        "List-Unsubscribe": f"<{letter.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@contextmanager
def _answers_of_the_server() -> Iterator[None]:
    """Only what the server says of this recipient or message can be final; all else is about us and can be mended."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        raise _refused(code) from error
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code) from error
    except smtplib.SMTPResponseException as error:  # greeting, sign-in or our own address
        raise DeliveryFailed(Failure.NOT_ADMITTED, str(error.smtp_code), permanent=False) from error
    except TimeoutError as error:
        raise DeliveryFailed(Failure.TIMEOUT, permanent=False) from error
    except smtplib.SMTPServerDisconnected as error:
        # smtplib reports a read that timed out as a lost connection.
        timed_out = isinstance(error.__context__, TimeoutError)
        failure = Failure.TIMEOUT if timed_out else Failure.UNREACHABLE
        raise DeliveryFailed(failure, permanent=False) from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryFailed(Failure.UNREACHABLE, type(error).__name__, permanent=False) from error


def _refused(code: int) -> DeliveryFailed:
    permanent = 500 <= code < 600
    return DeliveryFailed(Failure.REFUSED if permanent else Failure.BUSY, str(code), permanent=permanent)
