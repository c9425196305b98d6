"""What the standard demands of an object and the official schemas do not say.

Each rule is written so that whatever passes is read by python-stix2 (`allow_custom`) too. Rules
expect an object that its official schema accepts: shapes and plain types are not looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from indicators.domain.stix import extensions, hashes, markings, names, references, timestamps
from indicators.domain.stix.problem import Problem
from indicators.domain.stix.types import OWN_SCO_TYPES


_Rule = Callable[[Mapping[str, object]], Iterator[Problem]]


def broken(obj: Mapping[str, object], type_: str, *, in_order: bool = True) -> Iterator[Problem]:
    """Yield every broken rule of an object of a known type.

    Codes: NAME, EMPTY, ID, REFERENCE, TIMESTAMP, ORDER, HASH, MARKING, EXTENSION, VALUE.
    `in_order` is whether `modified` must not precede `created`.
    """
    yield from names.check(obj)
    yield from names.check_inside(obj)
    yield from references.check(obj, type_)
    yield from timestamps.check(obj, type_, in_order=in_order)
    yield from _spec_version(obj)
    if "extensions" in obj or type_ in OWN_SCO_TYPES:
        yield from extensions.check(obj, type_)
    yield from hashes.check(obj, type_)
    yield from markings.check(obj, type_)
    if type_ in _SPECIFIC:
        yield from _SPECIFIC[type_](obj)


def broken_common(obj: Mapping[str, object], type_: str) -> Iterator[Problem]:
    """Yield every broken rule for common properties, of an object of any type.

    Codes: NAME, ID, REFERENCE, TIMESTAMP, VALUE.
    """
    yield from names.check(obj)
    yield from references.check_common(obj, type_)
    yield from timestamps.check(obj, type_, in_order=False)
    yield from _spec_version(obj)


def _spec_version(obj: Mapping[str, object]) -> Iterator[Problem]:
    if obj.get("spec_version", "2.1") != "2.1":
        yield Problem("spec_version", 'must be "2.1"', "VALUE")


def _extension_definition(obj: Mapping[str, object]) -> Iterator[Problem]:
    if "created_by_ref" not in obj:
        yield Problem("created_by_ref", "is required, STIX 2.1 §7.3.1", "VALUE")


_RASTER_IMAGE = ("image_height", "image_width", "bits_per_pixel", "exif_tags")


def _file(obj: Mapping[str, object]) -> Iterator[Problem]:
    image = _extension(obj, "raster-image-ext")
    if image and not any(name in image for name in _RASTER_IMAGE):
        message = f"must have one of {', '.join(_RASTER_IMAGE)}"
        yield Problem("extensions.raster-image-ext", message, "VALUE")


def _indicator(obj: Mapping[str, object]) -> Iterator[Problem]:
    if obj.get("pattern_type") == "stix" and obj.get("pattern_version", "2.1") != "2.1":
        yield Problem("pattern_version", "STIX patterns are read as version 2.1", "VALUE")


def _language_content(obj: Mapping[str, object]) -> Iterator[Problem]:
    contents = obj.get("contents")
    for language, translated in contents.items() if isinstance(contents, Mapping) else ():
        if not isinstance(translated, Mapping):
            message = "must be an object of translated properties, STIX 2.1 §7.1.1"
            yield Problem(f"contents.{language}", message, "VALUE")


def _location(obj: Mapping[str, object]) -> Iterator[Problem]:
    if _is_negative(obj.get("precision")):
        yield Problem("precision", "must not be negative, STIX 2.1 §4.10.1", "VALUE")


def _network_traffic(obj: Mapping[str, object]) -> Iterator[Problem]:
    if "end" in obj and obj.get("is_active") is not False:
        yield Problem("is_active", "must be false when end is given, STIX 2.1 §6.12.2", "VALUE")
    for name in ("src_byte_count", "dst_byte_count", "src_packets", "dst_packets"):
        if _is_negative(obj.get(name)):
            yield Problem(name, "must not be negative, STIX 2.1 §6.12.2", "VALUE")
    socket = _extension(obj, "socket-ext").get("options")
    if isinstance(socket, Mapping) and not all(type(value) is int for value in socket.values()):
        message = "every option must be an integer, STIX 2.1 §6.12.5"
        yield Problem("extensions.socket-ext.options", message, "VALUE")


def _observed_data(obj: Mapping[str, object]) -> Iterator[Problem]:
    if "objects" in obj:
        message = "is deprecated: send the observables as objects and name them in object_refs"
        yield Problem("objects", message, "VALUE")


_PROCESS = frozenset(
    [
        "is_hidden",
        "pid",
        "created_time",
        "cwd",
        "command_line",
        "environment_variables",
        "opened_connection_refs",
        "creator_user_ref",
        "image_ref",
        "parent_ref",
        "child_refs",
        "extensions",
    ]
)


def _process(obj: Mapping[str, object]) -> Iterator[Problem]:
    if not _PROCESS.intersection(obj):
        yield Problem("", "must have one of the properties of STIX 2.1 §6.13.2", "VALUE")


def _extension(obj: Mapping[str, object], name: str) -> Mapping[str, object]:
    extensions = obj.get("extensions")
    body = extensions.get(name) if isinstance(extensions, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def _is_negative(value: object) -> bool:
    return isinstance(value, (int, float)) and value < 0


_SPECIFIC: Mapping[str, _Rule] = {
    "extension-definition": _extension_definition,
    "file": _file,
    "indicator": _indicator,
    "language-content": _language_content,
    "location": _location,
    "network-traffic": _network_traffic,
    "observed-data": _observed_data,
    "process": _process,
}
