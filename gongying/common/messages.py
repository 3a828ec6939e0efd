"""What the page says after something was done, with the way back."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise


def tell(request: HttpRequest, sentence: str | Promise, *, undo: str = "") -> None:
    """Say what was done. `undo` is an address that takes it back by POST; its link stays for 10 seconds.

    Works for full pages and for fragments alike: the frame shows it, or a fragment's answer carries it along.
    """
    messages.success(request, str(sentence), extra_tags=undo)


def warn(request: HttpRequest, sentence: str | Promise) -> None:
    messages.warning(request, str(sentence))
