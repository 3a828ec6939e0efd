from gongying.mediation.models.cases import (
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_SIDES,
    MediationCase,
    Side,
)
from gongying.mediation.models.steps import (
    LONGEST_WORD,
    Agreement,
    AgreementCheck,
    Attendance,
    MediationSession,
    Referral,
)

__all__ = [
    "LONGEST_NAME",
    "LONGEST_SUBJECT",
    "LONGEST_TEXT",
    "LONGEST_WORD",
    "MOST_SIDES",
    "Agreement",
    "AgreementCheck",
    "Attendance",
    "MediationCase",
    "MediationSession",
    "Referral",
    "Side",
]
