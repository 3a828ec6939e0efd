"""The message catalogues: one per app, extracted with Babel from Python and templates, without any gettext programs."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace
from django.utils.translation.template import block_re, constant_re, endblock_re, inline_re, plural_re

LOCALE = "zh_Hans"
DOMAIN = "django"
# The functions that mark a text, and which of their arguments are the text ("c" is its context).
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
# Without dates and names: a catalogue changes when its texts do.
HEADER = b"""\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%[sd]")

# What stands outside the apps is translated in `common`.
ELSEWHERE = {"common": ["config"]}

Found = tuple[str | None, str, str | None]  # context, text, plural
Memory = dict[Found, Any]  # the translation, or one for each plural form


def catalogue_path(app: Path) -> Path:
    return app / "locale" / LOCALE / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogue(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LOCALE, domain=DOMAIN)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, domain=DOMAIN)


def messages_of(app: Path) -> set[Found]:
    """Every text that the app's code and templates mark for translation."""
    found: set[Found] = set()
    folders = [app, *(app.parent.parent / name for name in ELSEWHERE.get(app.name, []))]
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        if "migrations" not in path.parts:
            found.update(_from_python(path))
    for path in sorted((app / "templates").rglob("*.html")):
        found.update(_from_template(path.read_text("utf-8")))
    return found


def fresh_catalogue(app: Path, memory: Memory) -> Catalog:
    """The app's catalogue as it should be: texts in use, translated as before or as another app does."""
    known = {key_of(message): message.string for message in read_catalogue(catalogue_path(app)) if message.id}
    catalogue = Catalog(locale=LOCALE, domain=DOMAIN)
    for context, text, plural in sorted(messages_of(app), key=lambda found: (found[1], found[0] or "", found[2] or "")):
        key = (context, text, plural)
        catalogue.add((text, plural) if plural else text, known.get(key) or memory.get(key), context=context)
    return catalogue


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER)
        write_po(file, catalogue, width=120, no_location=True, sort_output=True, omit_header=True)


def compile_catalogue(path: Path) -> None:
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, read_catalogue(path))


def key_of(message: Message) -> Found:
    text, plural = (message.id[0], message.id[1]) if isinstance(message.id, tuple | list) else (message.id, None)
    return message.context, text, plural


def is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    return bool(strings) and all(strings)


def has_same_placeholders(message: Message) -> bool:
    """`%(name)s` in the text stands in the translation too, and no other."""
    _, text, plural = key_of(message)
    wanted = [set(PLACEHOLDER.findall(form)) for form in (text, plural) if form]
    strings: Any = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(set(PLACEHOLDER.findall(string)) in wanted for string in strings)


def _from_python(path: Path) -> Iterator[Found]:
    with path.open("rb") as file:
        calls: Iterable[Any] = extract_python(file, KEYWORDS, [], {"encoding": "utf-8"})
        for _line, function, arguments, _comments in calls:
            texts = [arguments] if isinstance(arguments, str) else [text for text in arguments if text]
            if function.startswith(("pgettext", "ngettext")) and len(texts) > 1:
                first, second = texts[:2]
                yield (first, second, None) if function.startswith("p") else (None, first, second)
            elif texts:
                yield None, texts[0], None


def _from_template(source: str) -> Iterator[Found]:
    """`translate`, `blocktranslate` and `_("…")`, read by Django's own expressions."""
    block: list[Token] | None = None
    for token in Lexer(source).tokenize():
        if block is not None:
            if token.token_type == TokenType.BLOCK and endblock_re.match(token.contents):
                yield _of_block(block)
                block = None
            else:
                block.append(token)
            continue
        if token.token_type == TokenType.BLOCK:
            if block_re.match(token.contents):
                block = [token]
            elif match := inline_re.match(token.contents):
                yield _unquoted(match[3]) or None, _unquoted(match[1]).replace("%", "%%"), None
        if token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            for text in constant_re.findall(token.contents):
                yield None, _unquoted(text).replace("%", "%%"), None


def _of_block(block: list[Token]) -> Found:
    opening, *inner = block
    match = block_re.match(opening.contents)
    context = _unquoted(match[2]) if match and match[2] else None
    parts: list[list[str]] = [[]]
    for token in inner:
        if token.token_type == TokenType.BLOCK and plural_re.match(token.contents):
            parts.append([])
        elif token.token_type == TokenType.VAR:
            parts[-1].append(f"%({token.contents})s")
        else:
            parts[-1].append(token.contents.replace("%", "%%"))
    texts = ["".join(part) for part in parts]
    if "trimmed" in opening.split_contents():
        texts = [trim_whitespace(text) for text in texts]
    return context, texts[0], texts[1] if len(texts) > 1 else None


def _unquoted(text: str | None) -> str:
    return text[1:-1] if text else ""
