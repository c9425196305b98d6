"""Logs: one JSON object a line, on standard error.

Promises: no line break or control character of a client's survives as such (JSON escapes them); no
bodies and no headers; a traceback shows where an error came from, and its message only for kinds of
errors that speak of our own machinery (a database error's text can quote what a lab sent).
"""

from __future__ import annotations

import logging.config
import traceback
from types import TracebackType
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from redis import RedisError


ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

# Several lines for each run of each job, every ten seconds, that say that all is well.
CHATTY = ("celery.worker.strategy", "celery.app.trace", "celery.beat")

TELLING_ERRORS = (OSError, ImportError, ImproperlyConfigured, OperationalError, RedisError)


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG hook: standard logging and structlog end in the same lines."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def configuration(level: str) -> dict[str, Any]:
    """The LOGGING dict at this level ("INFO", …)."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.add_log_level,
                    structlog.stdlib.add_logger_name,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.processors.ExceptionRenderer(render_error),
                    structlog.processors.JSONRenderer(default=str),
                ],
                "foreign_pre_chain": [structlog.contextvars.merge_contextvars],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own server and mail-the-admins handlers stay out of it.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            **{name: {"level": "WARNING"} for name in CHATTY if level != "DEBUG"},
        },
    }


def render_error(exc_info: ExcInfo) -> str:
    """Traceback as text, without local values and without messages that may quote a submission."""
    lines: list[str] = []
    for error in reversed(chain(exc_info[1])):
        lines += traceback.format_tb(error.__traceback__)
        words = f": {error}" if isinstance(error, TELLING_ERRORS) else ""
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}{words}\n")
    return "".join(lines)


def chain(error: BaseException) -> list[BaseException]:
    """The error and what it came from, newest first."""
    found: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in found:
        found.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return found
