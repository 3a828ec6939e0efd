"""What is wrong with an answer to hostile values."""

import html
import re
from collections.abc import Iterator

from django.utils import translation

from tests.structure.hostile import values as given
from tests.structure.hostile.page_forms import FormField, what_acts
from tests.structure.hostile.sending import Answer

Values = dict[str, list[str]]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Answers that name no field, where a person could have typed it. A day may be right and yet refused (409): too early.
UNNAMED = (400, 403, 404)
BARE = {"text": (*UNNAMED, 409), "number": (*UNNAMED, 409), "date": UNNAMED, "datetime-local": UNNAMED, "file": UNNAMED}


def complaints_about(answer: Answer, language: str, values: Values, alone: FormField | None = None) -> Iterator[str]:
    """`alone`: the one field that was filled with a hostile value, where it was only one."""
    if answer.failure:
        yield answer.failure
        return
    if answer.was_changed:
        yield f"{answer.status}, but something was written"
    if answer.status == 422:
        yield from _about_words(answer, language)
    elif alone and answer.status in BARE.get(alone.kind, ()):
        yield f"{answer.status} instead of the field's name"
    if answer.is_taken:
        yield from _about_texts(answer, values)
    yield from what_acts(answer.text, mark=given.MARK)


def _about_words(answer: Answer, language: str) -> Iterator[str]:
    """The field by its name on the page and what is wrong with it, in the reader's language."""
    shown = _one_line(html.unescape(answer.text))
    if not answer.errors:
        yield "422 that names no field"
    with translation.override(language):
        for name, form in answer.errors.items():
            label = str(form[name].label) if name in form.fields else ""
            is_seen = bool(label) and not form[name].is_hidden
            if label not in shown:
                yield f"the label {label!r} of {name} is not shown"
            if is_seen and language == "zh-hans" and not CHINESE.search(label):
                yield f"the label {label!r} of {name} is not Chinese"
            for sentence in form.errors[name]:
                if _one_line(str(sentence)) not in shown:
                    yield f"{sentence!r} about {name} is not shown"
                if language == "zh-hans" and not CHINESE.search(str(sentence)):
                    yield f"{sentence!r} about {name} is not Chinese"


def _about_texts(answer: Answer, values: Values) -> Iterator[str]:
    """A text that was kept was kept as it came, but for white space around it."""
    for name, value in ((name, value) for name, several in values.items() for value in several):
        if not (mark := given.OWN_MARK.search(value)):
            continue
        sent = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace").strip()
        kept = [text for text in answer.texts if mark[0] in text]
        if name in given.LISTS and all(line in sent for text in kept for line in text.splitlines() if mark[0] in line):
            continue
        if kept and not any(sent in text for text in kept):
            yield f"kept as {kept[0][:60]!r} instead of {sent[:60]!r}"


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
