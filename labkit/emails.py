"""E-mail addresses under normalisation profile v1: the exact form and the folded one.

The exact form is what a system compares that ignores case. The folded form drops what a provider
documents as having no meaning, so that the many spellings of one mailbox meet. Both are for
comparing alone: a folded address may not be one to write to. Refused: addresses with a display
name, a quoted local part or an IP literal, which few systems accept and nobody spells twice alike.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from email_validator import EmailNotValidError, validate_email

from labkit.refusals import NormaliseError
from labkit.spelling import caseless, visible


WRITE = "write it as name@domain.tld, with nothing around it"


@dataclass(frozen=True, slots=True)
class Provider:
    """What one provider ignores in the addresses of its own domains; see data/mailboxes.toml."""

    domain: str | None  # where all its domains name the same mailboxes
    tag: str
    ignored: str
    subdomains: bool


def email(value: str) -> str:
    """The exact form: NFKC, caseless local part, domain as IDNA A-labels (RFC 5890).

    Raises:
        NormaliseError: it is no address that a provider would accept.
    """
    local, _, domain = visible(value, "e-mail address").rpartition("@")
    if not local or not domain:
        raise NormaliseError(f"The e-mail address needs a name, an @ and a domain; {WRITE}.")
    if local.startswith('"') or domain.startswith("[") or domain.endswith(">"):
        raise NormaliseError(
            f"Display names, quoted names and IP literals are not compared; {WRITE}."
        )
    address = _checked(f"{caseless(local)}@{domain}")
    if address is None or "." not in address.rpartition("@")[2]:
        raise NormaliseError(f"The e-mail address breaks RFC 5321 or RFC 5890; {WRITE}.")
    return address


def email_canon(value: str) -> str:
    """The folded form: `email` without the tags, dots and domain aliases its provider ignores.

    An address at a domain without a rule is its own folded form.

    Raises:
        NormaliseError: as `email`.
    """
    local, _, domain = email(value).rpartition("@")
    local, domain = _without_subdomain(local, domain)
    provider = _providers().get(domain)
    if provider is None:
        return f"{local}@{domain}"
    return f"{_folded(local, provider)}@{provider.domain or domain}"


def _checked(address: str) -> str | None:
    try:
        found = validate_email(
            address, strict=True, check_deliverability=False, globally_deliverable=False
        )
    except (EmailNotValidError, UnicodeError):
        return None  # not raised from here: the text of these errors quotes the address
    return f"{found.local_part}@{found.ascii_domain}"


def _without_subdomain(local: str, domain: str) -> tuple[str, str]:
    name, _, rest = domain.partition(".")
    provider = _providers().get(rest)
    return (name, rest) if provider and provider.subdomains else (local, domain)


def _folded(local: str, provider: Provider) -> str:
    bare = local.partition(provider.tag)[0].rstrip(".") if provider.tag else local
    bare = bare.translate(dict.fromkeys(map(ord, provider.ignored)))
    return bare or local  # nothing but a tag: not an alias of anybody


@cache
def _providers() -> Mapping[str, Provider]:
    text = files("labkit").joinpath("data", "mailboxes.toml").read_text(encoding="utf-8")
    return {
        domain: Provider(
            domain=each.get("domain"),
            tag=each.get("tag", ""),
            ignored=each.get("ignored", ""),
            subdomains=each.get("subdomains", False),
        )
        for each in tomllib.loads(text)["provider"]
        for domain in each["domains"]
    }
