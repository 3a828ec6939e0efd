"""How many decisions were taken at once, how many were asked for, and how long those waited (R-009)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.authority.enums import ApprovalState, Subject
from gongying.authority.models import ApprovalRequest, AuthorityGrant, AuthorityUse
from gongying.authority.models.approvals import DECIDED
from gongying.common.inputs import id_in

NOTHING = Decimal("0.00")
USUAL_DAYS = 30
ALONE = "alone"
NO_GRANT = "none"  # asked for by people who may decide nothing alone


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
    decided: int
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
    decided: int
    median_amount: Decimal
    median_wait: timedelta | None

    @property
    def query(self) -> dict[str, Any]:
        """As an address names it (`LimitKey.read`)."""
        return {"grant": self.grant.pk, "limit": self.limit} if self.grant else {"grant": NO_GRANT}


@dataclass(frozen=True)
class LimitKey:
    """Which limit was too low: that of a grant as it stood at the time, or none at all."""

    grant_id: int | None
    amount: Decimal | None

    @classmethod
    def read(cls, grant: str, amount: str) -> "LimitKey | None":
        """From an address; None where it names no limit."""
        if grant == NO_GRANT:
            return cls(None, None)
        try:
            grant_id, limit = id_in(grant), Decimal(amount)
            ApprovalRequest._meta.get_field("limit_amount").run_validators(limit)
        except (InvalidOperation, ValidationError):
            return None
        return cls(grant_id, limit) if grant_id is not None else None

    @property
    def condition(self) -> Q:
        return Q(grant=self.grant_id, limit_amount=self.amount)


def days_before(days: int) -> datetime:
    """The midnight from which so many days are counted, today among them: a number opens the rows that it counted."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)


def figures_of(user: User, *, since: datetime) -> list[SubjectFigures]:
    """Of the places that she sees."""
    uses, asked = _alone(user, since), _asked(user, since)
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


def rows_behind(
    figure: str, user: User, *, since: datetime, subject: str, limit: LimitKey | None = None
) -> QuerySet[Any]:
    """The decisions, or the approvals, that one number counts."""
    rows: QuerySet[Any]
    if figure == ALONE:
        rows = _alone(user, since).filter(subject=subject)
    else:
        rows = _asked(user, since).filter(CONDITIONS[figure], limit.condition if limit else Q(), subject=subject)
    return rows


def _alone(user: User, since: datetime) -> Any:
    return AuthorityUse.objects.visible_to(user).alone().filter(at__gte=since)


def _asked(user: User, since: datetime) -> Any:
    return ApprovalRequest.objects.visible_to(user).filter(asked_at__gte=since)


WAIT = ExpressionWrapper(F("decided_at") - F("asked_at"), output_field=DurationField())
# What each number of approvals counts; the same selection makes the list behind it.
CONDITIONS = {
    "asked": Q(),
    "waiting": Q(state=ApprovalState.ASKED),
    "granted": Q(state=ApprovalState.GRANTED),
    "refused": Q(state=ApprovalState.REFUSED),
    "decided": Q(state__in=DECIDED),
}
FIGURES = {
    ALONE: _("decided at once"),
    "asked": _("asked for"),
    "waiting": _("waiting for a decision"),
    "granted": _("agreed to"),
    "refused": _("not agreed to"),
    "decided": _("what the median wait is made of"),
}
MEDIAN_WAIT = Median(WAIT, filter=CONDITIONS["decided"], output_field=DurationField())
COUNTS = {name: Count("pk", filter=condition) for name, condition in CONDITIONS.items()}


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
            row["decided"],
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
        asked.get("decided", 0),
        asked.get("wait"),
        list(by_limit),
    )
