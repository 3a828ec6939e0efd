from gongying.fitouts.models.files import FitOut
from gongying.fitouts.models.works import FitOutViolation, FitOutWorker

__all__ = ["FitOut", "FitOutViolation", "FitOutWorker"]
