"""The quick entry as the desk sends it."""

from django.urls import reverse
from django.utils import timezone

NEW, CREATE = reverse("servicedesk:entry-new"), reverse("servicedesk:entry-create")
FRAGMENT = {"HX-Request": "true"}


def sent(cast, **more):
    form = {
        "token": "9f0f7c53-6a41-4d0e-9f1c-0d9d6b1a0001",
        "unit": cast.unit.pk,
        "party": cast.zhou.pk,
        "channel": "phone",
        "text": "厨房水龙头漏水",
        "kind": "repair",
        "when": "now",
        "window": "",
        "action": "answer",
        **more,
    }
    return {name: value for name, value in form.items() if value is not None}


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")
