"""The forms of a page as a browser sees them: where they are sent, their fields with labels and first values."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_plus, urljoin

FIELDS = ("input", "select", "textarea", "button")
# What a field of this type takes: not tried with text.
SENDS_NOTHING = ("submit", "button", "reset", "image")


@dataclass
class FormField:
    name: str
    kind: str  # text, number, date, datetime-local, choice, file, hidden
    options: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)  # what the browser would send untouched
    is_list: bool = False  # of which a browser always sends one
    longest: int | None = None  # how many characters a browser lets one type


@dataclass
class PageForm:
    method: str
    action: str
    fields: dict[str, FormField] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.action.split("?")[0]

    def first_values(self) -> dict[str, list[str]]:
        """As it stands on the page; a list of which nothing is chosen shows its first."""
        return {name: given.first or given.options[: int(given.is_list)] for name, given in self.fields.items()}


def forms_of(html: str, *, url: str) -> list[PageForm]:
    reader = _Reader(url)
    reader.feed(html)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[PageForm] = []
        self.by_id: dict[str, PageForm] = {}
        self.form: PageForm | None = None
        self.select: FormField | None = None
        self.textarea: FormField | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.url, given.get("action") or given.get("hx-post") or self.url)
            self.form = PageForm(given.get("method", "get").lower(), action)
            self.forms.append(self.form)
            self.by_id[given.get("id", "")] = self.form
        elif tag == "option" and self.select is not None:
            value = given.get("value", "")
            self.select.options.append(value)
            if "selected" in given:
                self.select.first.append(value)
        elif tag in FIELDS and given.get("name"):
            form = self.by_id.get(given["form"]) if given.get("form") else self.form
            if form is not None:
                self._field(form, tag, given)

    def _field(self, form: PageForm, tag: str, given: dict[str, str]) -> None:
        name, kind, value = given["name"], given.get("type", "text"), given.get("value", "")
        if tag == "button" or kind in SENDS_NOTHING:
            form.buttons.append((name, value))
        elif tag == "select":
            self.select = form.fields.setdefault(name, FormField(name, "choice", is_list="multiple" not in given))
        elif tag == "textarea":
            self.textarea, self.text = form.fields.setdefault(name, FormField(name, "text")), ""
            self.textarea.longest = _number(given.get("maxlength"))
        elif kind in ("radio", "checkbox"):
            box = form.fields.setdefault(name, FormField(name, "choice"))
            box.options.append(given.get("value", "on"))
            if "checked" in given:
                box.first.append(given.get("value", "on"))
        elif name != "csrfmiddlewaretoken":
            known = kind if kind in ("number", "date", "datetime-local", "file", "hidden") else "text"
            plain = form.fields.setdefault(name, FormField(name, known, longest=_number(given.get("maxlength"))))
            if value and known != "file":
                plain.first.append(value)

    def handle_data(self, data: str) -> None:
        if self.textarea is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.textarea is not None:
            if self.text.strip():
                self.textarea.first.append(self.text.removeprefix("\n"))
            self.textarea = None


def _number(text: str | None) -> int | None:
    return int(text) if text else None


class _Inertness(HTMLParser):
    """Finds what a hostile text would have become, had it been let out: an element, or an attribute that acts."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark, self.in_script = mark, False
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A list that a script draws is data: what would leave it is found as the tag that it makes.
        self.in_script = tag in ("script", "style") and dict(attrs).get("type") != "application/json"
        for name, value in attrs:
            acts = name.startswith("on") or (
                name in ("href", "src", "action", "formaction") and "script:" in (value or "")
            )
            if self.mark in name or self.mark.lower() in name or (acts and self.mark in (value or "")):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script and self.mark in data:
            self.found.append(f"<script>{data}")


def what_acts(html: str, *, mark: str) -> list[str]:
    """Places in which a text that carries `mark` is more than text."""
    reader = _Inertness(mark)
    reader.feed(html)
    return reader.found


def as_query(values: dict[str, list[str]]) -> str:
    """As bytes go over the wire, lone halves of characters and all."""
    return "&".join(
        f"{quote_plus(name)}={quote_plus(value.encode('utf-8', 'surrogatepass'))}"
        for name, several in values.items()
        for value in several
    )
