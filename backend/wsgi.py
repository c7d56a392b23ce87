"""WSGI entry point."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from backend.masked_logs import MaskedAddresses

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
application = get_wsgi_application()
for server_log in ("gunicorn.access", "gunicorn.error"):  # set up by the server, not by our settings
    logging.getLogger(server_log).addFilter(MaskedAddresses())
