"""What a step asks for. Every form knows its case; cleaned data are the arguments of the operation."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.checklists.wording import read_by_customers
from gongying.common.editions import fill_from_memory
from gongying.common.inputs import DayField, check_year
from gongying.common.templatetags.formats import spoken
from gongying.estates.stewards import serving, stewards_of
from gongying.improvements.models import ImprovementItem
from gongying.interactions.enums import Channel
from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.enums import TerritoryRight, Trade
from gongying.organization.models import StaffMember
from gongying.servicedesk.enums import (
    CauseCode,
    CheckMethod,
    DecisionOutcome,
    NoticeChannel,
    RequestKind,
    TransferReason,
)
from gongying.servicedesk.forms.phrases import PhrasesInput
from gongying.servicedesk.forms.qualities import QualitiesField
from gongying.servicedesk.models import ServiceCategory, ServiceRequest, WorkOrder
from gongying.servicedesk.suggestions import similar_requests

SCORES = [(5, _("5 very content")), (4, _("4 content")), (3, _("3 so-so")), (2, _("2 not content")), (1, _("1 angry"))]
IMPROVEMENT_DAYS = 14


if TYPE_CHECKING:
    StaffChoiceField = forms.ModelChoiceField[StaffMember]
else:
    StaffChoiceField = forms.ModelChoiceField


class PersonChoiceField(StaffChoiceField):
    """A staff member by name and trade; cleans to her user."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, empty_label=_("choose a person"), **options)

    def label_from_instance(self, obj: Any) -> str:
        trades = [str(Trade(skill).label) for skill in obj.skills if skill in Trade.values]
        return " · ".join([str(obj), *(trades or [obj.department.name])])

    def clean(self, value: Any) -> User | None:
        staff = super().clean(value)
        return staff.user if staff is not None else None


def long_text(label: Any, *, required: bool = True, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST_TEXT, required=required, widget=forms.Textarea({"rows": rows}), **options
    )


def phrased_text(label: Any, phrases: list[Any], *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_TEXT, required=required, widget=PhrasesInput(phrases))


def moment_field(label: Any, *, required: bool = False) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=required,
        validators=[check_year],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class StepForm(forms.Form):
    def __init__(self, *args: Any, case: ServiceRequest | WorkOrder, user: User, **kwargs: Any) -> None:
        self.case, self.user = case, user
        super().__init__(*args, **kwargs)
        self.prepare()

    @property
    def service_request(self) -> ServiceRequest:
        return self.case if isinstance(self.case, ServiceRequest) else self.case.service_request

    def prepare(self) -> None:
        """Fill choices and presets from the case."""

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data


class ReasonForm(StepForm):
    reason = long_text(_("reason"))


class DeclineForm(ReasonForm):
    """Why a worker gives a job back, mostly one of four things."""

    reason = phrased_text(
        _("reason"),
        [_("On leave"), _("Too much to do"), _("Needs another trade"), _("The customer wants somebody else")],
    )


class AnswerForm(StepForm):
    text = read_by_customers(long_text(_("result of the handling")))


class NoticeForm(StepForm):
    channel = forms.ChoiceField(label=_("channel"), choices=NoticeChannel.choices)
    words = read_by_customers(long_text(_("what was said")))
    told_at = moment_field(_("told at"))

    def prepare(self) -> None:
        answer = self.service_request.answers.last()
        self.fields["words"].initial = answer.text if answer else ""
        self.fields["told_at"].help_text = _("Empty: just now")


class FeedbackForm(NoticeForm):
    further_routes = read_by_customers(long_text(_("further routes told, if refused"), required=False, rows=2))


class FollowUpForm(StepForm):
    channel = forms.ChoiceField(
        label=_("channel"), choices=NoticeChannel.choices, initial=NoticeChannel.PHONE, required=False
    )
    reached = forms.TypedChoiceField(
        label=_("reached"),
        choices=[("yes", _("the customer was reached")), ("no", _("nobody answered"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    solved = forms.TypedChoiceField(
        label=_("solved?"),
        choices=[("yes", _("it is solved")), ("no", _("it is not solved"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
    )
    score = forms.TypedChoiceField(
        label=_("how content"), choices=SCORES, coerce=int, empty_value=None, widget=forms.RadioSelect, required=False
    )
    comment = long_text(_("in the customer's words"), required=False, rows=2)
    qualities = QualitiesField()

    def prepare(self) -> None:
        fill_from_memory(self.service_request, "rules")
        rules = self.service_request.rules
        if rules is not None:
            self.fields["channel"].initial = rules.follow_up_channel or NoticeChannel.PHONE
            self.fields["channel"].help_text = rules.follow_up_words
        for name in ("channel", "solved", "score"):
            self.fields[name].is_needed_mostly = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reached"):
            for name in ("solved", "score"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Ask for it while the customer is on the line."))
        return cleaned


class DecisionForm(StepForm):
    outcome = forms.ChoiceField(label=_("decision"), choices=DecisionOutcome.choices, widget=forms.RadioSelect)
    reason = long_text(_("reason"), rows=2)


class CancelForm(StepForm):
    asked_by = forms.CharField(label=_("who asked for it"), max_length=100)
    reason = long_text(_("reason"), rows=2)

    def prepare(self) -> None:
        self.fields["asked_by"].initial = self.service_request.caller_name


class RejectForm(StepForm):
    explanation = long_text(_("how it was explained to the customer"))


class MergeForm(StepForm):
    """What it may be a repeat of is offered; anything else by its number."""

    candidate = forms.TypedChoiceField(
        label=_("the same matter as"), coerce=int, empty_value=None, widget=forms.RadioSelect, required=False
    )
    number = forms.CharField(
        label=_("number of the other request"), max_length=30, required=False, help_text=_("Or its last four digits")
    )

    def prepare(self) -> None:
        self.candidates = {row.pk: row for row in similar_requests(self.service_request, self.user)}
        offered: Any = self.fields["candidate"]
        offered.choices = [(pk, _spoken(row)) for pk, row in self.candidates.items()]
        if not self.candidates:
            del self.fields["candidate"]

    def clean_number(self) -> ServiceRequest | None:
        number = self.cleaned_data["number"].strip().upper()
        if not number:
            return None
        rows = ServiceRequest.objects.visible_to(self.user).filter(project=self.service_request.project_id)
        exact = list(rows.filter(number=number)[:1]) or list(rows.open().filter(number_tail=number)[:2])
        if len(exact) != 1:
            raise forms.ValidationError(_("No single request of this project has this number."))
        found: ServiceRequest = exact[0]
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("number") and not cleaned.get("candidate") and not self.errors:
            self.add_error("number", _("Say which request it repeats."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {"into": self.cleaned_data["number"] or self.candidates[self.cleaned_data["candidate"]]}


def _spoken(row: ServiceRequest) -> str:
    return f"…{row.number_tail} {row.one_line[:24]} · {row.where} · {spoken(timezone.localtime(row.entered_at))}"


class TransferForm(StepForm):
    to = PersonChoiceField(StaffMember.objects.none(), label=_("to"))
    reason = forms.ChoiceField(label=_("reason"), choices=[("", _("choose a reason")), *TransferReason.choices])
    note = long_text(_("note"), required=False, rows=2)

    def prepare(self) -> None:
        people = serving(self.service_request.place, right=TerritoryRight.VIEW_FILES)
        self.fields["to"].queryset = people.select_related("user", "department").exclude(  # type: ignore[attr-defined]
            user=self.service_request.owner
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == TransferReason.OTHER and not cleaned.get("note", "").strip():
            self.add_error("note", _("Say the other reason."))
        return cleaned


class HandOverForm(TransferForm):
    """What a former steward left open goes to the present one unless somebody decides otherwise."""

    def prepare(self) -> None:
        super().prepare()
        stewards = stewards_of(self.service_request.place)
        self.fields["to"].initial = stewards[0] if stewards else None
        self.fields["reason"].initial = TransferReason.TERRITORY


class KindForm(StepForm):
    to = forms.ChoiceField(label=_("new kind"), choices=RequestKind.choices)
    category = forms.ModelChoiceField(
        ServiceCategory.objects.none(),
        label=_("illegal act"),
        required=False,
        empty_label=_("only for a violation"),
    )
    reason = long_text(_("reason"), rows=2)

    def prepare(self) -> None:
        offered = ServiceCategory.objects.offered_in(self.service_request.project).of_violations()
        self.fields["category"].queryset = offered  # type: ignore[attr-defined]
        self.fields["category"].initial = self.service_request.category_id

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("to") != RequestKind.VIOLATION:
            cleaned["category"] = None
        elif not cleaned.get("category") and "category" not in self.errors:
            self.add_error("category", _("Choose which illegal act it is."))
        return cleaned


class EstimateForm(StepForm):
    estimated_end = moment_field(_("estimated end"), required=True)
    reason = long_text(_("reason"), rows=2)

    def prepare(self) -> None:
        self.fields["estimated_end"].initial = self.service_request.estimated_end


class ChaseForm(StepForm):
    channel = forms.ChoiceField(label=_("channel"), choices=Channel.choices, initial=Channel.PHONE)
    text = long_text(_("what the customer said"), required=False, rows=2)


class HelpForm(StepForm):
    note = phrased_text(
        _("what help is needed"),
        [_("A second pair of hands"), _("A tool is missing"), _("Danger on site"), _("Trouble with the customer")],
    )


class OnTheSpotForm(StepForm):
    text = long_text(_("result of the handling"))
    channel = forms.ChoiceField(label=_("channel"), choices=NoticeChannel.choices)
    score = forms.TypedChoiceField(
        label=_("how content, if asked"),
        choices=[("", _("not asked")), *SCORES],
        coerce=int,
        empty_value=None,
        required=False,
    )


class ImproveForm(StepForm):
    cause_code = forms.ChoiceField(label=_("cause"), choices=CauseCode.choices)
    root_cause = long_text(_("root cause"), rows=2)
    title = forms.CharField(label=_("what changes"), max_length=200, required=False)
    owner = PersonChoiceField(StaffMember.objects.none(), label=_("in charge of the improvement"), required=False)
    due_on = DayField(label=_("due on"), required=False)
    joins = forms.ModelChoiceField(
        ImprovementItem.objects.none(),
        label=_("or joins an improvement that is under way"),
        required=False,
        empty_label=_("none of them"),
    )
    no_improvement_reason = long_text(_("or why no improvement is needed"), required=False, rows=2)

    def prepare(self) -> None:
        under_way = ImprovementItem.objects.visible_to(self.user).open().filter(project=self.service_request.project_id)
        if under_way.exists():
            self.fields["joins"].queryset = under_way  # type: ignore[attr-defined]
        else:
            del self.fields["joins"]
        people = serving(self.service_request.place, right=TerritoryRight.VIEW_FILES)
        self.fields["owner"].queryset = people.select_related("user", "department")  # type: ignore[attr-defined]
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=IMPROVEMENT_DAYS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("title") and cleaned.get("joins"):
            self.add_error("joins", _("Open a new improvement item or join one, not both."))
        elif cleaned.get("title"):
            for name in ("owner", "due_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("An improvement item needs somebody in charge and a day."))
        elif not cleaned.get("joins") and not cleaned.get("no_improvement_reason"):
            self.add_error("title", _("Open an improvement item, or say why none is needed."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        item = {name: given.pop(name) for name in ("title", "owner", "due_on")}
        return {**given, "item": item if item["title"] else None}


class WithdrawForm(StepForm):
    confirmed_with = forms.CharField(label=_("confirmed with"), max_length=100)
    reason = long_text(_("reason"), rows=2)

    def prepare(self) -> None:
        self.fields["confirmed_with"].initial = self.service_request.caller_name


class CheckForm(StepForm):
    method = forms.ChoiceField(
        label=_("how"),
        choices=[
            (CheckMethod.CUSTOMER_SIGNED, CheckMethod.CUSTOMER_SIGNED.label),
            (CheckMethod.STAFF, CheckMethod.STAFF.label),
        ],
        widget=forms.RadioSelect,
    )
    note = long_text(_("note"), required=False, rows=2)


class OpenWorkForm(StepForm):
    task = long_text(_("task"), rows=2)
    is_joint = forms.BooleanField(label=_("joint work beside the present job"), required=False)
