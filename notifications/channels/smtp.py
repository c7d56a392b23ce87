"""How we speak SMTP: as Django does, but never longer than a whole delivery may take, however slowly a server drips."""

import smtplib
from threading import Timer
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp

BOTH_WAYS = 2  # the module `socket` calls it SHUT_RDWR


class _Timed(smtplib.SMTP):
    """smtplib's timeout holds for each read; a server that sends a byte now and then would never meet it."""

    _timer: Timer | None = None
    _is_over = False

    def _get_socket(self, host: str, port: int, timeout: Any) -> Any:
        self._timer = Timer(settings.EMAIL_WHOLE_SECONDS, self._end)
        self._timer.daemon = True
        self._timer.start()
        return super()._get_socket(host, port, timeout)  # type: ignore[misc]

    def getreply(self) -> tuple[int, bytes]:
        try:
            reply = super().getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if self._is_over:
                raise TimeoutError("the whole delivery took too long") from error
            raise
        if self._is_over:  # a line that was cut off reads like an answer
            raise TimeoutError("the whole delivery took too long")
        return reply

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().close()

    def _end(self) -> None:
        self._is_over = True
        try:
            if self.sock is not None:
                self.sock.shutdown(BOTH_WAYS)
        except OSError:
            pass  # closed meanwhile


class _TimedOverTls(_Timed, smtplib.SMTP_SSL):
    """The same from the first byte under TLS."""


class EmailBackend(smtp.EmailBackend):
    """Django's, with an end to everything."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _TimedOverTls if self.use_ssl else _Timed
