from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The keys, and what can be typed into the search box."""
    examples = [
        ("13800001234", _("a phone number, with or without spaces")),
        ("1234", _("the last four digits of a phone or a request")),
        ("2-1-301", _("a unit; also 21301, in full-width digits or in words")),
        ("zjh", _("the initials of a name, or its pinyin")),
        ("YG-BX26-000123", _("a request")),
    ]
    return render(request, "workbench/help.html", {"keys": _keys(), "examples": examples})


def _keys() -> list[tuple[str, list[tuple[str, str]]]]:
    """By page, as they are bound there (`data-key`)."""
    return [
        (
            _("Everywhere"),
            [
                ("/", _("search")),
                ("Ctrl K", _("search")),
                ("Esc", _("close, the draft stays")),
                ("Ctrl Enter", _("save")),
            ],
        ),
        (_("Household page"), [("N", _("new entry")), ("B", _("new repair")), ("T", _("new complaint"))]),
        (
            _("Quick entry"),
            [
                ("Ctrl Enter", _("answered at once")),
                ("Ctrl Shift Enter", _("make a request of it")),
                ("Alt 1…3", _("choose the suggested topic")),
                ("Alt 0", _("one more caller of the public fault")),
                ("Alt J", _("join what a neighbour reported")),
                ("Ctrl V", _("paste a screenshot")),
            ],
        ),
        (_("Front desk"), [("Alt H", _("call for help")), ("Ctrl Enter", _("finish the visit"))]),
        (_("Page of a request"), [("A", _("the next step"))]),
        (
            _("Dispatch board"),
            [
                ("J K", _("down and up")),
                ("D", _("who could do the job")),
                ("1…5", _("give it to this one")),
                (_("Drag"), _("to a row and time; on a touch screen after a long press")),
            ],
        ),
        (
            _("Lists"),
            [
                ("J K", _("down and up")),
                ("Enter", _("open")),
                (_("Space"), _("look without leaving the list")),
                ("X", _("mark")),
                ("D", _("dispatch")),
                ("G", _("reassign")),
                ("E", _("export what is shown")),
            ],
        ),
    ]
