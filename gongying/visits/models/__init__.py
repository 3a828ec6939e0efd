from gongying.visits.models.visits import HomeVisit, MissedCall, VisitNeed

__all__ = ["HomeVisit", "MissedCall", "VisitNeed"]
