from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(request: HttpRequest) -> HttpResponse:
    """The first page after log-in: what now?"""
    return render(request, "workbench/home.html")
