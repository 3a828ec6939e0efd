"""Who does a job, and when."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.organization.models import StaffMember
from gongying.servicedesk.forms.steps import PersonChoiceField, StepForm, moment_field
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.operations.doers import OtherTrade, check_trade
from gongying.servicedesk.takers import takers_at


class PlanForm(StepForm):
    """Who does it, and when."""

    doer = PersonChoiceField(
        StaffMember.objects.none(),
        label=_("worker"),
        required=False,
        help_text=_("A worker, or an outside firm: one of them is needed."),
    )
    outside_firm = forms.CharField(label=_("or an outside firm"), max_length=100, required=False)
    planned_from = moment_field(_("planned from"))
    planned_to = moment_field(_("planned until"))
    overlap_reason = forms.CharField(
        label=_("why at the same time as another job"),
        max_length=200,
        required=False,
        help_text=_("Only where both jobs go together."),
    )
    trade_reason = forms.CharField(
        label=_("why a worker of another trade"),
        max_length=200,
        required=False,
        help_text=_("Only where the worker does not know the trade of the job."),
    )

    def prepare(self) -> None:
        there = [taker.staff.pk for taker in takers_at(self.service_request.place, on=timezone.localdate())]
        workers = StaffMember.objects.filter(pk__in=there)
        self.fields["doer"].is_needed_mostly = True  # type: ignore[attr-defined]
        self.fields["doer"].queryset = workers.select_related("user", "department")  # type: ignore[attr-defined]
        work = self.case if isinstance(self.case, WorkOrder) else None
        start, end = (
            (work.planned_from, work.planned_to)
            if work
            else (self.service_request.window_from, self.service_request.window_to)
        )
        if end is not None and end > timezone.now():
            self.fields["planned_from"].initial, self.fields["planned_to"].initial = start, end

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("doer")) == bool((cleaned.get("outside_firm") or "").strip()):
            self.add_error("doer", _("Choose a worker or name an outside firm."))
        start, end = cleaned.get("planned_from"), cleaned.get("planned_to")
        if bool(start) != bool(end) or (start and end and end <= start):
            self.add_error("planned_to", _("The end must lie after the start."))
        try:
            check_trade(self._trade(), cleaned.get("doer"), cleaned.get("trade_reason", ""))
        except OtherTrade as other:
            self.add_error("trade_reason", str(other))
        return cleaned

    def _trade(self) -> str:
        """Of the job that is given: the one of this page, that of the request which waits for a doer, or a new one."""
        if isinstance(self.case, WorkOrder):
            return self.case.trade
        waiting = self.case.work_orders.without_doer().first()
        return waiting.trade if waiting else self.case.category.trade

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        start, end = given.pop("planned_from"), given.pop("planned_to")
        return {**given, "plan": (start, end) if start and end else None}


class TimeForm(StepForm):
    """Another time, with the same doer."""

    planned_from = moment_field(_("planned from"), required=True)
    planned_to = moment_field(_("planned until"), required=True)
    overlap_reason = forms.CharField(label=_("why at the same time as another job"), max_length=200, required=False)

    def prepare(self) -> None:
        for name in ("planned_from", "planned_to"):
            self.fields[name].initial = getattr(self.case, name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("planned_from"), cleaned.get("planned_to")
        if start and end and end <= start:
            self.add_error("planned_to", _("The end must lie after the start."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {"plan": (given.pop("planned_from"), given.pop("planned_to")), **given}


class ReassignForm(PlanForm):
    reason = forms.CharField(label=_("reason"), max_length=200)
