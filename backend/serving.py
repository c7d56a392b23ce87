"""How is gunicorn to serve? Read by `gunicorn --config python:backend.serving`.

Its access log stays off: the application writes that line itself, with the route, without query and with the id of
the request. What gunicorn has to say of its own comes in the form of all other lines.
"""

import logging
from typing import Any

from gunicorn import glogging

from backend.environment import number, one_of
from backend.log_lines import JsonLines, NoValues, PlainLines
from backend.masked_logs import MaskedAddresses


class ServerLog(glogging.Logger):
    """gunicorn's own lines, masked and formed like the product's."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        form = JsonLines if one_of("LOG_FORMAT", ("plain", "json")) == "json" else PlainLines
        for name in ("gunicorn.error", "gunicorn.access"):
            for handler in logging.getLogger(name).handlers:
                handler.setFormatter(form())
                handler.addFilter(NoValues())
                handler.addFilter(MaskedAddresses())


logger_class = ServerLog
workers = int(number("WEB_WORKERS", 2, 1))
threads = int(number("WEB_THREADS", 4, 1))
worker_class = "gthread"
control_socket_disable = True
timeout = 60
# Longer than a proxy keeps an idle connection (nginx: 60 s): else it sends into one that has just been closed.
keepalive = 75
graceful_timeout = 25  # who has asked gets an answer; the container's grace period is longer
# A leak in some library ends here; the jitter keeps the workers from ending together.
max_requests, max_requests_jitter = 20_000, 2_000
