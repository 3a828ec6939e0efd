"""Service times, escalation and longest pauses as people type them. What is wrong is said beside its field."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.servicedesk.enums import Metric, PauseReason, Recipient, RequestKind, Severity, TimeUnit, Urgency
from gongying.servicedesk.forms.steps import moment_field
from gongying.servicedesk.models import EscalationLadder, PauseLimit, ServiceCategory, ServiceTimePolicy
from gongying.servicedesk.models.policies import (
    IN_MINUTES,
    LONGEST_DAYS,
    LONGEST_MINUTES,
    LONGEST_PERCENT,
    LONGEST_SOURCE,
    InVersions,
)
from gongying.servicedesk.service_clocks import WHOLE, Target, comes_too_late, too_late

RUNGS = 8
# What belongs together: its name, and the fields with their short labels.
Row = tuple[str, list[tuple[str, forms.BoundField]]]
ANY = gettext_lazy("all")


def offer_projects(field: Any, user: User) -> None:
    """Who does not see everything sets what holds in her own projects only (R-022)."""
    field.queryset = Project.objects.visible_to(user)
    field.required = not may(user, SEE_ALL_PROJECTS)
    if not field.required:
        field.empty_label = gettext_lazy("all projects")


class VersionForm(forms.Form):
    """A further version of `last`; without one, the first of its scope."""

    project = forms.ModelChoiceField(Project.objects.none(), label=gettext_lazy("project"))
    valid_from = moment_field(gettext_lazy("valid from"))

    SCOPE: tuple[str, ...] = ("project",)

    def __init__(self, *args: Any, user: User, last: InVersions | None = None, **kwargs: Any) -> None:
        self.last = last
        super().__init__(*args, **kwargs)
        if last is not None:
            for name in self.SCOPE:
                del self.fields[name]
        else:
            offer_projects(self.fields["project"], user)
        self.fields["valid_from"].help_text = _("Empty: now. It counts for requests that are registered from then on.")
        self.order_fields([*(name for name in self.fields if name != "valid_from"), "valid_from"])

    @property
    def scope(self) -> dict[str, Any]:
        return self.last.scope if self.last else {name: self.cleaned_data.get(name) for name in self.SCOPE}

    def clean_valid_from(self) -> Any:
        at = self.cleaned_data["valid_from"]
        if at is not None and at < timezone.now():
            raise ValidationError(_("What was promised before stays: begin now or later."), code="past")
        if self.last is not None and self.last.valid_from > (at or timezone.now()):
            begins = timezone.localtime(self.last.valid_from).strftime("%Y-%m-%d %H:%M")
            words = {"n": self.last.version, "moment": begins}
            raise ValidationError(_("Version %(n)d begins at %(moment)s: begin then or later.") % words, code="overlap")
        return at


class ServiceTimesForm(VersionForm):
    SCOPE = ServiceTimePolicy.SCOPE
    targets_can_be_tried = True
    hint = gettext_lazy("Leave the time empty where nothing is promised.")

    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=[("", ANY), *RequestKind.choices], required=False)
    category = forms.ModelChoiceField(
        ServiceCategory.objects.active(),
        label=gettext_lazy("category"),
        required=False,
        empty_label=ANY,
        help_text=gettext_lazy("With all below it"),
    )
    urgency = forms.ChoiceField(label=gettext_lazy("urgency"), choices=[("", ANY), *Urgency.choices], required=False)
    severity = forms.ChoiceField(
        label=gettext_lazy("severity"),
        choices=[("", ANY), *Severity.choices],
        required=False,
        help_text=gettext_lazy("Of complaints"),
    )
    source = forms.CharField(
        label=gettext_lazy("source"),
        max_length=LONGEST_SOURCE,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Contract, standard or resolution that promises these times"),
    )

    def __init__(self, *args: Any, may_exist: bool = False, **kwargs: Any) -> None:
        """`may_exist`: the scope may have times already, for they are only tried."""
        super().__init__(*args, **kwargs)
        self.may_exist = may_exist
        for metric in Metric:
            self.fields.update(_time_fields(metric))
        self.order_fields([*self.SCOPE, *(name for m in Metric for name in _names(m)), "source", "valid_from"])

    @property
    def head(self) -> list[forms.BoundField]:
        """What the times hold for."""
        return [self[name] for name in self.SCOPE if name in self.fields]

    @property
    def rows(self) -> Iterator[Row]:
        words = (_("time"), pgettext("of time", "unit"), _("at most"), _("unit of the limit"))
        for metric in Metric:
            yield str(metric.label), [(word, self[name]) for word, name in zip(words, _names(metric), strict=True)]

    @property
    def foot(self) -> list[forms.BoundField]:
        return [self["source"], self["valid_from"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("severity") and cleaned.get("kind") not in ("", RequestKind.COMPLAINT):
            self.add_error("severity", _("Only complaints have a severity."))
        if self.last is None and not self.may_exist and not self.errors:
            last = ServiceTimePolicy.objects.of_scope(self.scope).first()
            if last is not None and not last.is_given_up:
                self.add_error("project", _("This has times of its own already: write a new version of them."))
        targets: dict[str, Target] = {metric: target for metric in Metric if (target := self._target(metric))}
        if not targets and not self.errors:
            self.add_error(f"{Metric.FIRST_RESPONSE}_amount", _("Promise at least one time."))
        for metric in targets:
            if before := comes_too_late(metric, targets):
                self.add_error(f"{metric}_amount", too_late(metric, before))
        cleaned["targets"] = targets
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("targets", "source", "valid_from")}

    def _target(self, metric: Metric) -> Target | None:
        names = dict(zip(("amount", "unit", "limit_amount", "limit_unit"), _names(metric), strict=True))
        amount, unit, limit, limit_unit = (self.cleaned_data.get(name) for name in names.values())
        unit, limit_unit = str(unit or ""), str(limit_unit or "")
        if any(name in self.errors for name in names.values()):
            return None
        if unit == TimeUnit.AGREED:
            amount = 0
        if amount is None:
            if limit is not None:
                self.add_error(names["amount"], _("Say the time, not only the most."))
            return None
        self._check(names["amount"], amount, unit, may_be_nothing=unit in (TimeUnit.AGREED, TimeUnit.CALENDAR_DAYS))
        if limit is None:
            return Target(amount, TimeUnit(unit)) if unit else None
        self._check(names["limit_amount"], limit, limit_unit, may_be_nothing=limit_unit == TimeUnit.CALENDAR_DAYS)
        return Target(amount, TimeUnit(unit), limit, TimeUnit(limit_unit)) if unit and limit_unit else None

    def _check(self, name: str, amount: int, unit: str, *, may_be_nothing: bool) -> None:
        if not unit:
            self.add_error(name, _("Say in which unit."))
        if amount == 0 and not may_be_nothing:
            self.add_error(name, _("A time is more than nothing."))
        if amount > (LONGEST_MINUTES if unit in IN_MINUTES else LONGEST_DAYS):
            self.add_error(name, _("At most a year."))


def initial_of(policy: ServiceTimePolicy) -> dict[str, Any]:
    """The times of a policy as the form shows them."""
    initial: dict[str, Any] = {**policy.scope, "source": policy.source}
    for metric, target in policy.targets.items():
        values = (target.amount, target.unit, target.limit_amount, target.limit_unit or TimeUnit.CALENDAR_DAYS)
        initial.update(zip(_names(Metric(metric)), values, strict=True))
    return initial


def _names(metric: Metric) -> tuple[str, ...]:
    return tuple(f"{metric}_{part}" for part in ("amount", "unit", "limit_amount", "limit_unit"))


def _time_fields(metric: Metric) -> Mapping[str, forms.Field]:
    units = [choice for choice in TimeUnit.choices if metric == Metric.ON_SITE or choice[0] != TimeUnit.AGREED]
    limits = [choice for choice in TimeUnit.choices if choice[0] != TimeUnit.AGREED]
    label = metric.label
    fields: tuple[Any, ...] = (
        forms.IntegerField(label=label, min_value=0, max_value=LONGEST_MINUTES, required=False),
        forms.ChoiceField(
            label=_("%(metric)s: unit") % {"metric": label}, choices=units, required=False, initial=TimeUnit.MINUTES
        ),
        forms.IntegerField(
            label=_("%(metric)s: at most") % {"metric": label}, min_value=0, max_value=LONGEST_MINUTES, required=False
        ),
        forms.ChoiceField(
            label=_("%(metric)s: unit of the limit") % {"metric": label},
            choices=limits,
            required=False,
            initial=TimeUnit.CALENDAR_DAYS,
        ),
    )
    for field in fields:
        field.is_needed_mostly = True
    return dict(zip(_names(metric), fields, strict=True))


class LadderForm(VersionForm):
    """Up to eight steps that rise; one of them when the time is over."""

    hint = gettext_lazy("Steps that are not needed stay empty.")

    def __init__(self, *args: Any, like: EscalationLadder | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rungs = like.rungs if like else []
        for place in range(RUNGS):
            percent, to = rungs[place] if place < len(rungs) else (None, None)
            self.fields[f"percent_{place}"] = forms.IntegerField(
                label=_("per cent"), min_value=1, max_value=LONGEST_PERCENT, required=False, initial=percent
            )
            self.fields[f"to_{place}"] = forms.ChoiceField(
                label=_("to"), choices=[("", "–"), *Recipient.choices], required=False, initial=to
            )
            for name in (f"percent_{place}", f"to_{place}"):
                self.fields[name].is_needed_mostly = True  # type: ignore[attr-defined]

    @property
    def head(self) -> list[forms.BoundField]:
        return [self[name] for name in self.SCOPE if name in self.fields]

    @property
    def rows(self) -> Iterator[Row]:
        for place in range(RUNGS):
            yield str(place + 1), [("", self[f"percent_{place}"]), ("", self[f"to_{place}"])]

    @property
    def foot(self) -> list[forms.BoundField]:
        return [self["valid_from"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.last is None and not self.errors:
            last = EscalationLadder.objects.of_scope(self.scope).first()
            if last is not None and not last.is_given_up:
                self.add_error("project", _("This project has a ladder of its own already: write a new version of it."))
        rungs: list[tuple[int, str]] = []
        for place in range(RUNGS):
            percent, to = cleaned.get(f"percent_{place}"), cleaned.get(f"to_{place}")
            if percent is None:
                if to and f"percent_{place}" not in self.errors:
                    self.add_error(f"percent_{place}", _("After how many per cent?"))
                continue
            if not to:
                self.add_error(f"to_{place}", _("Whom does this step reach?"))
            if rungs and percent <= rungs[-1][0]:
                self.add_error(f"percent_{place}", _("Each step comes later than the one before."))
            rungs.append((percent, to or ""))
        if not self.errors and WHOLE not in dict(rungs):
            self.add_error("percent_0", _("One step is at 100 %: the time is over."))
        cleaned["rungs"] = rungs
        return cleaned


class PausesForm(forms.Form):
    """For one project, or for the company: in working days; empty is what the company says, or no pause at all."""

    def __init__(
        self, *args: Any, present: Mapping[str, PauseLimit], company: Mapping[str, PauseLimit], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for reason in PauseReason:
            above = company.get(reason)
            self.fields[reason.value] = forms.IntegerField(
                label=reason.label,
                min_value=1,
                max_value=LONGEST_DAYS,
                required=False,
                initial=present[reason].working_days if reason in present else None,
                help_text=_("Company: %(n)d working days") % {"n": above.working_days} if above else "",
            )
