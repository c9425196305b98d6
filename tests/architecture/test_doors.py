"""Doors translate, call once and translate back; collections come through one gate."""

from __future__ import annotations

import ast

from tests.architecture.sources import dotted, name, python, tree


DOORS = ("taxii", "rest", "portal", "peers")


def test_a_door_asks_the_gate_and_never_the_tables() -> None:
    managers = [
        f"{name(path)}:{node.lineno} {dotted(node)}"
        for path in python(*(f"indicators/{door}" for door in DOORS))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and dotted(node)[:1].isupper()
    ]
    assert not managers, "\n".join(managers)
