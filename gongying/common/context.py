from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gongying.common.push import push_url


def installation(request: HttpRequest) -> dict[str, Any]:
    """What every page may say about this installation."""
    return {
        "product_name": settings.PRODUCT_NAME,
        "company_name": settings.COMPANY_NAME,
        "product_version": settings.VERSION,
        "push_url": push_url(request),
    }
