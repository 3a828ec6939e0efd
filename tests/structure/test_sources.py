"""Small promises about every file: language, size, templates that compile, permissions that exist."""

import ast
import json
import re
from collections import defaultdict

import pytest
from django.template import TemplateSyntaxError
from django.template.loader import get_template

from gongying.common.permissions import declared_permissions
from gongying.organization.installation import DATA
from tests.structure.sources import PACKAGE, ROOT, functions, place_of, python_files, templates, tree_of

CJK = re.compile("[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
LONGEST_FILE = 400
MOST_STATEMENTS = 40
# Files that are longer for a reason.
LONG = {"gongying/servicedesk/steps.py": "every step of the three machines with its form and its operation: one table"}
PERMISSION = re.compile(r"""["']([a-z]+\.[a-z]+(?:_[a-z]+)+)["']""")
PERMISSION_CALLS = {"authorize", "may", "has_perm", "with_permission"}


def test_no_chinese_stands_in_code_or_templates():
    """Texts are English msgids, words of the trade are data: both can be corrected without touching code."""
    found = [
        f"{place_of(path)}:{number}"
        for path in [*python_files("gongying", "config", "launcher"), *templates()]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if CJK.search(line)
    ]

    assert found == []


def test_no_file_is_too_long():
    found = {place_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}

    assert {file: lines for file, lines in found.items() if lines > LONGEST_FILE and file not in LONG} == {}


def test_no_function_does_too_much():
    found = {
        f"{place_of(path)} {function.name}": sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
        for path in python_files()
        for function in functions(path)
    }

    assert {name: count for name, count in found.items() if count > MOST_STATEMENTS} == {}


def test_what_is_kept_of_the_set_up_has_a_name_of_its_own():
    """Two that keep under one name give each other's rows: a team of a project for that of a person."""
    makers: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for path in python_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "kept":
                key = node.args[0].elts if isinstance(node.args[0], ast.Tuple) else [node.args[0]]
                name = tuple(part.value for part in key if isinstance(part, ast.Constant))
                if name:
                    makers[name].add(f"{path.relative_to(ROOT)} {ast.unparse(node.args[1])}")

    assert {name: found for name, found in makers.items() if len(found) > 1} == {}


def test_a_page_has_a_heading_beside_its_buttons():
    """A header without either is hidden, and its buttons with it."""
    wrong = [
        place_of(path)
        for path in templates()
        if 'class="page-top"' in (text := path.read_text(encoding="utf-8"))
        and "<h1" not in text
        and 'class="page-actions"' not in text
    ]
    assert wrong == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_template_compiles(path):
    name = str(path).split("/templates/", 1)[1]
    try:
        template = get_template(name)
    except TemplateSyntaxError as error:
        pytest.fail(f"{place_of(path)}: {error}")
    assert not re.search(r"<[^>{]*\sstyle=", path.read_text()), "inline styles are refused by the CSP"
    assert not re.search(r"\{#(?!.*#\})", path.read_text()), "a comment over two lines is shown to everybody"
    assert template.template.name == name


def test_a_selector_of_two_words_is_quoted_in_a_trigger():
    """htmx 4 reads only up to the space: `from:closest form` listens to nothing, and nobody is told."""
    spaced = re.compile(r"from:(closest|find|next|previous)\s")
    wrong = [place_of(path) for path in templates() if spaced.search(path.read_text(encoding="utf-8"))]
    assert wrong == [], "Write from:'closest form'."


def test_every_permission_that_is_asked_for_is_declared():
    declared = {code for codes in declared_permissions().values() for code in codes}
    used = {}
    for path in python_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and called(node) in PERMISSION_CALLS:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        used[argument.value] = place_of(path, node)
    for path in templates():
        for code in re.findall(r'{% may "([a-z_.]+)"', path.read_text(encoding="utf-8")):
            used[code] = place_of(path)

    assert {code: place for code, place in used.items() if code not in declared} == {}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_every_permission_of_a_role_is_declared():
    declared = {code for codes in declared_permissions().values() for code in codes}
    roles = json.loads((DATA / "roles.json").read_text(encoding="utf-8"))

    assert {role["key"]: sorted(set(role["permissions"]) - declared) for role in roles} == {
        role["key"]: [] for role in roles
    }


def test_every_declared_permission_is_given_to_a_role():
    """Otherwise nobody can ever do it in a fresh installation."""
    declared = {code for codes in declared_permissions().values() for code in codes}
    given = {code for role in json.loads((DATA / "roles.json").read_text()) for code in role["permissions"]}

    assert sorted(declared - given) == []


def test_no_machine_path_is_written_down():
    """Folders of one machine have no place in the repository, download addresses none in what is locked."""
    folder = re.compile("/(home|root|work)/[a-z]")
    files = [*python_files("gongying", "config", "launcher", "tests"), *templates(), ROOT / "pyproject.toml"]
    locks = [*ROOT.glob("requirements/*.txt"), ROOT / "frontend" / "package-lock.json"]

    assert [place_of(path) for path in files if folder.search(path.read_text())] == []
    assert [place_of(path) for path in locks if "://" in path.read_text()] == []
