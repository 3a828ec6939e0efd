"""What commands say, in both languages, as the launcher does: who sits at the machine may read one of them only."""

import os

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise


def languages() -> list[str]:
    """Both, unless GONGYING_LANGUAGE names one (`zh`, `en`)."""
    known = [code for code, _name in settings.LANGUAGES][::-1]
    chosen = [code for code in known if code.startswith(os.environ.get("GONGYING_LANGUAGE") or "-")]
    return chosen or known


def in_both(sentence: str | Promise | Exception, **values: object) -> str:
    lines = []
    for code in languages():
        with translation.override(code):
            lines.append(str(sentence) % values if values else str(sentence))
    return "\n".join(dict.fromkeys(lines))
