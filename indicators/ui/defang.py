"""Hostile content for people's eyes: nothing to click, nothing hidden, nothing that turns text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping


_SCHEME = re.compile(r"\b(?:http|ftp)(?=s?://)", re.IGNORECASE)
_BROKEN_SCHEME = re.compile(r"^(?:hxxp|fxp)(?=s?://)", re.IGNORECASE)
_ADDRESS = re.compile(r"\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.(\d{1,3})\b")
_NAME = re.compile(r"(?<!\bextensions)\.(?=[a-z]{2,}\b)", re.IGNORECASE)  # not our own paths
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def defanged(text: str) -> str:
    """Break links, addresses and names, and write out what cannot be seen."""
    broken = _SCHEME.sub(lambda found: "hxxp" if "http" in found[0].lower() else "fxp", text)
    broken = _ADDRESS.sub(r"\1[.]\2", broken)
    broken = _NAME.sub("[.]", broken).replace("@", "[@]")
    return "".join(_visible(each) for each in broken)


def refanged(text: str) -> str:
    """A value as it was before `defanged`, or another tool, broke it."""
    whole = text.replace("[.]", ".").replace("[@]", "@").replace("[:]", ":")
    return _BROKEN_SCHEME.sub(lambda found: "http" if "h" in found[0].lower() else "ftp", whole)


def pretty(content: Mapping[str, object]) -> str:
    """Content of an object as indented JSON, every value defanged."""
    return json.dumps(_defanged(content), indent=2, ensure_ascii=False)


def excerpt(content: Mapping[str, object]) -> str:
    """What an object, or some properties of one, says, in a line."""
    if content.get("type") == "relationship":
        source, target = (
            str(content[name]).partition("--")[0] for name in ("source_ref", "target_ref")
        )
        return f"{source} {content['relationship_type']} {target}"
    found = next((str(content[name]) for name in _TELLING if name in content), "")
    said = found or str(content.get("id", ""))
    return defanged(said if len(said) <= _SHORT else f"{said[:_SHORT]}…")


_TELLING = ("pattern", "value", "number", "description", "content", "name")
_SHORT = 80


def _defanged(value: object) -> object:
    match value:
        case str():
            return defanged(value)
        case list():
            return [_defanged(each) for each in value]
        case dict():
            return {defanged(str(key)): _defanged(each) for key, each in value.items()}
        case _:
            return value


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE or character in "\n\t":
        return character
    return f"<U+{ord(character):04X}>"
