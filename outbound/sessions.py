"""How does a library that speaks through `requests` do so under the same guard?"""

from __future__ import annotations

import socket
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from outbound.addresses import OUTSIDE, Reach, checked_url
from outbound.connecting import Deadline, connected
from outbound.errors import CallFailed, Refused, TooLarge, TooSlow

MAX_BYTES = 1024 * 1024


def guarded_session(
    reach: Reach = OUTSIDE, *, timeout_seconds: float = 5.0, max_bytes: int = MAX_BYTES
) -> requests.Session:
    """A session that reaches checked machines only, follows no redirect, uses no proxy, and reads a limited answer.

    Raises requests' own errors, `RequestException` and below, so that a library sees what it knows.
    """
    session = _Session()
    session.trust_env = False
    session.mount("http://", _Adapter(reach, timeout_seconds, max_bytes))
    session.mount("https://", _Adapter(reach, timeout_seconds, max_bytes))
    return session


class _Session(requests.Session):
    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["allow_redirects"] = False
        kwargs["stream"] = True  # the adapter reads, up to its limit
        return super().request(*args, **kwargs)


class _Adapter(HTTPAdapter):
    def __init__(self, reach: Reach, timeout_seconds: float, max_bytes: int) -> None:
        self._reach, self._timeout_seconds, self._max_bytes = reach, timeout_seconds, max_bytes
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        plain, secured = _connections(self._reach)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecuredPool", (HTTPSConnectionPool,), {"ConnectionCls": secured}),
        }

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"], kwargs["proxies"], kwargs["verify"] = self._timeout_seconds, {}, True
        request.headers["Accept-Encoding"] = "identity"
        deadline = Deadline(self._timeout_seconds)
        try:
            checked_url(request.url or "", self._reach)
            response = super().send(request, *args, **kwargs)
            response._content = self._read(response, deadline)
        except Refused as error:
            raise requests.exceptions.InvalidURL(str(error), request=request) from None
        except TooSlow as error:
            raise requests.exceptions.Timeout(str(error), request=request) from None
        except CallFailed as error:
            raise requests.exceptions.ConnectionError(str(error), request=request) from None
        except urllib3.exceptions.HTTPError as error:
            raise requests.exceptions.ConnectionError(type(error).__name__, request=request) from None
        return response

    def _read(self, response: requests.Response, deadline: Deadline) -> bytes:
        body = bytearray()
        try:
            while chunk := response.raw.read1(65536, decode_content=False):
                body += chunk
                if len(body) > self._max_bytes:
                    raise TooLarge(str(self._max_bytes))
                deadline.left()
        finally:
            response.close()
        return bytes(body)


def _connections(reach: Reach) -> tuple[type[HTTPConnection], type[HTTPSConnection]]:
    """urllib3's connections, but for how they come to their socket."""

    def new_socket(self: HTTPConnection) -> socket.socket:
        seconds = self.timeout if isinstance(self.timeout, int | float) else 5.0
        try:
            return connected(self.host, self.port, reach=reach, deadline=Deadline(seconds))
        except TooSlow as error:
            raise ConnectTimeoutError(self, str(error)) from None
        except Refused:
            raise
        except CallFailed as error:
            raise NewConnectionError(self, str(error)) from None

    return (
        type("Connection", (HTTPConnection,), {"_new_conn": new_socket}),
        type("SecuredConnection", (HTTPSConnection,), {"_new_conn": new_socket}),
    )
