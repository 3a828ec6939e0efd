from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.estates.models import Project
from gongying.group_chats.enums import Topic
from gongying.group_chats.models import LONGEST_ADDRESS, LONGEST_TEXT, GroupBot
from gongying.group_chats.webhooks import NotDelivered, read_address

if TYPE_CHECKING:
    BotModelForm = forms.ModelForm[GroupBot]
else:
    BotModelForm = forms.ModelForm

KEPT = _("Kept as it is if left empty; it is not shown again")


class GroupBotForm(BotModelForm):
    """The secrets are no fields of the model: what is stored never comes back to a page."""

    address = forms.CharField(
        label=_("webhook address"), max_length=LONGEST_ADDRESS, widget=forms.TextInput({"autocomplete": "off"})
    )
    signing_secret = forms.CharField(
        label=_("signing secret"), max_length=200, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    topics = forms.MultipleChoiceField(
        label=_("says by itself"), choices=Topic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    digest_at = forms.TimeField(
        label=_("summary of the project at"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("Empty: none"),
    )

    class Meta:
        model = GroupBot
        fields = ("project", "name", "provider", "topics", "digest_at", "is_active")
        error_messages: ClassVar = {
            NON_FIELD_ERRORS: {"unique_together": _("This project has a bot of this name already: give it another.")}
        }

    field_order = ("project", "name", "provider", "address", "signing_secret", "topics", "digest_at", "is_active")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["project"]
        field.queryset = Project.objects.visible_to(user)
        self.fields["address"].help_text = KEPT if self.instance.pk else _("As the chat program shows it, with its key")
        self.fields["address"].required = self.instance.pk is None
        self.fields["signing_secret"].help_text = (
            KEPT if self.instance.pk else _("Only if the bot was set to sign (DingTalk, Feishu)")
        )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        if address:
            try:
                read_address(address)
            except NotDelivered as error:
                raise ValidationError(str(error), code="address") from error
        return address

    def secrets(self) -> dict[str, Any]:
        """What `save_bot` takes beside the row: a secret left empty on an existing bot stays."""
        given = self.cleaned_data.get("signing_secret", "").strip()
        return {"address": self.cleaned_data.get("address", ""), "signing_secret": given or None}


class GroupTextForm(forms.Form):
    """The words for a group, and which of the project's groups hears them."""

    text = forms.CharField(
        label=_("text"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 9, "id": "group-text"})
    )
    bot = forms.ModelChoiceField(GroupBot.objects.none(), label=_("group"), empty_label=None)

    def __init__(self, *args: Any, bots: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["bot"]
        field.queryset = bots
        field.label_from_instance = lambda bot: f"{bot.name} ({bot.get_provider_display()})"
