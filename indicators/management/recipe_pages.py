"""docs/integrations/, generated from the recipes: the portal's steps with example values."""

from __future__ import annotations

from collections.abc import Iterator

from indicators.recipes.recipe import Recipe, Step, Values, recipes


_EXAMPLES = Values(
    hub="https://hub.example/",
    collection="6b1f3c52-9a37-4f0e-8f43-2f6c0d6a5be1",
    alias="distillation",
    title="Adversarial distillation",
    key="yg6f3sos",
)
_GENERATED = (
    "Generated from `indicators/recipes/` by `manage.py recipe_docs`; a test compares. The portal "
    "shows the same with your own values filled in, under *Integrations*.\n"
)
_NOT_TRIED = (
    "Written from its makers' documentation; the tests play its requests, not the product.\n"
)
_INDEX = """# Integrations

{generated}
Every client proves itself with a key: its id as the name and its secret as the password. Your own
people make, rotate and revoke keys in the portal under *Integrations*; a light there turns green
with the first page that a client gets, and a table shows what it asked and what the answer means.
Scripts read the key from a file that its owner alone can read, `~/.forum-share`:

```sh
export FORUM_KEY=yg6f3sos
export FORUM_SECRET=fshr_…
```

What to do with what was pulled is in [for authors of detections](../siem.md); how to write another
client, in [the TAXII door](../taxii.md) and [rules of the wire](../wire.md).
"""


def pages() -> dict[str, str]:
    """Every page as it should stand, by file name."""
    return {"README.md": _index()} | {f"{each.slug}.md": _page(each) for each in recipes()}


def _index() -> str:
    parts = [
        _INDEX.format(generated=_GENERATED),
        "| client | what | run by the tests |\n|---|---|---|",
    ]
    parts += [
        f"| [{each.name}]({each.slug}.md) | {each.says} | {'yes' if each.tried else 'no'} |"
        for each in recipes()
    ]
    return "\n".join(parts) + "\n"


def _page(recipe: Recipe) -> str:
    return "\n".join(_parts(recipe))


def _parts(recipe: Recipe) -> Iterator[str]:
    yield f"# {recipe.name}\n\n{recipe.says}\n\n{_GENERATED}"
    if not recipe.tried:
        yield _NOT_TRIED
    for number, step in enumerate(recipe.filled(_EXAMPLES), start=1):
        yield from _step(number, step)
    if recipe.notes:
        yield "## Good to know\n"
        yield from (f"- {each}" for each in recipe.notes)
        yield ""
    if recipe.sources:
        yield "After " + ", ".join(f"<{each}>" for each in recipe.sources) + "\n"


def _step(number: int, step: Step) -> Iterator[str]:
    yield f"{number}. {step.say}\n"
    if step.form:
        yield "   | field | value |\n   |---|---|"
        yield from (f"   | {name} | `{value}` |" for name, value in step.form)
        yield ""
    if step.code:
        lines = step.code.strip("\n").splitlines()
        code = "\n".join(f"   {line}".rstrip() for line in lines)
        yield f"   ```{step.language}\n{code}\n   ```\n"
