from typing import Final

from django.utils.translation import gettext_lazy as _

ISSUE_TOKENS: Final = "accounts.issue_tokens"

PERMISSIONS = {
    ISSUE_TOKENS: _("issue and revoke API tokens"),
}
