from datetime import timedelta
from typing import Any

from django.utils import timezone

from gongying.custody.models import GuestPass, Key, KeyLoan, MailItem, ReleasePass
from gongying.custody.operations import announce_guest, issue_pass, lend_key, register_key, take_in_mail
from tests.structure.url_matrix import Sample, action, api, page

KEYS = "custody.keep_keys"
ISSUE = "custody.issue_passes"
CHECK = "custody.check_passes"
MAIL = "custody.keep_mail"
GUESTS = "custody.receive_guests"
KEY = {"key_id": "key"}
LOAN = {"loan_id": "key_loan"}
PASS = {"pass_id": "release_pass"}
MAIL_ITEM = {"item_id": "mail_item"}
GUEST = {"guest_id": "guest_pass"}
AGREED = {"confirmed_by": "业主"}
A_PROJECT = {"reason": "of a project which one serves as a whole", "allowed": (200, 201, 422)}


def a_key(sample: Sample, tag: str = "A-1") -> Key:
    unit = sample.unit
    return register_key(by=sample.user, project=unit.project, kind="entrusted", tag=tag, unit=unit)


def a_key_loan(sample: Sample) -> KeyLoan:
    facts = {"reason": "修龙头", "due_at": timezone.now() + timedelta(hours=2)}
    return lend_key(a_key(sample, "A-2"), by=sample.user, borrower_name="李师傅", borrower_phone="13800000000", **facts)


def new_key(sample: Sample) -> dict[str, Any]:
    return {"project_id": sample.unit.project_id, "kind": "entrusted", "tag": "B-7", "unit_id": sample.unit.pk}


def loan(sample: Sample) -> dict[str, Any]:
    due = (timezone.now() + timedelta(hours=2)).isoformat()
    return {"borrower_name": "李师傅", "borrower_phone": "13800000000", "reason": "修龙头", "due_at": due}


def longer(sample: Sample) -> dict[str, Any]:
    return {"due_at": (timezone.now() + timedelta(days=1)).isoformat()}


def a_pass(sample: Sample) -> ReleasePass:
    return issue_pass(sample.unit, by=sample.user, items="沙发一张", confirmed_by="业主")


def new_pass(sample: Sample) -> dict[str, Any]:
    return {"unit_id": sample.unit.pk, "items": "沙发一张", "confirmed_by": "业主"}


def a_parcel(sample: Sample) -> MailItem:
    return take_in_mail(sample.unit, by=sample.user, service="顺丰")


def new_mail(sample: Sample) -> dict[str, Any]:
    return {"unit_id": sample.unit.pk}


def a_guest(sample: Sample) -> GuestPass:
    return announce_guest(sample.unit, by=sample.user, name="王阿姨", confirmed_by="业主", confirmation="phone")


def new_guest(sample: Sample) -> dict[str, Any]:
    return {"unit_id": sample.unit.pk, "name": "王阿姨"}


def new_guests(sample: Sample) -> dict[str, Any]:
    return {"unit_id": sample.unit.pk, "guests": [{"name": "王小明"}, {"name": "李雷"}]}


OBJECTS = {"key": a_key, "key_loan": a_key_loan, "release_pass": a_pass, "mail_item": a_parcel, "guest_pass": a_guest}

LINES = [
    page("custody:key-index", needs=KEYS),
    page("custody:key-create", needs=KEYS),
    page("custody:key-show", needs=KEYS, **KEY),
    page("custody:key-edit", needs=KEYS, **KEY),
    page("custody:key-end", needs=KEYS, **KEY),
    page("custody:loan-create", needs=KEYS, **KEY),
    page("custody:unit-keys", unit_id="unit"),
    page("custody:loan-extend", needs=KEYS, **LOAN),
    action("custody:loan-return", needs=KEYS, **LOAN),
    api("GET /keys", needs=KEYS),
    api("POST /keys", needs=KEYS, data=new_key, **A_PROJECT),
    api("GET /keys/{key_id}", needs=KEYS, **KEY),
    api("PATCH /keys/{key_id}", needs=KEYS, data={"version": 1, "tag": "A-9"}, **KEY),
    api("POST /keys/{key_id}/end", needs=KEYS, data={"ending": "handed_back"}, **KEY),
    api("GET /key-loans", needs=KEYS),
    api("POST /keys/{key_id}/loans", needs=KEYS, data=loan, **KEY),
    api("POST /key-loans/{loan_id}/extension", needs=KEYS, data=longer, **LOAN),
    api("POST /key-loans/{loan_id}/return", needs=KEYS, data={}, **LOAN),
    page("custody:pass-index", needs=ISSUE),
    page("custody:pass-create", needs=ISSUE),
    page("custody:pass-arrears", needs=ISSUE),
    page("custody:pass-show", needs=ISSUE, **PASS),
    page("custody:pass-paper", needs=ISSUE, **PASS),
    page("custody:pass-void", needs=ISSUE, **PASS),
    page("custody:gate-show", needs=CHECK),
    action("custody:pass-use", needs=CHECK, **PASS),
    api("GET /release-passes", needs=CHECK),
    api("POST /release-passes", needs=ISSUE, data=new_pass, **A_PROJECT),
    api("GET /release-passes/{pass_id}", needs=CHECK, **PASS),
    api("POST /release-passes/{pass_id}/use", needs=CHECK, data={}, allowed=(200, 409), **PASS),
    api("POST /release-passes/{pass_id}/withdrawal", needs=ISSUE, data={"reason": "x"}, allowed=(200, 409), **PASS),
    action("custody:guest-in", needs=CHECK, **GUEST),
    action("custody:guest-out", needs=CHECK, **GUEST),
    page("custody:guest-index", needs=GUESTS),
    page("custody:guest-create", needs=GUESTS),
    page("custody:guest-list-create", needs=GUESTS),
    page("custody:guest-show", needs=GUESTS, **GUEST),
    page("custody:guest-confirm", needs=GUESTS, **GUEST),
    page("custody:guest-withdraw", needs=GUESTS, **GUEST),
    page("custody:guest-paper", needs=GUESTS, **GUEST),
    page("custody:unit-guests", unit_id="unit"),
    api("GET /guest-passes", needs=CHECK),
    api("POST /guest-passes", needs=GUESTS, data=new_guest, **A_PROJECT),
    api("POST /guest-passes/list", needs=GUESTS, data=new_guests, **A_PROJECT),
    api("GET /guest-passes/{guest_id}", needs=CHECK, **GUEST),
    api("POST /guest-passes/{guest_id}/confirmation", needs=GUESTS, data=AGREED, allowed=(200, 409), **GUEST),
    api("POST /guest-passes/{guest_id}/entry", needs=CHECK, data={}, allowed=(200, 409), **GUEST),
    api("POST /guest-passes/{guest_id}/exit", needs=CHECK, data={}, allowed=(200, 409), **GUEST),
    api("POST /guest-passes/{guest_id}/withdrawal", needs=GUESTS, data={"reason": "x"}, allowed=(200, 409), **GUEST),
    page("custody:mail-index", needs=MAIL),
    page("custody:mail-create", needs=MAIL),
    page("custody:mail-show", needs=MAIL, **MAIL_ITEM),
    page("custody:mail-out", needs=MAIL, **MAIL_ITEM),
    page("custody:mail-back", needs=MAIL, **MAIL_ITEM),
    action("custody:mail-told", needs=MAIL, **MAIL_ITEM),
    page("custody:unit-mail", unit_id="unit"),
    api("GET /mail-items", needs=MAIL),
    api("POST /mail-items", needs=MAIL, data=new_mail, **A_PROJECT),
    api("POST /mail-items/{item_id}/telling", needs=MAIL, data={}, **MAIL_ITEM),
    api("POST /mail-items/{item_id}/collection", needs=MAIL, data={"taken_by": "x"}, **MAIL_ITEM),
    api("POST /mail-items/{item_id}/sending-back", needs=MAIL, data={"taken_by": "x", "reason": "moved"}, **MAIL_ITEM),
]
