from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import DayField
from gongying.customers.enums import RoleKind
from gongying.estates.models import Project
from gongying.estates.scopes import projects_served_whole
from gongying.estates.stewards import staff_in_project
from gongying.improvements.models import LONGEST_TITLE
from gongying.joint_reviews.enums import Figure
from gongying.joint_reviews.models import LONGEST_NAMES, LONGEST_TEXT, MOST_MONTHS, JointReview
from gongying.organization.models import StaffMember

if TYPE_CHECKING:
    ReviewModelForm = forms.ModelForm[JointReview]
else:
    ReviewModelForm = forms.ModelForm

# A review meets within the first days after its period.
MEETS_AFTER = timedelta(days=5)


class ReviewForm(ReviewModelForm):
    """Of whom, of which days, when one meets, who leads and who comes."""

    counterpart = forms.ChoiceField(
        label=_("kind of counterpart"), choices=[("", _("all counterparts")), *RoleKind.choices], required=False
    )
    first_day = DayField(label=_("from"))
    last_day = DayField(label=_("to"))
    due_on = DayField(label=_("meets on"))
    every_months = forms.IntegerField(
        label=_("every so many months"),
        min_value=0,
        max_value=MOST_MONTHS,
        initial=1,
        help_text=_("0: only once. Closing a regular review opens the next one."),
    )
    leader = forms.ModelChoiceField(StaffMember.objects.none(), label=_("led by"))
    colleagues = forms.ModelMultipleChoiceField(
        StaffMember.objects.none(), label=_("colleagues"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = JointReview
        fields = ("project", "counterpart", "first_day", "last_day", "due_on", "every_months")

    field_order = ("project", "counterpart", "first_day", "last_day", "due_on", "every_months", "leader", "colleagues")

    def __init__(self, data: Any = None, *, project: Project, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        fields: Any = self.fields
        review = self.instance
        staff = staff_in_project(project.pk).select_related("user").order_by("user__name", "pk")
        fields["project"].queryset = (
            projects_served_whole(user) if review.pk is None else Project.objects.filter(pk=project.pk)
        )
        fields["project"].empty_label = None
        fields["leader"].queryset = fields["colleagues"].queryset = staff
        as_it_is = self._as_it_is(staff) if review.pk else self._this_month(user, staff)
        self.initial = {**self.initial, "project": project.pk, **as_it_is}

    def _as_it_is(self, staff: Any) -> dict[str, Any]:
        review = self.instance
        of = staff.values_list("pk", flat=True)
        return {
            "leader": of.filter(user=review.leader_id).first(),
            "colleagues": list(of.filter(user__in=review.colleagues.all())),
        }

    def _this_month(self, user: User, staff: Any) -> dict[str, Any]:
        first = timezone.localdate().replace(day=1)
        last = first + relativedelta(months=1) - timedelta(days=1)
        leader = staff.values_list("pk", flat=True).filter(user=user).first()
        return {"first_day": first, "last_day": last, "due_on": last + MEETS_AFTER, "leader": leader}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        first, last, due = said.get("first_day"), said.get("last_day"), said.get("due_on")
        if first and last and last < first:
            self.add_error("last_day", _("It ends before it begins."))
        elif last and due and due < last:
            self.add_error("due_on", _("One meets when the days are over."))
        return said

    @property
    def colleague_users(self) -> list[User]:
        return [member.user for member in self.cleaned_data["colleagues"]]

    def planned(self) -> JointReview:
        """The review as the form says it, not saved."""
        review: JointReview = self.save(commit=False)
        review.leader = self.cleaned_data["leader"].user
        return review


class DecisionForm(forms.Form):
    """What was found, and who changes what by when."""

    finding = forms.CharField(label=_("what was found"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))
    title = forms.CharField(label=_("what changes"), max_length=LONGEST_TITLE)
    owner = forms.ModelChoiceField(StaffMember.objects.none(), label=_("in charge"))
    due_on = DayField(label=_("due on"))
    figure = forms.ChoiceField(
        label=_("figure that it moves"),
        choices=[("", _("none of them")), *Figure.choices],
        required=False,
        help_text=_("The next review shows it before and after."),
    )

    def __init__(self, data: Any = None, *, people: Any) -> None:
        super().__init__(data)
        owner: Any = self.fields["owner"]
        owner.queryset = people

    def clean_owner(self) -> User:
        chosen: StaffMember = self.cleaned_data["owner"]
        return chosen.user

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < timezone.localdate():
            raise ValidationError(_("The due date lies in the past."), code="past")
        return due_on


class EffectForm(forms.Form):
    has_helped = forms.TypedChoiceField(
        label=_("effect"),
        choices=[("yes", _("it has helped")), ("no", _("it has not helped"))],
        coerce=lambda value: value == "yes",
    )
    word = forms.CharField(label=pgettext_lazy("of a decision", "in a few words"), max_length=500, required=False)


class CloseForm(forms.Form):
    summary = forms.CharField(
        label=pgettext_lazy("of a meeting", "minutes"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 8})
    )
    others = forms.CharField(
        label=_("others present"), max_length=LONGEST_NAMES, required=False, help_text=_("Who came besides colleagues")
    )
