"""The web process: `gunicorn forum_share.wsgi`, behind a front that buffers slow clients.

Promises: acts as forum_web; a single statement ends after 15 s (both may be set otherwise).
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum_share.settings")
os.environ.setdefault("DATABASE_ROLE", "forum_web")
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "15s")

# After the variables above, which it only fills in where they are missing.
import forum_share.celery


# A sender waits while the doorbell is rung; a worker may wait longer for its next message.
forum_share.celery.app.conf.broker_transport_options.update(
    {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
)
application = get_wsgi_application()
# Now rather than with the first request, which would wait for it, or fail if a door is broken.
get_resolver().url_patterns  # noqa: B018  for its side effect
