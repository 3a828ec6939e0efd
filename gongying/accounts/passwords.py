from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """As Django's, in words that Django's Chinese catalogue does not have."""

    def get_error_message(self) -> str:
        return _("A password needs at least %(least)d characters.") % {"least": self.min_length}

    def get_help_text(self) -> str:
        return self.get_error_message()
