from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import ApiToken, User
from gongying.common.inputs import NAME_OF_A_THING, DayField
from gongying.common.permissions import declared_permissions
from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.organization.enums import Trade
from gongying.organization.matters import OpenMatters
from gongying.organization.models import MOST_JOBS_A_DAY, Department, Post, Role, StaffMember
from gongying.organization.operations.tokens import LONGEST_DAYS

LONGEST_EMAIL = 254

# How the groups of the permission table are called.
AREAS: dict[str, Any] = {
    "accounts": _("log-ins"),
    "organization": _("organisation"),
    "estates": _("property"),
    "authority": _("authority and approvals"),
    "briefings": _("notices and reports"),
    "moods": _("mood of the staff"),
    "group_chats": _("chat groups"),
    "checklists": _("check lists and phrases"),
    "customers": _("customers"),
    "interactions": _("touches"),
    "servicedesk": _("service desk"),
    "reception": _("front desk"),
    "custody": _("things in custody"),
    "visits": _("home visits"),
    "fitouts": _("fit-outs"),
    "handover": _("hand-overs and defects of the developer"),
    "improvements": _("improvements"),
    "joint_reviews": _("joint reviews"),
    "mediation": _("mediation"),
    "schedule": _("calendar and duty"),
    "imports": _("import and export"),
    "reports": _("reports"),
}


class PhoneField(forms.CharField):
    """A phone as people type it; cleans to the one form in which phones are kept."""

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if not typed:
            return ""
        try:
            return normalise_phone(typed).value
        except UnreadablePhone as error:
            raise ValidationError(str(error), code="phone") from error


class DepartmentForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Department
        fields = ["name", "kind", "parent"]
        labels = {"name": NAME_OF_A_THING}

    def clean_parent(self) -> Department | None:
        above: Department | None = self.cleaned_data["parent"]
        chosen = above
        while above is not None:
            if above.pk == self.instance.pk:
                raise ValidationError(_("A department cannot belong to itself."), code="circle")
            above = above.parent
        return chosen


class PostForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Post
        fields = ["name", "department", "role", "communication_duty", "feedback_duty", "complaint_duty"]
        labels = {"name": NAME_OF_A_THING}
        widgets = {
            name: forms.Textarea({"rows": 4}) for name in ("communication_duty", "feedback_duty", "complaint_duty")
        }


class StaffForm(forms.Form):
    """A colleague; the log-in name is chosen once."""

    name = forms.CharField(label=_("name"), max_length=50)
    phone = PhoneField(label=_("phone"), max_length=40, required=False, help_text=_("She may log in with it."))
    email = forms.EmailField(
        label=_("e-mail address"),
        max_length=LONGEST_EMAIL,
        required=False,
        help_text=_("Invitations to events go there."),
    )
    employee_no = forms.CharField(label=_("employee number"), max_length=20, required=False)
    department = forms.ModelChoiceField(Department.objects.all(), label=_("department"))
    post = forms.ModelChoiceField(Post.objects.select_related("department"), label=_("post"), required=False)
    roles = forms.ModelMultipleChoiceField(
        Role.objects.all(), label=_("further roles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    skills = forms.MultipleChoiceField(
        choices=Trade.choices, label=_("trades"), required=False, widget=forms.CheckboxSelectMultiple
    )
    most_jobs_a_day = forms.IntegerField(
        label=_("most jobs a day"),
        min_value=1,
        max_value=99,
        initial=MOST_JOBS_A_DAY,
        required=False,
        help_text=_("More she neither claims nor gets in turn."),
    )

    def __init__(self, *args: Any, staff: StaffMember | None = None, **kwargs: Any) -> None:
        self.staff = staff
        if staff is not None:
            kwargs["initial"] = {
                "name": staff.user.name,
                "phone": staff.user.phone,
                "email": staff.user.email,
                "employee_no": staff.employee_no,
                "department": staff.department_id,
                "post": staff.post_id,
                "roles": staff.roles.all(),
                "skills": staff.skills,
                "most_jobs_a_day": staff.most_jobs_a_day,
            }
        super().__init__(*args, **kwargs)

    def clean_most_jobs_a_day(self) -> int:
        """What is not sent stays as it is."""
        present = self.staff.most_jobs_a_day if self.staff else MOST_JOBS_A_DAY
        return self.cleaned_data["most_jobs_a_day"] or present

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and User.objects.filter(phone=phone).exclude(staff=self.staff).exists():
            raise ValidationError(_("Somebody else has this phone."), code="unique")
        return phone

    def clean_email(self) -> str:
        """What is not sent stays as it is."""
        if self.staff is not None and self.add_prefix("email") not in self.data:
            return self.staff.user.email
        address: str = self.cleaned_data["email"]
        if address and User.objects.filter(email__iexact=address).exclude(staff=self.staff).exists():
            raise ValidationError(_("Somebody else has this e-mail address."), code="unique")
        return address

    def clean_employee_no(self) -> str:
        number: str = self.cleaned_data["employee_no"]
        others = StaffMember.objects.exclude(user__staff=self.staff)
        if number and others.filter(employee_no=number).exists():
            raise ValidationError(_("Somebody else has this employee number."), code="unique")
        return number


class NewStaffForm(StaffForm):
    username = forms.CharField(
        label=_("log-in name"),
        max_length=30,
        validators=[RegexValidator(r"^[A-Za-z][A-Za-z0-9._-]+$", _("Latin letters, digits, . _ -, a letter first."))],
    )
    password = forms.CharField(
        label=_("first password"),
        max_length=100,
        help_text=_("Tell it to her. She must replace it when she first logs in."),
    )
    hired_on = DayField(label=_("hired on"), initial=timezone.localdate)

    field_order = ["name", "username", "password", "phone", "email", "department", "post", "roles", "skills"]

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This log-in name is taken."), code="unique")
        return username

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class DepartureForm(forms.Form):
    on = DayField(
        label=_("no longer here from"),
        initial=timezone.localdate,
        help_text=_("From this day her log-in is closed, and her territories end."),
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("first password"),
        max_length=100,
        help_text=_("Her sessions end. She must replace it when she next logs in."),
    )

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class LeaveForm(forms.Form):
    first = DayField(label=_("first day"), initial=timezone.localdate)
    last = DayField(label=_("last day"), initial=timezone.localdate)
    deputy = forms.ModelChoiceField(
        StaffMember.objects.none(), label=_("deputy"), required=False, help_text=_("Sees what she sees in these days.")
    )
    reason = forms.CharField(label=_("reason"), max_length=100, required=False)

    def __init__(self, *args: Any, staff: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = StaffMember.objects.employed().exclude(pk=staff.pk).select_related("user")
        self.fields["deputy"].queryset = colleagues.order_by("user__name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return cleaned


class HandOverForm(forms.Form):
    """For each kind of open matters the colleague who takes them over; the deputy is proposed."""

    note = forms.CharField(label=_("note"), max_length=500, required=False)

    def __init__(self, *args: Any, staff: StaffMember, matters: list[OpenMatters], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matters = matters
        leave = staff.leaves.lasting().exclude(deputy=None).order_by("during").first()
        colleagues = StaffMember.objects.employed().exclude(pk=staff.pk).select_related("user").order_by("user__name")
        for each in matters:
            self.fields[f"to_{each.key}"] = forms.ModelChoiceField(
                colleagues, label=_("taken over by"), required=False, initial=leave and leave.deputy_id
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        names = [f"to_{each.key}" for each in self.matters]
        if names and not self.errors and not any(cleaned[name] for name in names):
            self.add_error(names[0], _("Choose who takes them over."))
        return cleaned

    def lists(self) -> list[tuple[OpenMatters, forms.BoundField]]:
        return [(each, self[f"to_{each.key}"]) for each in self.matters]

    @property
    def receivers(self) -> dict[str, User]:
        chosen = {each.key: self.cleaned_data[f"to_{each.key}"] for each in self.matters}
        return {key: staff.user for key, staff in chosen.items() if staff is not None}


class RoleForm(forms.Form):
    """What a role is called and allows, the permissions in groups by area."""

    label = forms.CharField(label=_("label"), max_length=40)

    def __init__(self, *args: Any, role: Role | None = None, **kwargs: Any) -> None:
        given = set(role.permissions) if role else set()
        kwargs.setdefault("initial", {"label": role.label if role else ""})
        super().__init__(*args, **kwargs)
        for area, codes in declared_permissions().items():
            self.fields[area] = forms.MultipleChoiceField(
                choices=list(codes.items()),
                label=AREAS.get(area, area),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=sorted(given & set(codes)),
            )

    @property
    def permissions(self) -> list[str]:
        return [code for area in declared_permissions() for code in self.cleaned_data[area]]


class TokenForm(forms.Form):
    name = forms.CharField(label=_("what it is for"), max_length=60)
    scope = forms.ChoiceField(choices=ApiToken.TokenScope.choices, label=_("it may"), initial=ApiToken.TokenScope.READ)
    days = forms.IntegerField(label=_("days until it expires"), min_value=1, max_value=LONGEST_DAYS, initial=90)
