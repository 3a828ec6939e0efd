from gongying.imports.operations.exports import fill_export, remove_old_exports, request_export
from gongying.imports.operations.imports import (
    apply_import,
    check_import,
    choose_header_row,
    discard_import,
    import_at_once,
    map_columns,
    revert_import,
    upload_import,
)

__all__ = [
    "apply_import",
    "check_import",
    "choose_header_row",
    "discard_import",
    "fill_export",
    "import_at_once",
    "map_columns",
    "remove_old_exports",
    "request_export",
    "revert_import",
    "upload_import",
]
