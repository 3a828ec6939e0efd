"""How many decisions were taken at once, how many were asked for, and how long those waited (R-009)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.utils import timezone

from gongying.accounts.models import User
from gongying.authority.enums import ApprovalState, Subject
from gongying.authority.models import ApprovalRequest, AuthorityGrant, AuthorityUse

NOTHING = Decimal("0.00")
USUAL_DAYS = 30


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    name = "median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class SubjectFigures:
    """One subject in a period, by the time at which something was decided alone or asked for."""

    subject: str
    alone: int
    alone_sum: Decimal
    asked: int
    waiting: int
    granted: int
    refused: int
    median_wait: timedelta | None
    by_limit: list["LimitFigures"]

    @property
    def label(self) -> str:
        return str(Subject(self.subject).label)

    @property
    def share_alone(self) -> int | None:
        """In per cent of all decisions; R-009 wants it high."""
        total = self.alone + self.asked
        return round(100 * self.alone / total) if total else None


@dataclass(frozen=True)
class LimitFigures:
    """What was asked for because one limit was too low; the limit can be raised from there."""

    grant: AuthorityGrant | None
    limit: Decimal | None
    asked: int
    granted: int
    median_amount: Decimal
    median_wait: timedelta | None


def figures_of(user: User, *, since: datetime, until: datetime | None = None) -> list[SubjectFigures]:
    """Of the places that she sees."""
    until = until or timezone.now()
    uses = AuthorityUse.objects.visible_to(user).alone().filter(at__gte=since, at__lt=until)
    asked = ApprovalRequest.objects.visible_to(user).filter(asked_at__gte=since, asked_at__lt=until)
    alone = {
        row["subject"]: row for row in uses.order_by().values("subject").annotate(n=Count("pk"), total=Sum("amount"))
    }
    approvals = {row["subject"]: row for row in asked.order_by().values("subject").annotate(**COUNTS, wait=MEDIAN_WAIT)}
    limits = _by_limit(asked)
    return [
        _subject_figures(subject, alone.get(subject, {}), approvals.get(subject, {}), limits.get(subject, []))
        for subject in Subject.values
        if subject in alone or subject in approvals
    ]


WAIT = ExpressionWrapper(F("decided_at") - F("asked_at"), output_field=DurationField())
IS_DECIDED = Q(state__in=[ApprovalState.GRANTED, ApprovalState.REFUSED])
MEDIAN_WAIT = Median(WAIT, filter=IS_DECIDED, output_field=DurationField())
COUNTS = {
    "asked": Count("pk"),
    "waiting": Count("pk", filter=Q(state=ApprovalState.ASKED)),
    "granted": Count("pk", filter=Q(state=ApprovalState.GRANTED)),
    "refused": Count("pk", filter=Q(state=ApprovalState.REFUSED)),
}


def _by_limit(asked: Any) -> dict[str, list[LimitFigures]]:
    rows = list(
        asked.order_by()
        .values("subject", "grant", "limit_amount")
        .annotate(**COUNTS, wait=MEDIAN_WAIT, middle=Median("amount"))
        .order_by("-asked", "grant")
    )
    grants = AuthorityGrant.objects.with_names().in_bulk({row["grant"] for row in rows if row["grant"]})
    found: dict[str, list[LimitFigures]] = {}
    for row in rows:
        limit = LimitFigures(
            grants.get(row["grant"]),
            row["limit_amount"],
            row["asked"],
            row["granted"],
            Decimal(str(row["middle"])),
            row["wait"],
        )
        found.setdefault(row["subject"], []).append(limit)
    return found


def _subject_figures(
    subject: str, alone: dict[str, Any], asked: dict[str, Any], by_limit: Iterable[LimitFigures]
) -> SubjectFigures:
    return SubjectFigures(
        subject,
        alone.get("n", 0),
        alone.get("total", NOTHING),
        asked.get("asked", 0),
        asked.get("waiting", 0),
        asked.get("granted", 0),
        asked.get("refused", 0),
        asked.get("wait"),
        list(by_limit),
    )
