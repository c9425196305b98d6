"""What stix2 and stix2-validator say of an object; they are asked in tests alone."""

from __future__ import annotations

import warnings
from copy import deepcopy

import stix2
from stix2validator.util import ValidationOptions
from stix2validator.validator import _get_musts, _iter_errors_custom, _schema_validate

from indicators.domain.stix.extensions import register
from tests.domain.stix.pieces import Object


register()
_OPTIONS = ValidationOptions(version="2.1")


def stix2_says(obj: Object, *, strict: bool = False) -> str:
    """What `stix2.parse` complains of; empty when it reads the object."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", stix2.exceptions.STIXDeprecationWarning)
            stix2.parse(deepcopy(obj), allow_custom=not strict)
    except Exception as error:  # noqa: BLE001  a crash is a refusal too
        return f"{type(error).__name__}: {error}"
    return ""


def schemas_say(obj: Object) -> str:
    """The first complaint of the official schemas as stix2-validator runs them, with formats."""
    try:
        errors = [
            error.message for errors, _ in _schema_validate(obj, _OPTIONS) for error in errors
        ]
    except Exception as error:  # noqa: BLE001  a crash is a refusal too
        return f"{type(error).__name__}: {error}"
    return errors[0] if errors else ""


def validator_says(obj: Object) -> str:
    """The first complaint of stix2-validator's schemas and MUST checks."""
    try:
        musts = [str(error) for error in _iter_errors_custom(obj, _get_musts(_OPTIONS), _OPTIONS)]
    except Exception as error:  # noqa: BLE001  a crash is a refusal too
        return f"{type(error).__name__}: {error}"
    return schemas_say(obj) or (musts[0] if musts else "")
