"""The one page for the forms of a territory: its places, its people, and when either ends."""

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


def show_form(
    request: HttpRequest, form: BaseForm, *, territory_id: int, title: str, submit: str, action: str
) -> HttpResponse:
    back = reverse("territories:territory-show", args=[territory_id])
    context = {"form": form, "title": title, "submit": submit, "action": action, "back": back}
    return render(request, "organization/form_page.html", context, status=422 if form.errors else 200)
