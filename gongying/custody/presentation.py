"""How what happens to things in custody reads on a timeline."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from gongying.custody.enums import KeyEnding, ReturnReason
from gongying.events.presentation import Details, Reading, Words, register_readings


def _key(details: Details) -> Words:
    return str(details.get("key", ""))


def _loan(details: Details) -> list[tuple[Words, Words]]:
    facts: list[tuple[Words, Words]] = [(_("who has it"), str(details.get("holder", "")))]
    if details.get("reason"):
        facts.append((_("what for"), str(details["reason"])))
    if details.get("note"):
        facts.append((_("note"), str(details["note"])))
    return facts


def _ending(details: Details) -> Words:
    return f"{details.get('key', '')} {KeyEnding(details['ending']).label if details.get('ending') else ''}"


def _pass(details: Details) -> Words:
    return str(details.get("number", ""))


def _leaving(details: Details) -> list[tuple[Words, Words]]:
    words = {"items": _("what leaves"), "confirmed_by": _("who of the household agreed"), "plate": _("plate")}
    told = {**words, "reason": pgettext_lazy("a pass", "why it was withdrawn")}
    return [(label, str(details[name])) for name, label in told.items() if details.get(name)]


def _mail(details: Details) -> Words:
    return str(details.get("item", ""))


def _mail_facts(details: Details) -> list[tuple[Words, Words]]:
    told = {"taken_by": _("who took it"), "how": _("told how")}
    facts: list[tuple[Words, Words]] = [
        (label, str(details[name])) for name, label in told.items() if details.get(name)
    ]
    if details.get("return_reason"):
        why = (str(ReturnReason(details["return_reason"]).label), str(details.get("return_word", "")))
        facts.append((_("why it was sent back"), " \u00b7 ".join(filter(None, why))))
    return facts


def _guest(details: Details) -> Words:
    return f"{details.get('guest', '')} {details.get('number', '')}".strip()


def _guest_facts(details: Details) -> list[tuple[Words, Words]]:
    told = {"confirmed_by": _("who of the house agreed"), "reason": pgettext_lazy("a pass", "why it was withdrawn")}
    return [(label, str(details[name])) for name, label in told.items() if details.get(name)]


def _guest_list(details: Details) -> Words:
    names, number = [str(name) for name in details.get("names") or ()], int(details.get("number") or 0)
    words = {"names": " ".join(names), "n": number}
    return ngettext("%(names)s: %(n)d guest", "%(names)s: %(n)d guests", number) % words


def register() -> None:
    register_readings(
        {
            "key.registered": Reading(pgettext_lazy("a key", "Key taken into the register"), "key", _key),
            "key.changed": Reading(_("Entry of a key changed"), "edit", _key),
            "key.lent": Reading(_("Key lent"), "key", _key, _loan),
            "key.extended": Reading(_("Key lent for longer"), "clock", _key, _loan),
            "key.returned": Reading(_("Key returned"), "check", _key, _loan),
            "key.overdue": Reading(_("Key is not back in time"), "alarm", _key, _loan, tone=lambda _details: "late"),
            "pass.issued": Reading(pgettext_lazy("goods", "Release pass issued"), "package-export", _pass, _leaving),
            "pass.used": Reading(pgettext_lazy("goods", "Let out at the gate"), "check", _pass, _leaving),
            "pass.voided": Reading(pgettext_lazy("goods", "Release pass withdrawn"), "circle-x", _pass, _leaving),
            "mail.taken_in": Reading(_("Mail taken in"), "package", _mail),
            "mail.told": Reading(_("Household told of its mail"), "message", _mail, _mail_facts),
            "mail.handed_out": Reading(_("Mail handed out"), "check", _mail, _mail_facts),
            "mail.sent_back": Reading(_("Mail sent back"), "arrow-back-up", _mail, _mail_facts),
            "guest.list_announced": Reading(_("List of guests announced"), "users-plus", _guest_list, _guest_facts),
            "guest.announced": Reading(pgettext_lazy("a guest", "Guest announced"), "user-plus", _guest, _guest_facts),
            "guest.confirmed": Reading(_("The house agreed to a guest"), "user-check", _guest, _guest_facts),
            "guest.let_in": Reading(_("Guest let in"), "door-enter", _guest),
            "guest.let_out": Reading(_("Guest left"), "door-exit", _guest),
            "guest.withdrawn": Reading(_("Guest not let in"), "user-x", _guest, _guest_facts),
            "key.ended": Reading(_("Key taken out of the register"), "key-off", _ending),
        }
    )
