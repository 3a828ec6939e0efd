"""A web process that has begun has read its views and its templates."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOOK = """
import sys
from pathlib import Path
import config.wsgi
from django.template import engines
apps = Path("gongying")
views = {".".join(path.with_suffix("").parts) for path in apps.glob("*/views/*.py") if path.stem != "__init__"}
print(len(views) > 100, sorted(views - set(sys.modules)))
names = {path.as_posix().partition("/templates/")[2] for path in apps.glob("*/templates/**/*.html")}
known = engines["django"].engine.template_loaders[0].loaders[0].get_template_cache
print(len(names) > 300, sorted(names - set(known)))
"""


def test_who_asks_first_waits_for_nothing_to_be_read():
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run([sys.executable, "-c", LOOK], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert told.stdout.splitlines() == ["True []", "True []"]
