"""What now? The sections of the first page, each for those whose roles give them that work."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import Count as CountRows
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongying.accounts.models import User
from gongying.briefings.models import Briefing
from gongying.common.editions import fill_all_from_memory, kept_row
from gongying.common.paging import bounded_count
from gongying.common.permissions import may
from gongying.customers.models import Occupancy
from gongying.estates.models import Building, Project, Unit
from gongying.estates.scopes import scope_of
from gongying.moods import rules as mood_rules
from gongying.moods.enums import Mood
from gongying.organization.access import staff_of
from gongying.organization.rules import MANAGE_ROLES
from gongying.reception.machines import RECEIVE
from gongying.servicedesk.models import PublicFault, ServiceRequest, WorkOrder
from gongying.workbench.contacts import (
    boxes,
    counterparts,
    due_reviews,
    overdue_boxes,
    overdue_letters,
    overdue_plans,
    reviews_due,
)
from gongying.workbench.counter import handovers, unsigned_handovers, visitors, waiting_visitors
from gongying.workbench.figures import LISTS, list_url, lists_of_figures
from gongying.workbench.front_line import (
    FRONT_LINE,
    OVERSEERS,
    approvals_asked,
    front_line,
    jobs_stopped_for_safety,
    overdue_requests,
    red_list,
    red_list_of_steward,
    walks,
)
from gongying.workbench.look import Asked, Look, asked
from gongying.workbench.my_day import LISTS_OF_DAY, MY_DAY, calls_due, my_day, open_promises, promises_read
from gongying.workbench.openings import opened_today, openings
from gongying.workbench.request_lines import button, request_row
from gongying.workbench.sections import ROWS, Row, Section
from gongying.workbench.set_up import recent_imports, set_up


class Part(NamedTuple):
    """A section, whom it is for (one of these permissions is enough, none: everybody) and the lists that it is made of."""

    build: Callable[[Look], Section | None]
    lists: tuple[Asked, ...] = ()
    needs: tuple[str, ...] = ()
    # Whose requests it shows, so that they are read together with those of the others.
    shows: tuple[Asked, ...] = ()


def lists_for(user: User) -> list[Asked]:
    lists = [each for part in _parts_of(user) for each in part.lists]
    return list(dict.fromkeys([answers_this_week, *lists, *LISTS_OF_DAY, *lists_of_figures(user)]))


def look_at(user: User) -> Look:
    return Look(user, lists_for(user))


def sections_of(look: Look) -> list[Section]:
    parts = _parts_of(look.user)
    shown_first = [pk for part in parts for each in part.shows for pk in look.keys(each)]
    look.requests([*shown_first, *look.found(calls_due)])
    shown = [section for part in parts if (section := part.build(look)) is not None]
    # Who walks her buildings with a phone begins with her day (ux.md 2.9); the others with what waits for them.
    return sorted(shown, key=lambda section: section.name != MY_DAY) if walks(look.user) else shown


def moods_of(look: Look) -> list[Mood]:
    """What she is asked for, once a week."""
    return list(Mood) if staff_of(look.user) is not None and not look.found(answers_this_week) else []


def _parts_of(user: User) -> list[Part]:
    return [part for part in PARTS if not part.needs or any(may(user, code) for code in part.needs)]


@asked(most=1)
def answers_this_week(user: User) -> Any:
    return mood_rules.answers_this_week(user)


@asked()
def unread_briefings(user: User) -> Any:
    return Briefing.objects.unread_by(user)


def to_be_read(look: Look) -> Section | None:
    """Notices to her and reports that she is to hear, until she says that she has read them (R-028)."""
    unread = look.read(unread_briefings, Briefing.objects.all)
    fill_all_from_memory(unread, "project", "by")
    rows = [
        Row(
            title=briefing.title,
            url=reverse("briefings:briefing-show", args=[briefing.pk]),
            subtitle=f"{briefing.project} {briefing.by}",
            tag=briefing.get_direction_display(),
            waiting_since=briefing.at,
        )
        for briefing in unread
    ]
    if not rows:
        return None
    url = f"{reverse('briefings:briefing-index')}?list=unread"
    return Section("briefings", _("To be read"), "", rows, look.count(unread_briefings), url)


@asked()
def lasting_faults(user: User) -> Any:
    return PublicFault.objects.visible_to(user).open().order_by("-announced_at")


def public_faults(look: Look) -> Section | None:
    """What the desk is called about today, with the words to say; nothing where nothing is out of order."""
    rows = [
        Row(
            title=fault.words,
            url=reverse("servicedesk:fault-show", args=[fault.pk]),
            subtitle=f"{fault.title} {fault.where}",
            tag=ngettext("%(n)s household", "%(n)s households", fault.number_of_households)
            % {"n": fault.number_of_households},
            due_at=fault.expected_end,
            is_late=fault.is_overdue,
        )
        for fault in look.read(lasting_faults, lambda: PublicFault.objects.with_numbers().for_page())
    ]
    if not rows:
        return None
    url = reverse("servicedesk:fault-index")
    return Section("faults", _("Public faults"), "", rows, look.count(lasting_faults), url)


@asked()
def untold_faults(user: User) -> Any:
    return PublicFault.objects.visible_to(user).to_be_told(user).order_by("ended_at", "pk")


def untold_callers(look: Look) -> Section | None:
    """What is over while some who called do not know it yet: a list that empties itself by being worked off (E-044)."""
    rows = [
        Row(
            title=fault.ending_words,
            url=reverse("servicedesk:fault-show", args=[fault.pk]),
            subtitle=f"{fault.title} {fault.where}",
            waiting_since=fault.ended_at,
        )
        for fault in look.read(untold_faults, PublicFault.objects.for_page)
    ]
    if not rows:
        return None
    url = f"{reverse('servicedesk:fault-index')}?untold=1"
    return Section("untold", _("Over, callers to be told"), "", rows, look.count(untold_faults), url)


@asked()
def unfinished_jobs(user: User) -> Any:
    return WorkOrder.objects.of_doer(user).order_by("planned_from", "pk")


def jobs(look: Look) -> Section:
    orders = look.read(unfinished_jobs, _jobs_with_places)
    fill_all_from_memory([order.service_request for order in orders], "building", "project")
    rows = [
        Row(
            title=order.task or order.service_request.one_line,
            url=reverse("servicedesk:work-order-show", args=[order.pk]),
            subtitle=order.service_request.where,
            tag=order.get_state_display(),
            due_at=order.planned_from,
        )
        for order in orders
    ]
    return Section(
        "jobs",
        _("My jobs"),
        _("No job is waiting for you."),
        rows,
        look.count(unfinished_jobs),
        reverse("servicedesk:work-order-index"),
    )


def _jobs_with_places() -> Any:
    rows = WorkOrder.objects.select_related("service_request__unit", "service_request__facility")
    return rows.defer("service_request__search")


def later_promises(look: Look) -> Section | None:
    """What is promised for later days; that of today stands in the day. Nobody needs to hear of what there is none of."""
    rows = [
        Row(
            title=promise.text,
            url=reverse("interactions:promise-show", args=[promise.pk]),
            subtitle=" ".join(str(part) for part in (promise.unit, promise.party) if part),
            due_at=promise.due_at,
            is_late=promise.is_late,
        )
        for promise in promises_read(look)[:ROWS]
    ]
    if not rows:
        return None
    url = reverse("interactions:promise-index") + "?whose=mine"
    return Section("promises", _("Answers I promised"), "", rows, look.count(open_promises), url)


@asked()
def to_follow_up(user: User) -> Any:
    return LISTS["follow-up"].of(user).order_by("entered_at", "pk")


def follow_ups(look: Look) -> Section:
    return _work_list(look, to_follow_up, "follow-up", _("To follow up"), _("Nobody has to be called."))


@asked()
def answered_for(user: User) -> Any:
    return LISTS["mine"].of(user).order_by("entered_at", "pk")


def my_requests(look: Look) -> Section:
    return _work_list(look, answered_for, "mine", _("I answer for"), _("You answer for no open request."))


@asked()
def open_by_building(user: User) -> Any:
    rows = ServiceRequest.objects.visible_to(user).open().filter(building__in=scope_of(user).buildings)
    return rows.order_by().values_list("building").annotate(n=CountRows("pk"))


def my_buildings(look: Look) -> Section | None:
    """A steward's buildings with what is open there; for those who serve single buildings."""
    if not scope_of(look.user).buildings:
        return None
    made = []
    for pk, number in sorted(look.found(open_by_building), key=lambda entry: (-entry[1], entry[0])):
        building = kept_row(Building, pk)
        made.append(
            Row(
                title=str(building),
                url=list_url(list="open", building=pk),
                subtitle=str(kept_row(Project, building.project_id)),
                tag=_("%(n)s open") % {"n": number},
            )
        )
    return Section("buildings", _("My buildings"), _("Nothing is open in your buildings."), made)


@asked()
def ending_leases(user: User) -> Any:
    return Occupancy.objects.visible_to(user).ending_soon()


def leases(look: Look) -> Section | None:
    """What will stand empty, by the register, unless somebody asks the tenant first."""
    ending = look.read(ending_leases, lambda: Occupancy.objects.select_related("unit", "head"))
    fill_all_from_memory([spell.unit for spell in ending], "project")
    rows = [
        Row(
            title=str(spell.head or _("tenant")),
            url=reverse("customers:household-show", args=[spell.unit_id]),
            subtitle=spell.unit.full_name,
            tag=_("until %(day)s") % {"day": spell.last_day},
        )
        for spell in ending
    ]
    if not rows:
        return None
    # Counted as the list shows them: a shared flat is one household with several leases.
    spells = Occupancy.objects.visible_to(look.user).ending_soon().order_by().values("unit")
    units = bounded_count(Unit.objects.visible_to(look.user).filter(pk__in=spells))
    url = f"{reverse('customers:unit-index')}?ending=1"
    return Section("leases", _("Leases that end soon"), "", rows, units, url)


def _work_list(look: Look, wanted: Asked, key: str, title: str, empty: str) -> Section:
    oldest = [
        request_row(request, tag=request.state_label, waiting_since=request.touched_at, **button(request, look.user))
        for request in look.requests(look.keys(wanted))
    ]
    return Section(key, title, empty, oldest, look.count(wanted), list_url(list=key))


PARTS = (
    Part(set_up, needs=(MANAGE_ROLES,)),
    Part(to_be_read, (unread_briefings,)),
    Part(handovers, (unsigned_handovers,), (RECEIVE,)),
    Part(visitors, (waiting_visitors,), (RECEIVE,)),
    Part(public_faults, (lasting_faults,), ("interactions.log_interaction", "servicedesk.view_requests")),
    Part(untold_callers, (untold_faults,), ("servicedesk.report_result",)),
    Part(front_line, (*FRONT_LINE, approvals_asked, jobs_stopped_for_safety), OVERSEERS, FRONT_LINE),
    Part(red_list, (overdue_requests,), OVERSEERS, (overdue_requests,)),
    Part(red_list_of_steward, (overdue_requests,), ("servicedesk.view_requests",), (overdue_requests,)),
    Part(openings, (opened_today,), ("reception.receive_visitors", "reception.take_over_visitors")),
    Part(my_day, LISTS_OF_DAY),
    Part(jobs, (unfinished_jobs,), ("servicedesk.do_work",)),
    Part(later_promises, (open_promises,), ("interactions.log_interaction",)),
    Part(counterparts, (overdue_plans,), ("interactions.plan_contacts",)),
    Part(boxes, (overdue_boxes, overdue_letters), ("interactions.log_interaction",)),
    Part(reviews_due, (due_reviews,)),
    Part(follow_ups, (to_follow_up,), ("servicedesk.follow_up",), (to_follow_up,)),
    Part(my_requests, (answered_for,), ("servicedesk.answer_request",), (answered_for,)),
    Part(my_buildings, (open_by_building,), ("servicedesk.view_requests",)),
    Part(leases, (ending_leases,), ("customers.move_household",)),
    Part(recent_imports, needs=(MANAGE_ROLES,)),
)
