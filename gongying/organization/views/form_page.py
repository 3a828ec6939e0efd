from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from gongying.common.edits import status_of


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: str | Promise,
    submit: str | Promise,
    action: str,
    back: str,
    **more: Any,
) -> HttpResponse:
    """A page with one form and one button. A form with errors is 422, one that is stale 409."""
    context = {"form": form, "title": title, "submit": submit, "action": action, "back": back, **more}
    return render(request, "organization/form_page.html", context, status=status_of(form))
