from gongying.custody.models.guests import GuestPass
from gongying.custody.models.keys import LONGEST_BORROWER, LONGEST_NOTE, LONGEST_TAG, Key, KeyLoan
from gongying.custody.models.mail import MailItem
from gongying.custody.models.passes import ReleasePass

__all__ = ["LONGEST_BORROWER", "LONGEST_NOTE", "LONGEST_TAG", "GuestPass", "Key", "KeyLoan", "MailItem", "ReleasePass"]
