from gongying.servicedesk.models.assignments import Assignment
from gongying.servicedesk.models.catalogue import Quote, ServiceItem, ServicePrice, StartWithoutPrice
from gongying.servicedesk.models.categories import ResponsibilityRule, ServiceCategory
from gongying.servicedesk.models.category_rules import CategoryRules
from gongying.servicedesk.models.claims import CompensationClaim
from gongying.servicedesk.models.clocks import ClockAdjustment, ClockPause, ClockStep, ServiceClock
from gongying.servicedesk.models.complaints import ComplaintDetails, ComplaintRules, Withdrawal
from gongying.servicedesk.models.costs import FinalPrice, LabourRate, Payment, WorkCost
from gongying.servicedesk.models.escalations import Escalation
from gongying.servicedesk.models.evidence import (
    Answer,
    Cancellation,
    Closure,
    FollowUp,
    FollowUpDecision,
    KindChange,
    Merge,
    Rejection,
    Reopening,
    ResultNotice,
)
from gongying.servicedesk.models.faults import FaultCall, FaultNotice, FaultPlace, PublicFault
from gongying.servicedesk.models.firms import OutsideFirm
from gongying.servicedesk.models.hotline import HotlineCallback, HotlineContact, HotlineObjection, HotlineOrder
from gongying.servicedesk.models.links import RequestLink
from gongying.servicedesk.models.lists import SavedView
from gongying.servicedesk.models.policies import EscalationLadder, PauseLimit, ServiceTimePolicy, ServiceTimeTarget
from gongying.servicedesk.models.ratings import DoorRating
from gongying.servicedesk.models.requests import ServiceRequest
from gongying.servicedesk.models.samples import QualitySample, SampleDraw
from gongying.servicedesk.models.stages import StageEntry, WorkStage
from gongying.servicedesk.models.standings import Standing
from gongying.servicedesk.models.support import SupportStep, SupportTask
from gongying.servicedesk.models.thread import RequestNote, Transfer, Urging
from gongying.servicedesk.models.violations import (
    AuthorityAnswer,
    AuthorityReport,
    Conclusion,
    Dissuasion,
    ViolationDetails,
)
from gongying.servicedesk.models.work import StopRelease, WorkCheck, WorkCompletion, WorkOrder, WorkPause

__all__ = [
    "Answer",
    "Assignment",
    "AuthorityAnswer",
    "AuthorityReport",
    "Cancellation",
    "CategoryRules",
    "ClockAdjustment",
    "ClockPause",
    "ClockStep",
    "Closure",
    "CompensationClaim",
    "ComplaintDetails",
    "ComplaintRules",
    "Conclusion",
    "Dissuasion",
    "DoorRating",
    "Escalation",
    "EscalationLadder",
    "FaultCall",
    "FaultNotice",
    "FaultPlace",
    "FinalPrice",
    "FollowUp",
    "FollowUpDecision",
    "HotlineCallback",
    "HotlineContact",
    "HotlineObjection",
    "HotlineOrder",
    "KindChange",
    "LabourRate",
    "Merge",
    "OutsideFirm",
    "PauseLimit",
    "Payment",
    "PublicFault",
    "QualitySample",
    "Quote",
    "Rejection",
    "Reopening",
    "RequestLink",
    "RequestNote",
    "ResponsibilityRule",
    "ResultNotice",
    "SampleDraw",
    "SavedView",
    "ServiceCategory",
    "ServiceClock",
    "ServiceItem",
    "ServicePrice",
    "ServiceRequest",
    "ServiceTimePolicy",
    "ServiceTimeTarget",
    "StageEntry",
    "Standing",
    "StartWithoutPrice",
    "StopRelease",
    "SupportStep",
    "SupportTask",
    "Transfer",
    "Urging",
    "ViolationDetails",
    "Withdrawal",
    "WorkCheck",
    "WorkCompletion",
    "WorkCost",
    "WorkOrder",
    "WorkPause",
    "WorkStage",
]
