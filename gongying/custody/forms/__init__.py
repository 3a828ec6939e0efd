from gongying.custody.forms.keys import ExtensionForm, KeyEndForm, KeyForm, LoanForm, ReturnForm
from gongying.custody.forms.passes import GateForm, PassForm, ReleaseForm, VoidForm

__all__ = [
    "ExtensionForm",
    "GateForm",
    "KeyEndForm",
    "KeyForm",
    "LoanForm",
    "PassForm",
    "ReleaseForm",
    "ReturnForm",
    "VoidForm",
]
