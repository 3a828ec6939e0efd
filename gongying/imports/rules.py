from typing import Final

import rules
from django.utils.translation import gettext_lazy as _

RUN_IMPORT: Final = "imports.run_import"
EXPORT_ROWS: Final = "imports.export_rows"

rules.add_perm(RUN_IMPORT, rules.always_allow)
rules.add_perm(EXPORT_ROWS, rules.always_allow)

PERMISSIONS = {
    RUN_IMPORT: _("import from Excel, and revert an import"),
    EXPORT_ROWS: _("export lists to Excel"),
}
