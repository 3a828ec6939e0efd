from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The keys, and what can be typed into the search box."""
    keys = [
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
                ("Ctrl V", _("paste a screenshot")),
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
    examples = [
        ("13800001234", _("a phone number, with or without spaces")),
        ("1234", _("the last four digits of a phone or a request")),
        ("2-1-301", _("a unit; also 21301, in full-width digits or in words")),
        ("zjh", _("the initials of a name, or its pinyin")),
        ("YG-BX26-000123", _("a request")),
    ]
    return render(request, "workbench/help.html", {"keys": keys, "examples": examples})
