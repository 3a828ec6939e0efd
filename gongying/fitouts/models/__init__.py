from gongying.fitouts.models.extensions import RefusedExtension
from gongying.fitouts.models.files import FitOut
from gongying.fitouts.models.works import FitOutPass, FitOutViolation, FitOutWorker

__all__ = ["FitOut", "FitOutPass", "FitOutViolation", "FitOutWorker", "RefusedExtension"]
