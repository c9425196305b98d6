from __future__ import annotations

import json
import logging
import logging.config
import sys
from typing import Never

import pytest
import structlog
from django.db import DataError, OperationalError

from forum_share import logs


CANARY = "canary.meadowexit.example"


def line(record: logging.LogRecord) -> dict[str, str]:
    """The record as the hub writes it: one line that holds one JSON object."""
    formatters = logs.configuration("INFO")["formatters"]
    options = dict(formatters["json"])
    written = options.pop("()")(**options).format(record)
    assert "\n" not in written
    found: dict[str, str] = json.loads(written)
    return found


def record(message: str, *values: object, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("indicators.x", logging.ERROR, "x.py", 1, message, values, exc_info)


def raised(error: BaseException) -> BaseException:
    try:
        fail(error)
    except BaseException as caught:  # noqa: BLE001  whatever it is
        return caught


def fail(error: BaseException) -> Never:
    raise error


def test_a_line_break_of_a_clients_stays_inside_its_line() -> None:
    found = line(record("Not Found: %s", '/x\r\n{"event": "forged"}\x1b[31m'))
    assert found["event"].startswith("Not Found: /x\r\n")
    assert (found["level"], found["logger"]) == ("error", "indicators.x")
    assert found["timestamp"].endswith("Z")


@pytest.mark.parametrize("kind", [ValueError, DataError, KeyError])
def test_an_error_that_may_quote_a_submission_shows_where_and_not_what(
    kind: type[Exception],
) -> None:
    exception = line(record("failed", error=raised(kind(CANARY))))["exception"]
    assert "test_logs.py" in exception
    assert kind.__qualname__ in exception
    assert CANARY not in exception


def test_an_error_of_our_own_machinery_says_what() -> None:
    exception = line(record("failed", error=raised(OperationalError("server closed"))))["exception"]
    assert "OperationalError: server closed" in exception


def test_what_an_error_came_from_is_shown_and_silenced_alike() -> None:
    error = raised(OSError("disk full"))
    error.__cause__ = raised(ValueError(CANARY))
    exception = line(record("failed", error=error))["exception"]
    assert exception.index("builtins.ValueError") < exception.index("builtins.OSError: disk full")
    assert CANARY not in exception


def test_structlog_ends_in_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler(sys.stdout)
    options = dict(logs.configuration("INFO")["formatters"]["json"])
    handler.setFormatter(options.pop("()")(**options))
    logger = logging.getLogger("tests.structlog")
    logger.addHandler(handler)
    try:
        structlog.get_logger("tests.structlog").warning("swept", submissions=3)
    finally:
        logger.removeHandler(handler)
    found = json.loads(capsys.readouterr().out)
    assert (found["event"], found["submissions"], found["level"]) == ("swept", 3, "warning")
