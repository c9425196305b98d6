"""The domain and the stages run where no framework is installed."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.sources import CHECKOUT, name, python


FRAMEWORKS = ("celery", "django", "kombu", "psycopg2", "redis", "rest_framework")
PROBE = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {frameworks!r}:
            raise ImportError("framework: " + name)

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_the_domain_and_the_stages_import_without_any_framework() -> None:
    bed = python("indicators/domain", "indicators/pipeline/stages")
    modules = [module(name(path)) for path in bed]
    modules.append("indicators.pipeline.process")

    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(frameworks=FRAMEWORKS), *modules],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
