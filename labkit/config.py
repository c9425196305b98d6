"""Which hub, as whom, and where this lab keeps its own state.

Read from a TOML file and from LABKIT_* variables, which win. Promises: a secret is never needed on
a command line and never part of a message. Refuses a hub that would be spoken to in clear text
over a network, a file with a secret that others on the machine could read, and settings it does not
know.
"""

from __future__ import annotations

import difflib
import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from labkit.keyentry import is_signer
from labkit.state import check_private, read_private
from labkit.trouble import TroubleError


SETTINGS = (
    "url",
    "credential",
    "secret",
    "secret_file",
    "collections",
    "signer",
    "ca_file",
    "state",
    "evaluators",
)
_ACCESS = ("credential", "secret", "secret_file")


@dataclass(frozen=True, slots=True)
class Access:
    """A credential: its id and its token, for Basic authentication."""

    credential: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that labkit is told about its surroundings."""

    root: str
    """The hub's first address, with a slash at its end; `taxii2/` and `api/v1/` stand below it."""
    access: Access
    state: Path
    collections: tuple[str, ...] = ()
    """Aliases to pull; empty for all that the credential may read."""
    signer: str | None = None
    """The signer of the key list, if it is known beforehand."""
    ca_file: Path | None = None
    evaluators: Mapping[str, Access] = field(default_factory=dict)
    """Credentials for evaluators that are not the hub's own, by name."""

    @property
    def discovery(self) -> str:
        return f"{self.root}taxii2/"

    @property
    def api(self) -> str:
        return f"{self.root}api/v1/"


def default_file(env: Mapping[str, str]) -> Path:
    """Where the settings are looked for when nobody names a file."""
    return _home(env, "XDG_CONFIG_HOME", ".config") / "labkit" / "config.toml"


def load(file: Path | None, env: Mapping[str, str]) -> Config:
    """The configuration of a file and of variables.

    Args:
        file: None for the one that LABKIT_CONFIG names, else the default one, which need not exist.
        env: the variables.

    Raises:
        TroubleError: a setting is missing, malformed or unknown.
    """
    named = file or (Path(env["LABKIT_CONFIG"]) if env.get("LABKIT_CONFIG") else None)
    path = named or default_file(env)
    found = _read(path, must_exist=named is not None)
    given = {**found, **_from_environment(env)}
    _overrule_secrets(given, env)
    evaluators = _table(given, "evaluators")
    return Config(
        root=hub_root(_text(given, "url", path)),
        access=_access(given, path),
        state=_path(given, "state") or _home(env, "XDG_STATE_HOME", ".local/state") / "labkit",
        collections=_list(given, "collections"),
        signer=_signer(given),
        ca_file=_path(given, "ca_file"),
        evaluators={name: _access(each, path, name) for name, each in evaluators.items()},
    )


def hub_root(url: str) -> str:
    """The hub's first address, from it or from the address of its discovery.

    Raises:
        TroubleError: it is no http(s) address, or clear text over a network.
    """
    parts = _parts(url.strip())
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TroubleError(
            f"url is {url!r}, which is no address of a hub: write https://hub.example/"
        )
    if parts.username or parts.password:
        raise TroubleError("url holds a credential: move it to credential and secret_file.")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise TroubleError(
            f"url is http://{parts.netloc}/…: over a network the secret would travel in clear "
            "text. Write https://."
        )
    path = parts.path.rstrip("/").removesuffix("/taxii2").rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}/"


def _parts(url: str) -> SplitResult | None:
    """None where brackets do not close, or the port is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _home(env: Mapping[str, str], variable: str, otherwise: str) -> Path:
    return Path(env[variable]) if env.get(variable) else Path.home() / otherwise


def _read(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_exist:
            raise TroubleError(f"There is no settings file {path}: check --config.") from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TroubleError(f"The settings file {path} cannot be read: {error}") from error
    _refuse_unknown(found, SETTINGS, f"{path}")
    evaluators = _table(found, "evaluators")
    for name, table in evaluators.items():
        if not isinstance(table, dict):
            raise TroubleError(f"{path}: write [evaluators.{name}] as a table of its own.")
        _refuse_unknown(table, _ACCESS, f"{path}, evaluators.{name}")
    if any("secret" in each for each in (found, *evaluators.values())):
        check_private(path)
    return found


def _refuse_unknown(found: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in found:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Known are: {', '.join(known)}."
            raise TroubleError(f"{where}: there is no setting {name!r}.{hint}")


def _from_environment(env: Mapping[str, str]) -> dict[str, Any]:
    """LABKIT_URL and so on; LABKIT_COLLECTIONS is a list with commas."""
    found: dict[str, Any] = {}
    for name in SETTINGS[:-1]:
        value = env.get(f"LABKIT_{name.upper()}")
        if value:
            found[name] = value.split(",") if name == "collections" else value
    return found


def _overrule_secrets(given: dict[str, Any], env: Mapping[str, str]) -> None:
    """A secret from a variable stands against a secret file from the settings, and vice versa."""
    for name, other in (("secret", "secret_file"), ("secret_file", "secret")):
        if env.get(f"LABKIT_{name.upper()}") and not env.get(f"LABKIT_{other.upper()}"):
            given.pop(other, None)


def _access(given: Mapping[str, Any], path: Path, evaluator: str = "") -> Access:
    prefix = f"evaluators.{evaluator}." if evaluator else ""
    credential = _text(given, "credential", path, prefix)
    secret_file = _path(given, "secret_file")
    if secret_file is None:
        return Access(credential, _text(given, "secret", path, prefix))
    content = read_private(secret_file)
    if content is None:
        raise TroubleError(f"There is no {prefix}secret_file {secret_file}: put the secret there.")
    try:
        secret = content.decode().strip()
    except UnicodeDecodeError as error:
        raise TroubleError(f"{prefix}secret_file {secret_file} is no text.") from error
    if not secret:
        raise TroubleError(f"{prefix}secret_file {secret_file} is empty: put the secret into it.")
    return Access(credential, secret)


_ASK = {
    "url": "the hub's address",
    "credential": "the credential's id, eight characters",
    "secret": "the credential's token, or secret_file, the path of a file that holds it",
}


def _text(given: Mapping[str, Any], name: str, path: Path, prefix: str = "") -> str:
    value = given.get(name)
    if isinstance(value, str) and value.strip():
        return value.strip()
    variable = "" if prefix else f", or in the variable LABKIT_{name.upper()}"
    raise TroubleError(
        f"{prefix}{name} is not set. Write {_ASK[name]} as {prefix}{name} in {path}{variable}."
    )


def _optional(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise TroubleError(f"{name} must be a text in quotes; leave it out if there is none.")
    return (value or "").strip() or None


def _signer(given: Mapping[str, Any]) -> str | None:
    signer = _optional(given, "signer")
    if signer is not None and not is_signer(signer):
        raise TroubleError(
            f"signer is {signer!r}, which is no name of one: write the 43 characters that the "
            "Forum told you, or leave it out."
        )
    return signer


def _path(given: Mapping[str, Any], name: str) -> Path | None:
    value = _optional(given, name)
    return None if value is None else Path(value).expanduser()


def _list(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TroubleError(f'{name} must be a list of aliases: {name} = ["distillation"].')
    return tuple(each.strip() for each in value)


def _table(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name, {})
    if not isinstance(value, dict):
        raise TroubleError(f"{name} must be a table: [{name}.trustee].")
    return value
