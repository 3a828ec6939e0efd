"""How changes of places read on a timeline."""

from django.utils.translation import gettext_lazy as _

from gongying.events.presentation import Details, Reading, Words, register_readings


def _name(details: Details) -> Words:
    return str(details.get("name", ""))


def register() -> None:
    register_readings(
        {
            "place.registered": Reading(_("Added to the property register"), "building-plus", _name),
            "place.changed": Reading(_("Property register changed"), "pencil", _name),
            "place.deleted": Reading(_("Taken from the property register"), "trash", _name),
            "project.settings_changed": Reading(_("Settings changed"), "settings"),
        }
    )
