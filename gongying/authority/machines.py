from gongying.authority.enums import ApprovalState
from gongying.common.machines import Machine, Transition

APPROVAL = Machine(
    "approval",
    initial=[ApprovalState.ASKED.value],
    transitions=[
        Transition("grant", [ApprovalState.ASKED.value], ApprovalState.GRANTED.value),
        Transition("refuse", [ApprovalState.ASKED.value], ApprovalState.REFUSED.value),
        Transition("withdraw", [ApprovalState.ASKED.value], ApprovalState.WITHDRAWN.value),
    ],
)
