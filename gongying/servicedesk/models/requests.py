from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Right
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.machines import Machine
from gongying.common.models import Versioned
from gongying.common.text import bigram_field
from gongying.common.word_index import WordIndex
from gongying.customers.models import Party
from gongying.estates.models import CommonFacility, PlacedModel, Unit
from gongying.interactions.enums import Channel
from gongying.interactions.models import LONGEST_TEXT, Interaction
from gongying.organization.models import Department
from gongying.servicedesk.conditions import COMPLAINT_CONDITIONS, REQUEST_CONDITIONS
from gongying.servicedesk.enums import (
    OPEN_STATES,
    STATE_CHOICES,
    ComplaintState,
    Payer,
    RequestKind,
    RequestState,
    Urgency,
)
from gongying.servicedesk.guards import agreed_amount_guard, case_guards, kind_change_guard
from gongying.servicedesk.machines import COMPLAINT, REQUEST
from gongying.servicedesk.models.categories import ServiceCategory
from gongying.servicedesk.models.category_rules import CategoryRules
from gongying.servicedesk.models.request_sets import IS_OPEN, IS_TICKING, ServiceRequestQuerySet
from gongying.servicedesk.policy_guards import rules_stay_guard

if TYPE_CHECKING:
    pass

COMPLAINT_WORDS, REQUEST_WORDS = dict(ComplaintState.choices), dict(RequestState.choices)


class ServiceRequest(PlacedModel, Versioned):
    """What the customer has a number of; a complaint is one whose machine is that of complaints (5.3)."""

    event_kind = "servicerequest"
    clocks_begun: list[Any]  # at the registration that made this row
    hanging: list[str]  # what of `ROWS_OF` there is, once it was asked for (`for_page`)
    # Of a list that is only told of: a relation would be made anew for each of its rows.
    clocks_read: list[Any]
    work_unfinished: list[Any]
    stage_held: Any  # the open one, once it was read, of a request that was locked for an operation

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    number_tail = models.GeneratedField(
        expression=Right("number", 4), output_field=models.CharField(max_length=4), db_persist=True
    )
    kind = models.CharField(_("kind"), max_length=20, choices=RequestKind.choices)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    # The foreign keys without an index of their own lead one of the indexes below.
    category = models.ForeignKey(
        ServiceCategory, models.PROTECT, related_name="requests", verbose_name=_("category"), db_index=False
    )
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    payer = models.CharField(_("paid by"), max_length=20, choices=Payer.choices, default=Payer.COMPANY)
    # Said on the phone before anybody comes: what the owner pays was named and accepted (E-047).
    price_agreed = models.BooleanField(_("customer agreed to the price"), default=False, db_default=False)
    # To how much: a copy, so that a later price list changes nothing. Empty beside a yes from before amounts were kept.
    agreed_amount = models.DecimalField(_("agreed price"), max_digits=14, decimal_places=2, null=True, editable=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("unit"), db_index=False
    )
    facility = models.ForeignKey(
        CommonFacility, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("facility")
    )
    party = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("customer"),
        db_index=False,
    )
    # As they were at that time, beside the links.
    caller_name = models.CharField(_("name"), max_length=100, blank=True)
    caller_phone = models.CharField(_("phone"), max_length=40, blank=True)
    caller_address = models.CharField(_("address"), max_length=200, blank=True)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    text = models.TextField(_("matter"), max_length=LONGEST_TEXT)
    window_from = models.DateTimeField(_("wished from"), null=True, blank=True)
    window_to = models.DateTimeField(_("wished until"), null=True, blank=True)
    estimated_end = models.DateTimeField(_("estimated end"), null=True, blank=True)

    state = models.CharField(_("state"), max_length=20, choices=STATE_CHOICES, editable=False)
    # Never empty: no case is without somebody who answers for it (invariant 7).
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_requests", verbose_name=_("in charge")
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="requests", verbose_name=_("department"))
    first_responder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("first responder")
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="registered_requests",
        verbose_name=_("registered by"),
        db_index=False,
    )
    interaction = models.ForeignKey(
        Interaction, models.PROTECT, null=True, related_name="requests", verbose_name=_("interaction")
    )
    occurred_at = models.DateTimeField(_("occurred at"))
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    late_reason = models.CharField(_("reason for late entry"), max_length=200, blank=True)
    # What the category said at registration: later changes of the tree do not move the goalposts.
    needs_follow_up = models.BooleanField(_("follow up"), default=True)
    # What its category asked at registration; nobody looks for the requests of one version.
    rules = models.ForeignKey(
        CategoryRules,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("rules"),
    )
    process_version = models.PositiveSmallIntegerField(_("version of the process"))
    rework_count = models.PositiveSmallIntegerField(_("times reworked"), default=0)
    transfer_count = models.PositiveSmallIntegerField(_("times passed on"), default=0)
    touched_at = models.DateTimeField(_("last activity"), default=timezone.now)
    # The clock that falls due next, as the database itself keeps it (`clock_guards`): lists read one row a request.
    next_due_metric = models.CharField(
        _("due for"), max_length=20, blank=True, default="", db_default="", editable=False
    )
    next_due_at = models.DateTimeField(_("due"), null=True, editable=False)
    next_due_soon_at = models.DateTimeField(_("due soon from"), null=True, editable=False)
    next_due_paused = models.BooleanField(_("clock stands still"), default=False, db_default=False, editable=False)
    search = bigram_field("text", "caller_name", "caller_address")

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        indexes = [
            # With what a report asks of each request of its period: it reads this index instead of thousands of wide rows.
            models.Index(
                fields=["-entered_at", "-id"],
                include=[
                    "project",
                    "unit",
                    "category",
                    "kind",
                    "state",
                    "needs_follow_up",
                    "rework_count",
                    "window_from",
                    "window_to",
                ],
                name="request_newest",
            ),
            models.Index(fields=["project", "-entered_at", "-id"], name="request_of_project"),
            models.Index(fields=["building", "-entered_at", "-id"], name="request_of_building"),
            models.Index(fields=["unit", "-entered_at", "-id"], name="request_of_unit"),
            models.Index(fields=["party", "-entered_at", "-id"], name="request_of_party"),
            models.Index(fields=["category", "-entered_at", "-id"], name="request_of_category"),
            models.Index(fields=["state", "-entered_at", "-id"], name="request_in_state"),
            models.Index(fields=["registered_by", "-entered_at", "-id"], name="request_registered_by"),
            models.Index(fields=["owner", "-entered_at", "-id"], name="request_open_of_owner", condition=IS_OPEN),
            models.Index(
                fields=["department", "-entered_at", "-id"], name="request_open_of_department", condition=IS_OPEN
            ),
            models.Index(fields=["-entered_at", "-id"], name="request_open", condition=IS_OPEN),
            # Of all that ever came little is open: what waits in a place is counted without reading the rest.
            *(
                models.Index(
                    fields=[place, "-entered_at", "-id"],
                    include=["state", "kind"],
                    name=f"request_open_of_{place}",
                    condition=IS_OPEN,
                )
                for place in ("project", "building")
            ),
            models.Index(fields=["category", "state"], name="request_open_of_category", condition=IS_OPEN),
            models.Index(fields=["next_due_at", "id"], name="request_due", condition=IS_TICKING),
            models.Index(
                fields=["project", "next_due_at", "id"],
                include=["next_due_soon_at"],
                name="request_due_of_project",
                condition=IS_TICKING,
            ),
            models.Index(
                fields=["-entered_at", "-id"],
                name="request_open_and_pressing",
                condition=IS_OPEN & models.Q(urgency__in=[Urgency.CRITICAL, Urgency.URGENT]),
            ),
            models.Index(fields=["number_tail", "-id"], name="request_tail"),
            WordIndex("entered_at", name="request_words_by_spell"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_agreed=False) | models.Q(payer=Payer.OWNER),
                name="request_price_agreed_if_owner_pays",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_amount=None) | models.Q(agreed_amount__gte=0, price_agreed=True),
                name="request_agreed_amount_with_a_yes",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="request_has_text"),
            models.CheckConstraint(
                condition=models.Q(occurred_at__lte=models.F("entered_at")), name="request_occurred_before_entered"
            ),
            models.CheckConstraint(
                condition=models.Q(window_from=None, window_to=None) | models.Q(window_to__gt=models.F("window_from")),
                name="request_window_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=RequestKind.values), name="request_kind_known"),
            models.CheckConstraint(condition=models.Q(urgency__in=Urgency.values), name="request_urgency_known"),
            models.CheckConstraint(
                condition=models.Q(kind=RequestKind.COMPLAINT, state__in=ComplaintState.values)
                | (~models.Q(kind=RequestKind.COMPLAINT) & models.Q(state__in=RequestState.values)),
                name="request_state_of_its_machine",
            ),
        ]
        triggers = [
            *REQUEST.triggers("state", where="NEW.kind <> 'complaint'"),
            *COMPLAINT.triggers("state", where="NEW.kind = 'complaint'"),
            *case_guards(
                "servicerequest",
                stages="servicedesk_stageentry",
                fk="service_request_id",
                requires={**REQUEST_CONDITIONS, **COMPLAINT_CONDITIONS},
            ),
            kind_change_guard(),
            agreed_amount_guard(),
            rules_stay_guard(),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_complaint(self) -> bool:
        return self.kind == RequestKind.COMPLAINT

    @property
    def is_violation(self) -> bool:
        return self.kind == RequestKind.VIOLATION

    @property
    def machine(self) -> Machine:
        return COMPLAINT if self.is_complaint else REQUEST

    @property
    def state_label(self) -> str:
        words = COMPLAINT_WORDS if self.is_complaint else REQUEST_WORDS
        return str(words.get(self.state) or self.get_state_display())

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def takes_grants(self) -> bool:
        """Also after it is closed: a claim is often decided late, goodwill follows what the follow-up call told."""
        return self.is_open or self.state == RequestState.CLOSED

    def may_have(self, name: str) -> bool:
        """Whether to ask for its rows of `ROWS_OF` at all: a request that was read for its page knows what there is."""
        return not hasattr(self, "hanging") or name in self.hanging

    @property
    def is_pressing(self) -> bool:
        return self.urgency in (Urgency.CRITICAL, Urgency.URGENT)

    @property
    def is_late_entry(self) -> bool:
        return (self.entered_at - self.occurred_at).total_seconds() > 15 * 60

    @property
    def where(self) -> str:
        """The place in the words of the house: 2-1-301, a facility, a building, or the address given."""
        return str(self.unit or self.facility or self.caller_address or self.building or self.project)

    @property
    def concerned(self) -> tuple[models.Model | None, ...]:
        """On whose timelines, too, stands what happens to it."""
        return self.unit, self.party

    @property
    def waits_for(self) -> list[User]:
        """Whose turn it is: those who have its jobs, else who answers for it."""
        doers = [work.doer for work in self.unfinished_work if work.doer is not None]
        return list(dict.fromkeys(doers)) or [self.owner]

    @property
    def unfinished_work(self) -> list[Any]:
        """Of a list that was read with its work, without asking for each row."""
        if "work_unfinished" in self.__dict__:
            return self.work_unfinished
        return [work for work in self.work_orders.all() if work.is_unfinished]

    @property
    def its_clocks(self) -> Iterable[Any]:
        return self.clocks_read if "clocks_read" in self.__dict__ else self.clocks.all()

    @property
    def one_line(self) -> str:
        return " ".join(self.text.split())[:80]

    def show_next_due(self, clocks: list[Any]) -> None:
        """What the database has noted of clocks that just began, without asking it."""
        self.clocks_begun = clocks
        first = min(clocks, key=lambda clock: clock.due_at, default=None)
        if first is not None:
            self.next_due_metric, self.next_due_at, self.next_due_soon_at = first.metric, first.due_at, first.soon_at

    @property
    def current_stage(self) -> Any:
        return self.stages.get(left_at=None)

    def present_state(self) -> dict[str, Any]:
        return {"id": self.pk, "number": self.number, "version": self.version, "state": self.state}
