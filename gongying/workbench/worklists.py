"""Addresses of the request list, by the name of what it shows."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def worklist_url(name: str, **filters: Any) -> str:
    """The list whose rows are `ServiceRequest.objects.<name>()`, with further filters."""
    return f"{reverse('servicedesk:request-index')}?{urlencode({'list': name, **filters})}"
