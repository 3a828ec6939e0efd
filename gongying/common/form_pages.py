"""A form as a page of its own, or in the drawer where it was opened from a page: one template, one way to end it."""

from typing import Any, Final

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise

from gongying.common.edits import status_of

PAGE = "common/form_page.html"
# The form that is a page of its own, as it names itself when it is sent.
ON_ITS_PAGE: Final = "form#form-page"


def sent_with(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: all that was sent, be it nothing at all; None while it is only opened."""
    return request.POST if request.method == "POST" else None


def is_of_page(request: HttpRequest) -> bool:
    """Sent without leaving the page: what is refused is shown there, and what was typed, chosen and signed stays."""
    return request.headers.get("HX-Target") == ON_ITS_PAGE


def is_in_drawer(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and not is_of_page(request)


def show_form(
    request: HttpRequest, form: BaseForm, *, title: str | Promise, submit: str | Promise, back: str, **context: Any
) -> HttpResponse:
    """The form: empty (200), or with what is wrong with it (422), or what somebody else changed (409)."""
    template = context.pop("template", PAGE)
    in_drawer = is_in_drawer(request)
    return render(
        request,
        f"{template}#drawer" if in_drawer else template,
        {"form": form, "title": title, "submit": submit, "back": back, "in_drawer": in_drawer, **context},
        status=422 if request.method == "POST" and not form.errors else status_of(form),
    )


def done(request: HttpRequest, url: str) -> HttpResponse:
    """Go on at `url`, whichever way the form was sent."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
