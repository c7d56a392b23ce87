"""WSGI entry point."""

import gc
import logging
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from backend.masked_logs import MaskedAddresses

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
application = get_wsgi_application()
for server_log in ("gunicorn.access", "gunicorn.error"):  # set up by the server, not by our settings
    logging.getLogger(server_log).addFilter(MaskedAddresses())

# All code is here now and stays. The garbage collector need not walk through it again whenever a page makes many
# rows: that took longer than the page of the year's figures itself.
get_resolver().check()
gc.collect()
gc.freeze()
