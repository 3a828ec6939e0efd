"""Production serves static files by hashed names: a name that leads nowhere is an error there, and only there."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from gongying.common.storage import StaticStorage
from launcher.frontend import FILES
from launcher.places import ROOT

STATIC_NAME = re.compile(r"""{%-?\s*static\s+["']([^"']+)["']""")


def names_in_templates() -> list[tuple[str, str]]:
    templates = sorted(ROOT.glob("gongying/*/templates/**/*.html"))
    return [(name, path.name) for path in templates for name in STATIC_NAME.findall(path.read_text("utf-8"))]


def test_templates_name_only_static_files_that_exist() -> None:
    fetched = set(FILES.values())
    missing = [(name, path) for name, path in names_in_templates() if name not in fetched and not finders.find(name)]

    assert missing == []
    assert names_in_templates()


def test_static_files_can_be_put_together(tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": f"{StaticStorage.__module__}.{StaticStorage.__qualname__}"}
    }

    call_command("collectstatic", interactive=False)

    assert "post-processed" in capsys.readouterr().out
    assert list(tmp_path.glob("gongying/js/live.*.js"))
