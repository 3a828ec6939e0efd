from gongying.custody.forms.fields import PhoneField, PlacedForm
from gongying.custody.forms.guest_lists import GuestListForm
from gongying.custody.forms.guests import ConfirmationForm, GuestForm, NotWantedForm
from gongying.custody.forms.keys import ExtensionForm, KeyEndForm, KeyForm, LoanForm, ReturnForm
from gongying.custody.forms.mail import BackForm, MailForm, OutForm, ToldForm
from gongying.custody.forms.passes import GateForm, PassForm, ReleaseForm, VoidForm

__all__ = [
    "BackForm",
    "ConfirmationForm",
    "ExtensionForm",
    "GateForm",
    "GuestForm",
    "GuestListForm",
    "KeyEndForm",
    "KeyForm",
    "LoanForm",
    "MailForm",
    "NotWantedForm",
    "OutForm",
    "PassForm",
    "PhoneField",
    "PlacedForm",
    "ReleaseForm",
    "ReturnForm",
    "ToldForm",
    "VoidForm",
]
