"""What is said at the gate: six digits that stand for one pass of the project, whatever kind it is."""

import secrets

from gongying.custody.models import GuestPass, ReleasePass
from gongying.custody.models.gate_passes import CODE_DIGITS


def free_code(project_id: int) -> str:
    """Six digits that no pass of the project has that may still be used."""
    kinds = (ReleasePass, GuestPass)
    taken = {
        code
        for kind in kinds
        for code in kind.objects.unsettled().filter(project=project_id).values_list("code", flat=True)
    }
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        if code not in taken:
            return code
