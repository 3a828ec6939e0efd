"""What the page says after something was done, with the way back."""

from typing import Final

from django.contrib import messages
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.utils.functional import Promise


def tell(request: HttpRequest, sentence: str | Promise, *, undo: str = "") -> None:
    """Say what was done. `undo` is an address that takes it back by POST; its link stays for 10 seconds.

    Works for full pages and for fragments alike: the frame shows it, or a fragment's answer carries it along.
    """
    messages.success(request, str(sentence), extra_tags=undo)


def warn(request: HttpRequest, sentence: str | Promise) -> None:
    messages.warning(request, str(sentence))


# Sent by messages.js with what a page fetches by itself: the bell, a list that changed, a panel that comes later.
BY_ITSELF: Final = "Asked-By-Itself"
HTML: Final = "text/html"


def waiting(request: HttpRequest) -> list[Message]:
    """What is to be said with this answer.

    Nothing with what the page asked for by itself: the page that a hand asked for may be on its way, and the sentence
    would be said by the page that is being left. Nor with what nobody reads: the "not found" of a picture or a stream.
    """
    is_read = HTML in request.headers.get("Accept", HTML) and BY_ITSELF not in request.headers
    if not is_read or not hasattr(request, "_messages"):
        return []
    return list(get_messages(request))
