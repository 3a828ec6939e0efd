from gongying.handover.operations.batches import open_batch
from gongying.handover.operations.defects import accept_defect, drop_defect, mend_defect, record_defect, reject_defect
from gongying.handover.operations.units import arrange_unit, hand_over_unit, inspect_unit, refuse_unit

__all__ = [
    "accept_defect",
    "arrange_unit",
    "drop_defect",
    "hand_over_unit",
    "inspect_unit",
    "mend_defect",
    "open_batch",
    "record_defect",
    "refuse_unit",
    "reject_defect",
]
