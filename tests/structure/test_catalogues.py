"""Nothing on the screen is left untranslated, and one text has one translation."""

from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings

from gongying.common import catalogues
from gongying.common.catalogues import catalogue_path, has_same_placeholders, is_translated, key_of, read_catalogue

APPS = sorted(path.parent for path in (Path(settings.BASE_DIR) / "gongying").glob("*/apps.py"))


def translations(app: Path) -> dict[catalogues.Found, object]:
    return {key_of(m): m.string for m in read_catalogue(catalogue_path(app)) if m.id and is_translated(m)}


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_text_is_translated(app: Path) -> None:
    """Mend it with `bin/manage messages` and a translation of each."""
    assert sorted(catalogues.messages_of(app) - set(translations(app)), key=str) == []


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_translation_keeps_the_placeholders(app: Path) -> None:
    wrong = [m.id for m in read_catalogue(catalogue_path(app)) if m.id and m.string and not has_same_placeholders(m)]
    assert wrong == []


def test_one_text_has_one_translation() -> None:
    # Django merges the catalogues: two translations of one text would hide each other. Use `pgettext` for two senses.
    found: dict[catalogues.Found, dict[object, list[str]]] = defaultdict(lambda: defaultdict(list))
    for app in APPS:
        for key, string in translations(app).items():
            found[key][string].append(app.name)
    assert {key: dict(strings) for key, strings in found.items() if len(strings) > 1} == {}


def test_texts_are_found_in_python_and_templates(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "views.py").write_text(
        'a = _("one")\nb = pgettext("ctx", "two")\nc = ngettext("%(n)s row", "%(n)s rows", 2)\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '{% translate "three" %}{% translate "four" context "ctx" %}{% include "x.html" with title=_("five") %}'
        "{% blocktranslate with n=x trimmed %}\n  six {{ n }}\n{% endblocktranslate %}"
        "{% blocktranslate count n=x %}{{ n }} bill{% plural %}{{ n }} bills{% endblocktranslate %}"
    )

    assert catalogues.messages_of(tmp_path) == {
        (None, "one", None),
        ("ctx", "two", None),
        (None, "%(n)s row", "%(n)s rows"),
        (None, "three", None),
        ("ctx", "four", None),
        (None, "five", None),
        (None, "six %(n)s", None),
        (None, "%(n)s bill", "%(n)s bills"),
    }
