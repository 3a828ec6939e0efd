from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.phones import typed_phone


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """Takes the log-in name or the phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext_lazy("Name or phone")
        self.fields["login"].widget.attrs.update({"placeholder": "", "autofocus": True})
        self.fields["password"].widget.attrs["placeholder"] = ""

    def clean_login(self) -> str:
        """One form of a phone, so that failed attempts count together however it is typed."""
        login: str = super().clean_login()
        if "\x00" in login:
            raise ValidationError(_("This text has a character that cannot be stored."), code="character")
        return typed_phone(login) or login


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    def clean(self) -> Any:
        cleaned = super().clean()
        password = self.cleaned_data.get("password1")
        if password and self.user.check_password(password):
            self.add_error("password1", _("Choose another password than the present one."))
        return cleaned


class ActivateTOTPForm(AllauthActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext_lazy("Six digits")
