"""Tries hostile values on the address and in the forms of a page: many at once, and apart where an answer is not clear."""

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm, ModelChoiceField
from django.http import QueryDict
from django.test import Client
from django.urls import resolve
from django.utils.datastructures import MultiValueDict

from tests.structure.hostile import values as given
from tests.structure.hostile.judging import Values, complaints_about
from tests.structure.hostile.page_forms import FormField, PageForm, as_query, forms_of
from tests.structure.hostile.pages import Page
from tests.structure.hostile.sending import BAD, Answer, Sender
from tests.structure.hostile.world import World

ROUNDS = 4
REDIRECTED = 300
UNREADABLE = 422


class Attempts:
    def __init__(self, world: World, page: Page) -> None:
        self.world, self.page = world, page
        self.url = page.address(world)
        self.path = self.url.split("?")[0]
        browser, self.status, self.html = self._open()
        self.sender = Sender(browser)

    def _open(self) -> tuple[Client, int, str]:
        """The page for the first person who sees one, be it only who has not logged in; else what there is."""
        opened: list[tuple[Client, int, str]] = []
        for browser in self.world.browsers:
            response = browser.get(self.url)
            if response.status_code < REDIRECTED and response.headers["Content-Type"].startswith("text/html"):
                return browser, response.status_code, response.content.decode()
            if browser in self.world.browsers_of_staff:
                opened.append((browser, response.status_code, ""))
        return min(opened, key=itemgetter(1))

    def complaints(self) -> Iterator[str]:
        if self.status >= BAD and not self.page.is_refused:
            yield f"nobody is let in ({self.status}): say in pages.py what must be there before"
        yield from self.at_the_address()
        yield from self.at_the_forms()

    # The address ------------------------------------------------------------------------------------------------------

    def at_the_address(self) -> Iterator[str]:
        """Rubbish in all parameters at once, and each alone with some of it: the first bad one may hide the others."""
        hostile = {name: list(values.items()) for name, values in self._parameters().items()}
        for turn in range(given.TURNS_OF_ADDRESS if hostile else 0):
            chosen = {name: own[(turn + at) % len(own)] for at, (name, own) in enumerate(hostile.items())}
            yield from self._complaints_of_address(chosen)
        if len(hostile) > 1:
            for at, (name, own) in enumerate(hostile.items()):
                yield from self._complaints_of_address({name: own[(self.page.turn + at) % len(own)]})

    def _parameters(self) -> dict[str, Mapping[str, str]]:
        """What the page reads in its address; of what its forms ask for the kind is known."""
        if not self.html:
            return {}
        forms = [form for form in forms_of(self.html, url=self.path) if form.method == "get" and form.path == self.path]
        fields = {name: one for form in forms for name, one in form.fields.items()}
        match = resolve(self.path)
        new = [name for name in self._read() if self.world.is_new(match.func, *match.kwargs, name)]
        return {name: _values_for(fields[name]) if name in fields else given.PARAMETERS for name in new}

    def _read(self) -> list[str]:
        """The names that the view looks up in the address."""
        asked: dict[str, None] = {}
        look_up = MultiValueDict.__getitem__

        def note(query: Any, name: str) -> Any:
            if isinstance(query, QueryDict):
                asked[name] = None
            return look_up(query, name)

        with patch.object(MultiValueDict, "__getitem__", note):
            self.sender.send("get", self.url)
        return list(asked)

    def _complaints_of_address(self, chosen: Mapping[str, tuple[str, str]]) -> Iterator[str]:
        query = as_query({name: [value] for name, (_what, value) in chosen.items()})
        answer = self.sender.send("get", f"{self.path}?{query}")
        for complaint in complaints_about(answer, "zh-hans", {}):
            yield f"?{ {name: what for name, (what, _value) in chosen.items()} }: {complaint}"

    # The forms --------------------------------------------------------------------------------------------------------

    def at_the_forms(self) -> Iterator[str]:
        for form in self.new_forms():
            for button in form.buttons or [("", "")]:
                for complaint in FormAttempts(self, form, button).complaints():
                    yield f"{form.path} {button[1]}: {complaint}"

    def new_forms(self) -> Iterator[PageForm]:
        for form in forms_of(self.html, url=self.url):
            is_filled_in = form.method == "post" and form.fields
            if is_filled_in and self.world.is_new(*kind_of(form), *form.fields, *form.buttons):
                yield form

    def form_classes(self) -> set[type[BaseForm]]:
        """Of the forms that take what the page's forms send, filters included."""
        answers = [
            FormAttempts(self, form, button).post({})
            for form in self.new_forms()
            for button in form.buttons or [("", "")]
        ]
        answers.append(self.sender.send("get", self.url))
        return {type(form) for answer in answers for form in answer.forms}


class FormAttempts:
    """One form, sent by one of its buttons."""

    def __init__(self, page: Attempts, form: PageForm, button: tuple[str, str]) -> None:
        self.page, self.world, self.form = page, page.world, form
        self.values = form.first_values() | ({button[0]: [button[1]]} if button[0] else {})
        self.values |= page.page.filling(page.world)

    def complaints(self) -> Iterator[str]:
        answer = self.fill()
        if not answer.is_taken:
            errors = {name: form.errors[name] for name, form in answer.errors.items()}
            yield f"no valid filling ({answer.status}, {answer.failure}, {errors}): give the page one in pages.py"
            return
        new = [one for one in self.form.fields.values() if self.world.is_new(*kind_of(self.form), one.name, "alone")]
        models = {name: one for bound in answer.forms for name, one in bound.fields.items()}
        hostile = {one.name: self._hostile_to(one, at, models) for at, one in enumerate(new) if one.kind != "file"}
        for turn in range(max(map(len, hostile.values()), default=0)):
            yield from self._together({name: own[turn] for name, own in hostile.items() if turn < len(own)})
        for at, one in enumerate(new):
            if one.kind == "file":
                yield from self._uploads(one, at)
        if new:
            yield from self._other_content()

    def fill(self) -> Answer:
        """Write a word into each field that the form asks for, until it takes them."""
        files: dict[str, SimpleUploadedFile] = {}
        for _round in range(ROUNDS):
            answer = self.post({}, files=files)
            asked = [self.form.fields[name] for name in answer.errors if name in self.form.fields]
            if answer.status != UNREADABLE or not asked:
                break
            files |= {one.name: given.file_for(one.name) for one in asked if one.kind == "file"}
            self.values |= {one.name: [word_for(one)] for one in asked if one.kind != "file"}
        return answer

    def _hostile_to(self, one: FormField, at: int, models: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
        """In order, so that the n-th values of all fields go together."""
        hostile: dict[str, list[str]] = {what: [value] for what, value in self._values_of(one, at).items()}
        hostile |= {"missing": [], "empty": [""]}
        if one.name in self.world.foreign:
            hostile["somebody else's"] = [self.world.foreign[one.name]]
        elif isinstance(models.get(one.name), ModelChoiceField):
            rows = models[one.name].queryset
            other = rows.model._default_manager.exclude(pk__in=rows.values("pk")).values_list("pk", flat=True).first()
            if other is not None:
                hostile["not offered to her"] = [str(other)]
        return list(hostile.items())

    def _values_of(self, one: FormField, at: int) -> Mapping[str, str]:
        if one.kind == "text":
            own = f"{given.MARK}{at}x"
            texts = {what: value.replace(given.MARK, own) for what, value in given.TEXTS.items()}
            return {**texts, "as long as allowed": own.ljust(one.longest or 1_000, "长")[: one.longest]}
        return given.BY_KIND[one.kind]

    def _together(self, hostile: Mapping[str, tuple[str, list[str]]]) -> Iterator[str]:
        """All at once; a field that is refused by name keeps its own value then, and the others are sent again."""
        left = dict(hostile)
        for _round in range(ROUNDS):
            answer, complaints = self._try(left)
            yield from complaints
            named = [name for name in left if name in answer.errors]
            left = {name: value for name, value in left.items() if name not in named}
            if answer.is_taken or answer.failure or not left:
                return
            if answer.status != UNREADABLE or not named:
                break
        for name, value in left.items():
            yield from self._try({name: value}, alone=self.form.fields[name])[1]

    def _try(
        self, hostile: Mapping[str, tuple[str, list[str]]], *, alone: FormField | None = None
    ) -> tuple[Answer, list[str]]:
        changed = {name: several for name, (_what, several) in hostile.items()}
        answer = self.post(changed)
        complaints = list(complaints_about(answer, "zh-hans", changed, alone))
        if answer.status == UNREADABLE and self.world.is_new(*kind_of(self.form), "in English"):
            complaints += complaints_about(self.post(changed, language="en"), "en", changed, alone)
        words = {name: what for name, (what, _several) in hostile.items()}
        return answer, [f"{words}: {complaint}" for complaint in complaints]

    def _uploads(self, one: FormField, at: int) -> Iterator[str]:
        for turn, (what, (name, content)) in enumerate(given.UPLOADS.items()):
            if (turn + at + self.page.page.turn) % given.SHARE_OF_UPLOADS:
                continue
            answer = self.post({}, files={one.name: SimpleUploadedFile(name, content, "image/png")})
            complaints = list(complaints_about(answer, "zh-hans", {}, one))
            if answer.is_taken:
                complaints.append("was taken")
            yield from (f"{one.name} = {what}: {complaint}" for complaint in complaints)

    def _other_content(self) -> Iterator[str]:
        content_type = given.CONTENT_TYPES[self.page.page.turn % len(given.CONTENT_TYPES)]
        answer = self.page.sender.send("post", self.form.action, '{"a": [1', content_type=content_type)
        if answer.failure or answer.was_changed:
            yield f"sent as {content_type}: {answer.failure or 'something was written'}"

    def post(self, changed: Values, *, language: str = "zh-hans", files: Any = None) -> Answer:
        values = {**self.values, **changed}
        send = self.page.sender.send
        if files:
            plain = {name: several for name, several in values.items() if name not in files}
            return send("post", self.form.action, {**plain, **files}, language=language)
        return send(
            "post",
            self.form.action,
            as_query(values),
            content_type="application/x-www-form-urlencoded",
            language=language,
            then=self._pages_after if _is_script(changed) else None,
        )

    def _pages_after(self, response: Any) -> list[str]:
        """Where the browser is sent, and the page of the form as it is now."""
        next_page = response.headers.get("Location") or response.headers.get("HX-Redirect", "")
        return [str(address) for address in (next_page, self.page.url) if address]


def kind_of(form: PageForm) -> tuple[str, ...]:
    """What takes the form: the view, and the words in its address that say which part of it."""
    match = resolve(form.path)
    return (match.view_name, *(value for value in match.kwargs.values() if isinstance(value, str)))


def word_for(one: FormField) -> str:
    if one.name in given.WORDS:
        return str(given.WORDS[one.name])
    if one.kind == "choice":
        return next((value for value in one.options if value), "")
    return given.WORD_BY_KIND[one.kind]


def _is_script(values: Values) -> bool:
    return any("<" in value for several in values.values() for value in several)


def _values_for(one: FormField) -> Mapping[str, str]:
    return given.TEXTS if one.kind == "text" else given.BY_KIND[one.kind]
