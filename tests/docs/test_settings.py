"""docs/settings.md names every variable that the hub reads, with its default, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import CHECKOUT, code, page, section, table


PAGE = page("docs/settings.md")
READERS = {"text", "number", "switch", "words", "pairs", "master_keys", "database", "networks"}
# What the frameworks read, and what the programs hand each other.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "UV_NO_PROGRESS", "UV_PYTHON_DOWNLOADS", "PYTHONPATH"}


def documented(heading: str) -> dict[str, str]:
    """Defaults by variable."""
    return {code(variable): default for variable, default, *_ in table(PAGE, heading)}


def test_every_setting_is_documented_with_its_default() -> None:
    assert documented("## The hub") == dict(settings())


def settings() -> Iterator[tuple[str, str]]:
    tree = ast.parse((CHECKOUT / "forum_share/settings.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and reads_environment(node.func):
            name = ast.literal_eval(node.args[0])
            yield name, default_of(node)


def reads_environment(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "env"
        and called.attr in READERS
    )


def default_of(call: ast.Call) -> str:
    """The default as the page writes it."""
    given = [*call.args[1:], *(word.value for word in call.keywords if word.arg == "default")]
    if not given:
        assert isinstance(call.func, ast.Attribute)
        return "empty" if call.func.attr in {"words", "pairs", "networks"} else "required"
    value = arithmetic(given[0])
    if value == "":
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def arithmetic(node: ast.expr) -> object:
    """The value of a constant, or of constants multiplied and raised."""
    if isinstance(node, ast.BinOp):
        left, right = arithmetic(node.left), arithmetic(node.right)
        assert isinstance(left, int)
        assert isinstance(right, int)
        return left * right if isinstance(node.op, ast.Mult) else left**right
    return ast.literal_eval(node)


def test_every_variable_of_the_front_is_documented_with_its_default() -> None:
    text = (CHECKOUT / "deploy/Caddyfile").read_text()
    read = dict(re.findall(r"\{\$([A-Z_]+)(?::([^{}]*))?\}", text))
    expected = {name: f"`{default}`" if default else "required" for name, default in read.items()}
    assert documented("## The front") == expected


def test_every_variable_of_dev_is_documented() -> None:
    assert set(documented("## `./dev`")) == read_by_dev()


def read_by_dev() -> set[str]:
    shell = (CHECKOUT / "dev").read_text()
    found = set(re.findall(r"\$\{([A-Z][A-Z_]+):-", shell))
    for path in (CHECKOUT / "forum_share/embedded").glob("*.py"):
        found |= read_from_environment(path)
    return found - NOT_OURS


def read_from_environment(path: Path) -> set[str]:
    """Names in `os.environ.get("NAME")` and `env.get("NAME", …)`."""
    return set(re.findall(r"\benv(?:iron)?\.get\(\s*\"([A-Z_]+)\"", path.read_text()))


def test_the_processes_defaults_are_those_of_their_entry_points() -> None:
    for path in ("forum_share/wsgi.py", "forum_share/celery.py"):
        text = (CHECKOUT / path).read_text()
        (timeout,) = re.findall(r'"DATABASE_STATEMENT_TIMEOUT", "(\w+)"', text)
        (role,) = re.findall(r'"DATABASE_ROLE", "(\w+)"', text)
        assert f"`{timeout}`" in PAGE
        assert f"`{role}`" in section(PAGE, "### One login")


def test_every_role_is_documented() -> None:
    made = re.findall(r"CREATE ROLE (\w+)", (CHECKOUT / "deploy/roles.sql").read_text())
    assert [code(row[0]) for row in table(PAGE, "## Database roles")] == made


def test_every_command_is_documented_once() -> None:
    commands = CHECKOUT / "indicators/management/commands"
    made = {path.stem for path in commands.glob("*.py")} - {"__init__"}
    assert sorted(code(row[0]) for row in table(PAGE, "## Commands")) == sorted(made)
