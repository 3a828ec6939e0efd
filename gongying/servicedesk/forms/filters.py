from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.inputs import DayField, id_in
from gongying.common.selects import Options, Select
from gongying.estates.models import Building, Project
from gongying.estates.offers import projects_offered_to
from gongying.estates.scopes import scope_of
from gongying.estates.stewards import staff_in_project
from gongying.organization.models import StaffMember
from gongying.servicedesk.enums import STATE_CHOICES, RequestKind, Urgency
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet
from gongying.servicedesk.worklists import WORK_LISTS

ORDERS = {
    "newest": ("-entered_at", "-id"),
    "oldest": ("entered_at", "id"),
    "due": ("next_due_at", "id"),
}
ORDER_CHOICES = [("newest", _("newest first")), ("oldest", _("oldest first")), ("due", _("due first"))]
DUE_CHOICES = [
    ("overdue", _("overdue")),
    ("soon", _("due soon")),
    ("today", _("due today")),
    ("week", _("due within 7 days")),
]
DUE_DAYS = {"today": 1, "week": 7}
# More buildings or colleagues than this are chosen after the project.
MOST_OFFERED = 300
# Stand behind "more", so that the row of filters stays one line at 1366.
SELDOM = ("kind", "entered_from", "entered_to", "order")


def _lazily(*choices: tuple[str, Any]) -> Callable[[], Any]:
    """Django copies choices, one by one, for every form; it does not copy what gives them."""
    return lambda: choices


class RequestFilterForm(forms.Form):
    """The filters of the request list; what is not known is an error that names the filter."""

    list = forms.ChoiceField(
        label=_("list"), choices=_lazily(*((item.key, item.label) for item in WORK_LISTS)), required=False
    )
    text = forms.CharField(label=_("two characters of the text"), max_length=100, required=False)
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"), required=False, widget=Select)
    building = forms.ModelChoiceField(Building.objects.none(), label=_("building"), required=False, widget=Select)
    category = forms.ModelChoiceField(
        ServiceCategory.objects.active(), label=_("category"), required=False, widget=Select
    )
    kind = forms.ChoiceField(
        label=_("kind"), choices=_lazily(("", _("kind")), *RequestKind.choices), required=False, widget=Select
    )
    state = forms.ChoiceField(
        label=_("state"), choices=_lazily(("", _("state")), *STATE_CHOICES), required=False, widget=Select
    )
    urgency = forms.ChoiceField(
        label=_("urgency"), choices=_lazily(("", _("urgency")), *Urgency.choices), required=False, widget=Select
    )
    due = forms.ChoiceField(
        label=_("due"), choices=_lazily(("", _("due")), *DUE_CHOICES), required=False, widget=Select
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("in charge"), required=False, widget=Select)
    unit = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)
    party = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)
    entered_from = DayField(label=_("from"), required=False)
    entered_to = DayField(label=_("until"), required=False)
    compact = forms.ChoiceField(choices=[("", ""), ("1", "1")], widget=forms.HiddenInput, required=False)
    order = forms.ChoiceField(label=_("order"), choices=_lazily(*ORDER_CHOICES), required=False, widget=Select)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project = id_in(self.data.get("project", ""))
        buildings, people = _buildings(user, project), _people(project)
        self.shows_buildings, self.shows_owners = _are_few(buildings, project), _are_few(people, project)
        self._offer("project", lambda: Project.objects.visible_to(user), projects_offered_to(user))
        self._offer("building", lambda: Building.objects.visible_to(user), buildings)
        self._offer("category", ServiceCategory.objects.active, kept(("categories", "options"), _categories))
        self._offer("owner", lambda: User.objects.filter(is_active=True, staff__isnull=False), people)
        for name in ("kind", "state", "urgency", "due", "order"):
            self._offer_choices(name)
        for name, field in self.fields.items():
            if self.data.get(name):
                field.widget.attrs["class"] = "is-set"

    def _offer(self, name: str, rows: Callable[[], QuerySet[Any]], options: Options) -> None:
        """What the address says is looked up in `rows`; what is offered was read before."""
        field: Any = self.fields[name]
        if self.data.get(name):
            field.queryset = rows()
        field.widget.offer(options, nothing=field.label)

    def _offer_choices(self, name: str) -> None:
        """The same for everybody, written once for a language."""
        widget: Any = self.fields[name].widget
        widget.offered = kept(("request filter", name, get_language()), lambda: Options(widget.told))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("entered_from"), cleaned.get("entered_to")
        if start and end and end < start:
            self.add_error("entered_to", _("The end lies before the start."))
        return cleaned

    @property
    def set_hidden(self) -> Any:
        """What the address says without a field for it: kept when another filter is chosen."""
        return [self[name] for name in ("compact", "unit", "party") if self.data.get(name)]

    @property
    def seldom(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in SELDOM)

    @property
    def seldom_count(self) -> int:
        """How many of those behind "more" are set."""
        return sum(bool(self.cleaned_data.get(name)) for name in SELDOM)

    @property
    def ordering(self) -> tuple[str, ...]:
        return ORDERS[self.cleaned_data.get("order") or "newest"]

    @property
    def is_narrowed(self) -> bool:
        return any(value for name, value in self.cleaned_data.items() if name not in ("list", "order", "compact"))

    def narrow(self, rows: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
        """All filters but the text, which is searched in its own way."""
        chosen = self.cleaned_data
        for name in ("project", "building", "kind", "state", "urgency", "owner", "unit", "party"):
            if chosen.get(name):
                rows = rows.filter(**{name: chosen[name]})
        if chosen.get("category"):
            rows = rows.filter(category__in=_with_descendants(chosen["category"]))
        if chosen.get("entered_from"):
            rows = rows.filter(entered_at__gte=_midnight(chosen["entered_from"]))
        if chosen.get("entered_to"):
            rows = rows.filter(entered_at__lt=_midnight(chosen["entered_to"] + timedelta(days=1)))
        if chosen.get("order") == "due":
            rows = rows.ticking()
        return due_within(rows, chosen["due"]) if chosen.get("due") else rows


def due_within(rows: ServiceRequestQuerySet, when: str) -> ServiceRequestQuerySet:
    """Overdue, soon, or still to come up to the end of today or of a week from now."""
    if when in DUE_DAYS:
        end = _midnight(timezone.localdate() + timedelta(days=DUE_DAYS[when]))
        return rows.ticking().filter(next_due_at__gte=timezone.now(), next_due_at__lt=end)
    return rows.overdue() if when == "overdue" else rows.due_soon()


def _are_few(options: Options, project: int | None) -> bool:
    return project is not None or len(options) <= MOST_OFFERED


def _buildings(user: User, project: int | None) -> Options:
    def read() -> Options:
        rows = Building.objects.visible_to(user).select_related("project")
        if project is not None:
            rows = rows.filter(project=project)
        return Options((row.pk, f"{row.project} {row}") for row in rows)

    return kept(("buildings", "options", scope_of(user), project, get_language()), read)


def _people(project: int | None) -> Options:
    """Colleagues; of a project those whose territory lies in it, today."""

    def read() -> Options:
        staff = StaffMember.objects.filter(user__is_active=True)
        if project is not None:
            staff = staff.filter(pk__in=staff_in_project(project).values("pk"))
        rows = staff.order_by("user_id").values_list("user_id", "user__name", "user__username")
        return Options((pk, name or username) for pk, name, username in rows)

    return kept(("people", "options", project, timezone.localdate()), read)


def _categories() -> Options:
    return Options((category.pk, str(category)) for category in ServiceCategory.objects.active())


def _with_descendants(category: ServiceCategory) -> list[int]:
    rows = ServiceCategory.objects.filter(
        Q(pk=category.pk)
        | Q(parent=category.pk)
        | Q(parent__parent=category.pk)
        | Q(parent__parent__parent=category.pk)
    )
    return list(rows.values_list("pk", flat=True))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
