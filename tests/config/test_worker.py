"""The worker knows every job: it finds them in `operations`, and nothing else imports a module for it."""

import ast
import os
import subprocess
import sys

from tests.structure.sources import ROOT, python_files, tree_of


def jobs_in_the_sources():
    """Functions under `@app.task`, by their full names."""
    return {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__')}.{node.name}"
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator).startswith("app.task")
    }


def test_a_worker_that_has_just_started_knows_every_job():
    known = "import django; django.setup(); from procrastinate.contrib.django import app; print(*app.tasks, sep='\\n')"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", known], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert jobs_in_the_sources()
    assert sorted(jobs_in_the_sources() - set(answer.stdout.split())) == []
