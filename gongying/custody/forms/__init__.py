from gongying.custody.forms.keys import ExtensionForm, KeyEndForm, KeyForm, LoanForm, ReturnForm
from gongying.custody.forms.mail import BackForm, MailForm, OutForm, ToldForm
from gongying.custody.forms.passes import GateForm, PassForm, ReleaseForm, VoidForm

__all__ = [
    "BackForm",
    "ExtensionForm",
    "GateForm",
    "KeyEndForm",
    "KeyForm",
    "LoanForm",
    "MailForm",
    "OutForm",
    "PassForm",
    "ReleaseForm",
    "ReturnForm",
    "ToldForm",
    "VoidForm",
]
