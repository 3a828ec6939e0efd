from gongying.handover.models.batches import HandedThing, HandoverBatch, UnitHandover
from gongying.handover.models.defects import OutstandingDefect, WarrantyPeriod

__all__ = ["HandedThing", "HandoverBatch", "OutstandingDefect", "UnitHandover", "WarrantyPeriod"]
