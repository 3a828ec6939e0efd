from typing import Final

import rules

RUN_IMPORT: Final = "imports.run_import"
EXPORT_ROWS: Final = "imports.export_rows"

rules.add_perm(RUN_IMPORT, rules.always_allow)
rules.add_perm(EXPORT_ROWS, rules.always_allow)
