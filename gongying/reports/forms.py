from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.checklists.enums import OF_CONDUCT
from gongying.checklists.models import CheckItem, CheckList, CheckRun
from gongying.checklists.models.lists import LONGEST_ITEM
from gongying.checklists.models.runs import CheckRunQuerySet
from gongying.common.editions import kept
from gongying.common.inputs import DayField
from gongying.common.selects import Options, Select
from gongying.estates.models import Project
from gongying.estates.offers import projects_offered_to
from gongying.estates.scopes import scope_of
from gongying.estates.stewards import stewards_ever_in
from gongying.interactions.models import Interaction, InteractionQuerySet
from gongying.organization.models import StaffMember
from gongying.reception.models import ReceptionTicket
from gongying.reports.breakdown import DIMENSIONS, rows_of_line
from gongying.reports.registers.shape import Filter, Register, Rows
from gongying.reports.waiting import SORTS, Tickets
from gongying.servicedesk.enums import Metric, RequestKind
from gongying.servicedesk.models import ServiceCategory, ServiceClock, ServiceRequest
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet

USUAL_DAYS = 30
STEWARD = ("user__name", "user__username")
USUAL_MONTHS = 5
USUAL_WEEKS = 12
MOST_DAYS = 366
DATED = [("entered", _("entry")), ("due", _("due time"))]


def _options(rows: QuerySet[Any]) -> Options:
    return Options((row.pk, str(row)) for row in rows)


def _categories() -> QuerySet[ServiceCategory]:
    """One level above those that requests are sorted into."""
    leaves = ServiceCategory.objects.filter(children=None)
    return ServiceCategory.objects.filter(pk__in=leaves.values("parent"))


def _stewards(user: User) -> QuerySet[StaffMember]:
    stewards = stewards_ever_in(Project.objects.visible_to(user))
    return stewards.select_related("user").only(*STEWARD)


class PeriodForm(forms.Form):
    """A year at most, of one project or of all that she sees."""

    since = DayField(label=_("from"))
    until = DayField(label=_("until"))
    project = forms.ModelChoiceField(
        Project.objects.none(), label=_("project"), required=False, empty_label=_("all projects"), widget=Select
    )

    def __init__(self, data: Mapping[str, Any], *, user: User, usual: Mapping[str, Any]) -> None:
        super().__init__({**usual, **{name: value for name, value in data.items() if value}})
        self.user = user
        self.offer("project", lambda: Project.objects.visible_to(user), projects_offered_to(user))

    def offer(self, name: str, rows: Callable[[], QuerySet[Any]], options: Options) -> None:
        """What the address says is looked up in `rows`; what is offered was read before."""
        field: Any = self.fields[name]
        if self.data.get(name):
            field.queryset = rows()
        field.widget.offer(options, nothing=field.empty_label)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The end lies before the start."))
        elif since and until and (until - since).days >= MOST_DAYS:
            self.add_error("until", _("A report covers a year at most."))
        return cleaned

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From midnight of the first day to that after the last one."""
        chosen = self.cleaned_data
        return _midnight(chosen["since"]), _midnight(chosen["until"] + timedelta(days=1))


class ScopeForm(PeriodForm):
    """What a report is about: requests entered (or due) in a period, of a project and kind."""

    dated = forms.ChoiceField(label=_("period of"), choices=DATED, widget=Select)
    category = forms.ModelChoiceField(
        ServiceCategory.objects.none(),
        label=_("category"),
        required=False,
        empty_label=_("all categories"),
        widget=Select,
    )
    steward = forms.ModelChoiceField(
        StaffMember.objects.none(),
        label=_("steward at the time"),
        required=False,
        empty_label=_("all stewards"),
        widget=Select,
    )
    kind = forms.ChoiceField(
        label=_("kind"), choices=[("", _("all kinds")), *RequestKind.choices], required=False, widget=Select
    )
    by = forms.ChoiceField(
        label=_("a line for each"),
        choices=[(key, dimension.label) for key, dimension in DIMENSIONS.items()],
        widget=Select,
    )

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        today = timezone.localdate()
        usual = {"since": today - timedelta(days=USUAL_DAYS - 1), "until": today, "dated": "entered", "by": "project"}
        super().__init__(data, user=user, usual=usual)
        stewards = kept(("stewards", "options", scope_of(user)), lambda: _options(_stewards(user)))
        self.offer("category", _categories, kept(("sorts of matters", "options"), lambda: _options(_categories())))
        self.offer("steward", lambda: _stewards(user), stewards)

    def requests(self) -> ServiceRequestQuerySet:
        """The rows that every figure of the report is made of; what was merged is counted where it went."""
        chosen = self.cleaned_data
        rows: ServiceRequestQuerySet = ServiceRequest.objects.visible_to(self.user).exclude(state="merged")
        start, end = self.span
        if chosen["dated"] == "due":
            due = ServiceClock.objects.of_metric(Metric.RESOLUTION).filter(due_at__gte=start, due_at__lt=end)
            rows = rows.filter(pk__in=due.filter(ended_at=None).values("service_request"))
        else:
            rows = rows.filter(entered_at__gte=start, entered_at__lt=end)
        if chosen["project"]:
            rows = rows.filter(project=chosen["project"])
        if chosen["kind"]:
            rows = rows.filter(kind=chosen["kind"])
        for name in ("category", "steward"):
            if chosen[name]:
                rows = rows_of_line(rows, DIMENSIONS[name], str(chosen[name].pk))
        return rows

    def touches(self) -> InteractionQuerySet:
        """What was said to us in the period, whichever kind is chosen: a touch has none."""
        chosen = self.cleaned_data
        start, end = self.span
        rows = Interaction.objects.visible_to(self.user).filter(occurred_at__gte=start, occurred_at__lt=end)
        return rows.filter(project=chosen["project"]) if chosen["project"] else rows

    def period(self) -> dict[str, str]:
        """The same, as the address of the list of touches names it."""
        chosen = self.cleaned_data
        project = {"project": str(chosen["project"].pk)} if chosen["project"] else {}
        return {"since": chosen["since"].isoformat(), "until": chosen["until"].isoformat(), **project}


class WaitingForm(PeriodForm):
    """The visits of a period at the counters that she sees."""

    by = forms.ChoiceField(label=_("a line for each"), choices=[(key, sort.label) for key, sort in SORTS.items()])

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        today = timezone.localdate()
        usual = {"since": today - timedelta(days=USUAL_DAYS - 1), "until": today, "by": "hour"}
        super().__init__(data, user=user, usual=usual)

    def tickets(self) -> Tickets:
        start, end = self.span
        rows = ReceptionTicket.objects.visible_to(self.user).filter(arrived_at__gte=start, arrived_at__lt=end)
        project = self.cleaned_data["project"]
        return rows.filter(project=project) if project else rows


class ConductForm(PeriodForm):
    """Finished checks of how posts do, of half a year where nothing else is said."""

    use = forms.ChoiceField(label=_("used for"), choices=[(use.value, use.label) for use in OF_CONDUCT])
    item = forms.CharField(label=_("item"), max_length=LONGEST_ITEM, required=False, widget=forms.Select)

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        today = timezone.localdate()
        since = (today.replace(day=1) - timedelta(days=USUAL_MONTHS * 30)).replace(day=1)
        super().__init__(data, user=user, usual={"since": since, "until": today, "use": OF_CONDUCT[0]})
        lists = (
            CheckList.objects.visible_to(user)
            .newest()
            .filter(use__in=set(OF_CONDUCT) & {self.data["use"]}, is_given_up=False)
        )
        texts = CheckItem.objects.filter(check_list__in=lists).order_by("check_list", "position")
        items: Any = self.fields["item"].widget
        items.choices = [
            ("", _("all items")),
            *((text, text) for text in dict.fromkeys(texts.values_list("text", flat=True))),
        ]

    def runs(self) -> CheckRunQuerySet:
        chosen = self.cleaned_data
        days = {"day__gte": chosen["since"], "day__lte": chosen["until"]}
        rows = CheckRun.objects.visible_to(self.user).finished()
        found: CheckRunQuerySet = rows.filter(use=chosen["use"], post__isnull=False, **days)
        return found.filter(project=chosen["project"]) if chosen["project"] else found


class MoodForm(PeriodForm):
    """The weeks of a quarter where nothing else is said."""

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        today = timezone.localdate()
        super().__init__(data, user=user, usual={"since": today - timedelta(weeks=USUAL_WEEKS), "until": today})


class RegisterForm(PeriodForm):
    """The period of a register, and what it is narrowed to: the filters that it has of its own."""

    def __init__(self, data: Mapping[str, Any], *, user: User, register: Register) -> None:
        today = timezone.localdate()
        super().__init__(data, user=user, usual={"since": register.first_day(today), "until": today})
        self.register = register
        for narrowing in register.filters:
            every = [("", narrowing.label), *narrowing.choices()]
            label: Any = narrowing.label
            self.fields[narrowing.name] = forms.ChoiceField(label=label, choices=every, required=False)

    def rows(self) -> Rows:
        """What stands in the register, in the order of time."""
        register, chosen, (start, end) = self.register, self.cleaned_data, self.span
        rows = register.rows(self.user).filter(**{f"{register.at}__gte": start, f"{register.at}__lt": end})
        if chosen["project"]:
            rows = rows.filter(**{register.project: chosen["project"]})
        for narrowing in register.filters:
            if value := chosen[narrowing.name]:
                rows = rows.filter(narrowing.condition(value))
        return rows.order_by(register.at, "pk")

    @property
    def chosen_in_words(self) -> list[tuple[Any, Any]]:
        """The filters that are set, for the head of the paper."""
        found = [(narrowing, self.cleaned_data.get(narrowing.name)) for narrowing in self.register.filters]
        named = ((narrowing, dict(_texts(narrowing)).get(value)) for narrowing, value in found if value)
        return [(narrowing.label, words) for narrowing, words in named]


def _texts(narrowing: Filter) -> Iterator[tuple[str, Any]]:
    return ((str(key), words) for key, words in narrowing.choices())


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
