"""What labkit's core needs, and what it must never need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).parents[2]
CORE = ("normalise", "tokens", "keylist", "skeleton")
# Not redis: datasketch takes it where it finds it.
OF_THE_HUB = ("django", "celery", "psycopg2", "rest_framework", "indicators", "forum_share")
PROGRAM = f"""
import sys
def watch(event, _):
    if event.startswith("socket."):
        raise AssertionError(event)
sys.addaudithook(watch)
{"; ".join(f"import labkit.{each}" for each in CORE)}
labkit.normalise.email_canon("ada@lab.example")
labkit.normalise.account_handle("github", "ada")
print(*sorted({{each.partition(".")[0] for each in sys.modules}} & {set(OF_THE_HUB)!r}))
"""


def test_the_core_imports_nothing_of_the_hub_and_opens_no_socket() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.strip() == ""
