"""The lists people work from: each is one set of requests under one name (ux.md 2.3)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.paging import COUNT_BOUND, Count
from gongying.common.questions import PRESENT, HowMany, Moment, Questions
from gongying.estates.alike import inquiry_of
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet


@dataclass(frozen=True)
class WorkList:
    key: str
    label: str | Promise
    choose: Callable[[ServiceRequestQuerySet, User], ServiceRequestQuerySet]
    # The same at a moment that is given, where the set depends on it.
    choose_at: Callable[[ServiceRequestQuerySet, Moment], ServiceRequestQuerySet] | None = None

    def of(self, user: User, *, at: Moment | None = None) -> ServiceRequestQuerySet:
        rows = ServiceRequest.objects.visible_to(user)
        return self.choose(rows, user) if at is None or self.choose_at is None else self.choose_at(rows, at)


WORK_LISTS = (
    WorkList("mine", _("mine"), lambda rows, user: rows.mine(user)),
    WorkList("department", _("my department's"), lambda rows, user: rows.of_my_department(user)),
    WorkList("support", _("support asked of us"), lambda rows, user: rows.supported_by_department_of(user)),
    WorkList("new", _("to be accepted"), lambda rows, _user: rows.waiting_for_acceptance()),
    WorkList("without-doer", _("without a doer"), lambda rows, _user: rows.without_doer()),
    WorkList("feedback", _("to be reported"), lambda rows, _user: rows.waiting_for_feedback()),
    WorkList("follow-up", _("to be followed up"), lambda rows, _user: rows.waiting_for_follow_up()),
    WorkList("bills", _("bills to explain"), lambda rows, _user: rows.bills_to_explain()),
    WorkList("due-soon", _("due soon"), lambda rows, _user: rows.due_soon(), lambda rows, at: rows.due_soon(at=at)),
    WorkList("overdue", _("overdue"), lambda rows, _user: rows.overdue(), lambda rows, at: rows.overdue(at=at)),
    WorkList(
        "unanswered",
        _("without an answer in time"),
        lambda rows, _user: rows.unanswered(),
        lambda rows, at: rows.unanswered(at=at),
    ),
    WorkList("escalated", _("escalated"), lambda rows, _user: rows.escalated()),
    WorkList("registered", _("registered by me"), lambda rows, user: rows.registered_by_me(user)),
    WorkList("open", _("all open"), lambda rows, _user: rows.open()),
    WorkList("all", _("all"), lambda rows, _user: rows),
)
COUNTED_LISTS = tuple(item for item in WORK_LISTS if item.key != "all")

# How much lies there: what a manager looks at each morning, with the evening before beside it.
STOCKS = ("open", "new", "without-doer", "feedback", "follow-up", "due-soon", "overdue", "escalated")
COMPLAINTS = "complaints"


def stocks() -> dict[str, ServiceRequestQuerySet]:
    """The lists that are nobody's in particular, of all places."""
    lists = {work_list.key: work_list for work_list in WORK_LISTS}
    rows = ServiceRequest.objects.all()
    return {key: lists[key].choose(rows, User()) for key in STOCKS} | {COMPLAINTS: rows.open().complaints()}


def counts_of(user: User) -> list[Count]:
    """How much waits for her in each of the counted lists."""
    inquiry, keys = inquiry_of(user, "work_lists", (), _how_many)
    return [Count.up_to_bound(number) for number in inquiry.answers(keys).values()]


def _how_many(user: User) -> Questions:
    return {
        item.key: HowMany(item.of(user, at=PRESENT).order_by().values_list("pk")[: COUNT_BOUND + 1])
        for item in COUNTED_LISTS
    }


def find_work_list(key: str) -> WorkList | None:
    return next((work_list for work_list in WORK_LISTS if work_list.key == key), None)
