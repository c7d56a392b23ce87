"""An SMS provider on this machine: what was posted to it, and what it answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]


@dataclass
class SmsServer:
    """`received` are (path, headers, body); `answers` what to say, the last one for ever."""

    origin: str = ""
    received: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=lambda: [(200, {"id": "m-1"})])

    @property
    def texts(self) -> list[str]:
        return [json.loads(body)["text"] for _path, _headers, body in self.received]

    def described(self, **changes: Any) -> dict[str, Any]:
        """How SMS_GATEWAY describes it."""
        return {
            "url": f"{self.origin}/send",
            "headers": {"Authorization": "Bearer {key}", "Idempotency-Key": "{id}"},
            "fields": {"to": "{to}", "from": "{sender}", "text": "{text}"},
            "id_at": "id",
            "inbound": {"sender": "from", "text": "text", "id": "id"},
            **changes,
        }


@contextmanager
def running() -> Iterator[SmsServer]:
    state = SmsServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            state.received.append((self.path, dict(self.headers.items()), body))
            status, said = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            raw = b"" if status == 204 else json.dumps(said).encode()
            self.send_response(status)
            if status in {301, 302, 307}:
                self.send_header("Location", f"{state.origin}/elsewhere")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
