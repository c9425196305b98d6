"""Typed reading of the environment, the only source of settings.

Promises: every variable NAME may come as NAME_FILE, the path of a file that holds the value (so
secrets can be files); a missing or malformed one stops the start with a sentence on what to set.
Refuses: settings files, defaults for secrets.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv


env = FileAwareEnv()

KEY_BYTES = 32


def text(name: str, default: str | None = None) -> str:
    """Value of NAME without surrounding white space (files end in a newline).

    Raises ImproperlyConfigured when it is missing and there is no default.
    """
    value = env.str(name) if default is None else env.str(name, default=default)
    return cast("str", value).strip()


def number(name: str, default: int) -> int:
    """Value of NAME as an integer >= 0; raises ImproperlyConfigured for anything else."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def switch(name: str, *, default: bool) -> bool:
    return cast("bool", env.bool(name, default=default))


def words(name: str, default: str = "") -> list[str]:
    """Value of NAME split at commas, blanks dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def pairs(name: str, default: str = "") -> dict[str, str]:
    """Value of NAME as {name: value} from "a=x,b=y".

    Raises ImproperlyConfigured for anything else.
    """
    found = [word.partition("=") for word in words(name, default)]
    if any(not key.strip() or not value.strip() for key, _, value in found):
        # The entry itself stays out of the message: it may be a secret.
        raise ImproperlyConfigured(f"{name} must list name=value, comma-separated.")
    return {key.strip(): value.strip() for key, _, value in found}


def master_keys(name: str) -> tuple[tuple[str, bytes], ...]:
    """Master keys from "k2:base64,k1:base64", newest first: ((key id, 32 bytes), …).

    Raises ImproperlyConfigured when there is none, an id repeats, or one is not 32 bytes of base64.
    """
    keys = tuple(_master_key(name, entry) for entry in words(name, env.str(name)))
    if not keys or len({key_id for key_id, _ in keys}) != len(keys):
        raise ImproperlyConfigured(f"{name} must hold one key at least, each under its own id.")
    return keys


def _master_key(name: str, entry: str) -> tuple[str, bytes]:
    key_id, _, encoded = entry.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if not key_id or len(key) != KEY_BYTES:
        # The entry itself stays out of the message: it may be a good key with a typing error.
        raise ImproperlyConfigured(
            f"Each entry of {name} must read id:base64 with {KEY_BYTES} bytes of key; "
            f'make one with: python -c "import base64,os; '
            f'print(base64.b64encode(os.urandom({KEY_BYTES})).decode())"'
        )
    return key_id, key


def database(name: str, *, role: str, statement_timeout: str) -> dict[str, Any]:
    """Django's DATABASES entry from a postgres:// URL (libpq's form, so psql takes it too).

    role: acted under after login, "" for the login itself. statement_timeout: as PostgreSQL has it.
    """
    config = cast("dict[str, Any]", env.db_url(name))
    if config.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            f"{name} must be a postgres:// URL: the hub speaks PostgreSQL only."
        )
    parameters = {
        **({"role": role} if role else {}),
        "search_path": "private,shared,public",
        "statement_timeout": statement_timeout,
    }
    options = config.setdefault("OPTIONS", {})
    own = [options["options"]] if "options" in options else []
    ours = [f"-c {key}={value}" for key, value in parameters.items()]
    options["options"] = " ".join([*own, *ours])
    return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def broker_url(redis_url: str) -> str:
    """The same server in Celery's notation: unix:///p?db=1 is redis+socket:///p?virtual_host=1.

    Raises ImproperlyConfigured for a scheme neither library knows.
    """
    parts = urlsplit(redis_url)
    if parts.scheme in {"redis", "rediss"}:
        return redis_url
    if parts.scheme != "unix":
        raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")
    number_of_database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number_of_database}"


def networks(name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Value of NAME as networks; raises ImproperlyConfigured for what is none."""
    try:
        return tuple(ipaddress.ip_network(word) for word in words(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must list networks such as 192.0.2.0/24.") from error
