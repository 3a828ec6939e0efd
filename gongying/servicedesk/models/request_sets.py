"""Which requests: of whom, in which state, waiting for what."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.estates.models import PlaceQuerySet
from gongying.organization.access import staff_of
from gongying.servicedesk.enums import (
    OPEN_STATES,
    EscalationGround,
    Metric,
    RequestKind,
)
from gongying.servicedesk.models.categories import BILL_QUERY
from gongying.servicedesk.models.hanging import what_hangs_on_it

if TYPE_CHECKING:
    from gongying.common.questions import Moment
    from gongying.estates.models import AnyUser

NEWEST_FIRST = ("-entered_at", "-id")
IS_OPEN = models.Q(state__in=OPEN_STATES)
IS_TICKING = models.Q(next_due_at__isnull=False, next_due_paused=False)


class ServiceRequestQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """Requests in the user's places: all of them, or without the permission those she has to do with."""
        rows = super().visible_to(user)
        if may(user, "servicedesk.view_requests"):
            return rows
        return rows.involving(user) if isinstance(user, User) else rows.none()

    def involving(self, user: User) -> Self:
        from gongying.servicedesk.models.support import SupportTask
        from gongying.servicedesk.models.work import WorkOrder

        # A union of short index ranges; an OR would read the whole table.
        mine = self.model.objects.order_by()
        supported = SupportTask.objects.order_by().of_my_department(user)
        ids = (
            mine.filter(owner=user)
            .values("pk")
            .union(
                mine.filter(registered_by=user).values("pk"),
                WorkOrder.objects.order_by().filter(doer=user).values("service_request_id"),
                supported.values("service_request_id"),
            )
        )
        return self.filter(pk__in=ids)

    def open(self) -> Self:
        return self.filter(IS_OPEN)

    def ticking(self) -> Self:
        """With a clock that runs now."""
        return self.filter(IS_TICKING)

    def overdue(self, *, at: "Moment | None" = None) -> Self:
        return self.ticking().filter(next_due_at__lt=at or timezone.now())

    def due_soon(self, *, at: "Moment | None" = None) -> Self:
        """Four fifths of the time have passed."""
        now = at or timezone.now()
        return self.ticking().filter(next_due_at__gte=now, next_due_soon_at__lte=now)

    def unanswered(self, *, at: "Moment | None" = None) -> Self:
        """Nobody has answered the customer within the time that was promised (R-199)."""
        # Not by what is due next: the result may have been due earlier still.
        from gongying.servicedesk.models.clocks import ServiceClock

        now = at or timezone.now()
        late = ServiceClock.objects.running().of_metric(Metric.FIRST_RESPONSE).filter(due_at__lt=now)
        return self.overdue(at=now).filter(models.Exists(late.filter(service_request=models.OuterRef("pk"))))

    def complaints(self) -> Self:
        return self.filter(kind=RequestKind.COMPLAINT)

    def violations(self) -> Self:
        return self.filter(kind=RequestKind.VIOLATION)

    def bills_to_explain(self) -> Self:
        """Somebody doubts her bill, and nobody has told her the result yet (R-217)."""
        told = ["reported", "feedback_given", "following_up", "improving"]
        return self.open().filter(category__code=BILL_QUERY).exclude(state__in=told)

    def waiting_for_acceptance(self) -> Self:
        return self.filter(state__in=["registered", "received"])

    def without_doer(self) -> Self:
        """Open work that nobody has been given yet."""
        from gongying.servicedesk.models.work import WorkOrder

        waiting = WorkOrder.objects.order_by().without_doer()
        # Only open requests have such work: saying so keeps the reading to their small index.
        return self.open().filter(pk__in=waiting.values("service_request_id"))

    def waiting_for_feedback(self) -> Self:
        return self.filter(state__in=["resolved", "handling"])

    def waiting_for_follow_up(self) -> Self:
        return self.filter(state__in=["reported", "feedback_given", "following_up"])

    def waiting_for_decision(self) -> Self:
        """A lukewarm follow-up that the supervisor has to decide about."""
        from gongying.servicedesk.models.escalations import Escalation

        unsettled = Escalation.objects.filter(settled_at=None, ground=EscalationGround.SCORE)
        return self.open().filter(pk__in=unsettled.values("service_request"))

    def escalated(self) -> Self:
        from gongying.servicedesk.models.escalations import Escalation

        return self.open().filter(pk__in=Escalation.objects.filter(settled_at=None).values("service_request"))

    def mine(self, user: "AnyUser") -> Self:
        """Open requests that she answers for."""
        return self.open().filter(owner=user)

    def supported_by_department_of(self, user: "AnyUser") -> Self:
        """Her department has a task there that is not done yet (R-218)."""
        from gongying.servicedesk.models.support import SupportTask

        tasks = SupportTask.objects.order_by().of_my_department(user).open()
        return self.open().filter(pk__in=tasks.values("service_request_id"))

    def of_my_department(self, user: "AnyUser") -> Self:
        staff = staff_of(user) if isinstance(user, User) else None
        return self.open().filter(department=staff.department_id) if staff else self.none()

    def registered_by_me(self, user: "AnyUser") -> Self:
        return self.filter(registered_by=user)

    def for_list(self) -> Self:
        rows = self.select_related("category", "unit", "building", "project", "party", "owner", "department")
        return rows.prefetch_related("clocks__adjustments", "clocks__pauses").defer("search")

    def for_answers(self) -> Self:
        """As the API lists them; `fill_for_answers` reads what belongs to them."""
        return self.defer("search")

    def for_rows(self) -> Self:
        """As a line of a first page shows it: to plan the many tables of `for_list` costs more than to read such a line."""
        return self.select_related("unit", "facility", "building", "project", "owner").defer("search")

    def for_page(self) -> Self:
        """With its work, and in `hanging` what else there is; the set-up is taken from memory (`fill_from_memory`)."""
        from gongying.servicedesk.models.work import WorkOrder

        rows = self.select_related("unit", "party", "complaint").defer("search")
        work = WorkOrder.objects.select_related("doer")
        work = work.prefetch_related("workcompletions", "workpauses", "assignments")
        rows = rows.prefetch_related(models.Prefetch("work_orders", work), "clocks__adjustments")
        return rows.annotate(hanging=what_hangs_on_it())

    def newest_first(self) -> Self:
        return self.order_by(*NEWEST_FIRST)
