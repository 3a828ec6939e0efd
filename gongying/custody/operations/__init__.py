from gongying.custody.operations.keys import (
    change_key,
    end_key,
    extend_loan,
    keys_key,
    lend_key,
    notice_overdue_keys,
    register_key,
    return_key,
)
from gongying.custody.operations.passes import issue_pass, passes_key, use_pass, void_pass

__all__ = [
    "change_key",
    "end_key",
    "extend_loan",
    "issue_pass",
    "keys_key",
    "lend_key",
    "notice_overdue_keys",
    "passes_key",
    "register_key",
    "return_key",
    "use_pass",
    "void_pass",
]
