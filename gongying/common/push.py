from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def push_url(request: HttpRequest) -> str:
    """Where this page's browser finds the push process.

    Empty in the settings: behind the same proxy as the pages. A port alone (":8001/push/"): on the host by which the
    browser reached us, which no setting can know.
    """
    configured: str = settings.PUSH_URL
    if not configured.startswith(":"):
        return configured or "/push/"
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    return f"{request.scheme}://{f'[{host}]' if ':' in host else host}{configured}"
