from gongying.custody.operations.guests import (
    announce_guest,
    announce_guests,
    confirm_guest,
    guests_key,
    let_guest_in,
    let_guest_out,
    withdraw_guest,
)
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
from gongying.custody.operations.mail import hand_out_mail, mail_key, send_mail_back, take_in_mail, tell_household
from gongying.custody.operations.passes import issue_pass, passes_key, use_pass, void_pass

__all__ = [
    "announce_guest",
    "announce_guests",
    "change_key",
    "confirm_guest",
    "end_key",
    "extend_loan",
    "guests_key",
    "hand_out_mail",
    "issue_pass",
    "keys_key",
    "lend_key",
    "let_guest_in",
    "let_guest_out",
    "mail_key",
    "notice_overdue_keys",
    "passes_key",
    "register_key",
    "return_key",
    "send_mail_back",
    "take_in_mail",
    "tell_household",
    "use_pass",
    "void_pass",
    "withdraw_guest",
]
