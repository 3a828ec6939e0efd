"""Where lower apps meet the service desk: menus, search, panels, exports, workload, and numbers open while a job lasts."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.navigation import Entry, Menu
from gongying.common.navigation import register as register_entry
from gongying.common.paging import bounded_count
from gongying.common.panels import Panel, register_panel
from gongying.common.permissions import may
from gongying.common.search import register as register_search
from gongying.customers.rules import register_phone_grant
from gongying.estates.scopes import seen_projects
from gongying.events.streams import register_stream
from gongying.imports.importers import register_importer
from gongying.imports.listings import register_listing
from gongying.notifications.digests import Part, register_part
from gongying.organization.workload import Workload, register_workload

if TYPE_CHECKING:
    from gongying.customers.models import Party

VIEW = "servicedesk.view_requests"
# What the summary of the day counts for those who work with requests.
DAILY_LISTS = {
    "mine": _("in your charge"),
    "without-doer": _("without a doer"),
    "follow-up": _("to be followed up"),
    "escalated": _("escalated"),
}


def register() -> None:
    from gongying.servicedesk import matters
    from gongying.servicedesk.importers.orders import OrderImporter
    from gongying.servicedesk.importers.prices import PriceImporter
    from gongying.servicedesk.listing import REQUESTS, SERVICES
    from gongying.servicedesk.models import ServiceRequest
    from gongying.servicedesk.models.faults import heard_requests
    from gongying.servicedesk.searching import RequestSearch

    for entry in ENTRIES:
        register_entry(entry)
    for panel in PANELS:
        register_panel(panel)
    register_search(RequestSearch())
    register_stream("dispatch", seen_projects)
    register_stream("servicerequest", heard_requests)
    register_listing(REQUESTS)
    register_listing(SERVICES)
    register_importer(PriceImporter())
    register_importer(OrderImporter())
    open_at = ServiceRequest.objects.open
    register_workload(
        "requests", Workload(_("requests"), lambda places: open_at().filter(places), "servicedesk:request-show", VIEW)
    )
    matters.register()
    register_phone_grant(has_job_at)
    for order, (key, label) in enumerate(DAILY_LISTS.items()):
        register_part(
            Part(
                f"requests-{key}", label, _counting(key), "servicedesk:request-index", query=f"list={key}", order=order
            )
        )
    register_part(Part("support", _("support asked of us"), _count_support, "servicedesk:support-index"))
    register_part(Part("jobs", _("your jobs"), _count_jobs, "servicedesk:work-order-index"))


def _counting(key: str) -> Callable[[User], int]:
    from gongying.servicedesk.worklists import find_work_list

    def count(user: User) -> int:
        work_list = find_work_list(key)
        return bounded_count(work_list.of(user)).number if work_list and may(user, VIEW) else 0

    return count


def _count_jobs(user: User) -> int:
    from gongying.servicedesk.models import WorkOrder

    return WorkOrder.objects.of_doer(user).count()


def _count_support(user: User) -> int:
    from gongying.servicedesk.models import SupportTask
    from gongying.servicedesk.rules import SUPPORT_REQUESTS

    rows = SupportTask.objects.visible_to(user).of_my_department(user).open()
    return bounded_count(rows).number if may(user, SUPPORT_REQUESTS) else 0


def has_job_at(user: User, party: "Party") -> bool:
    """Whether she is on a job for this customer, or finished one within a day."""
    from gongying.servicedesk.models import WorkOrder

    return WorkOrder.objects.with_open_phone(user).filter(service_request__party=party).exists()


ENTRIES = (
    Entry(
        "servicedesk:request-index",
        _("Requests"),
        "clipboard-list",
        permissions=(VIEW,),
        order=30,
        covers=("jobs", "group-texts"),
    ),
    Entry(
        "servicedesk:fault-index",
        _("Public faults"),
        "alert-triangle",
        permissions=("interactions.log_interaction", VIEW),
        order=33,
        under="servicedesk:request-index",
    ),
    Entry(
        "servicedesk:order-index",
        _("Outside orders"),
        "phone-incoming",
        permissions=(VIEW,),
        order=34,
        under="servicedesk:request-index",
    ),
    Entry(
        "servicedesk:violation-index",
        _("Violations"),
        "alert-octagon",
        permissions=("servicedesk.handle_violations", VIEW),
        order=34,
        under="servicedesk:request-index",
    ),
    Entry(
        "servicedesk:dispatch-index",
        _("Dispatch"),
        "layout-board",
        permissions=("servicedesk.dispatch_work",),
        order=32,
    ),
    Entry(
        "servicedesk:support-index",
        _("Support"),
        "users-group",
        permissions=("servicedesk.support_requests",),
        order=36,
        under="servicedesk:request-index",
    ),
    Entry("servicedesk:work-order-index", _("Jobs"), "tool", permissions=("servicedesk.do_work",), order=35),
    Entry(
        "servicedesk:entry-new",
        _("Log"),
        "edit",
        permissions=("interactions.log_interaction", "servicedesk.register_request"),
        menu=Menu.ENTRY,
    ),
    Entry(
        "servicedesk:sample-index",
        _("Quality sample"),
        "dice-3",
        permissions=("servicedesk.inspect_samples",),
        order=65,
        under="reports:figure-index",
    ),
    Entry(
        "servicedesk:category-index",
        _("Categories and responsibilities"),
        "sitemap",
        permissions=("servicedesk.manage_categories",),
        menu=Menu.SETTINGS,
        help=_("What requests are about, how urgent they are, who pays and which department answers"),
    ),
    Entry(
        "servicedesk:firm-index",
        _("Outside firms"),
        "building-factory-2",
        permissions=("servicedesk.manage_firms",),
        menu=Menu.SETTINGS,
        help=_("Firms that do jobs: their trades, projects, contracts and duties"),
    ),
    Entry(
        "servicedesk:complaint-rules",
        _("Rules of complaints"),
        "message-exclamation",
        permissions=("servicedesk.manage_categories",),
        menu=Menu.SETTINGS,
        help=_(
            "From how many on complaints of one cause open an improvement item, and when a matter is one of a group"
        ),
    ),
    Entry(
        "servicedesk:service-index",
        _("Services and prices"),
        "receipt-yuan",
        permissions=(VIEW,),
        menu=Menu.SETTINGS,
        help=_("What can be ordered, what it costs and since when, how soon it is promised and who does it"),
    ),
    Entry(
        "servicedesk:service-time-index",
        _("Service times"),
        "clock-cog",
        permissions=(VIEW, "servicedesk.manage_service_times"),
        menu=Menu.SETTINGS,
        help=_("What is promised where and by which source, who hears of it when time runs out, and longest pauses"),
    ),
    Entry(
        "servicedesk:process-show",
        _("The process"),
        "route",
        permissions=(VIEW,),
        menu=Menu.SETTINGS,
        help=_("Which steps a request, a complaint and a work order take, and who may take them"),
    ),
)
PANELS = (
    Panel(place="unit-head", key="faults", label=_("Public faults"), url_name="servicedesk:unit-faults", rank=5),
    Panel(place="unit", key="open-matters", label=_("Open matters"), url_name="servicedesk:unit-panel", rank=10),
    Panel(place="unit-head", key="open-counts", label=_("Open matters"), url_name="servicedesk:unit-counts", rank=10),
    Panel(place="customer", key="open-matters", label=_("Open matters"), url_name="servicedesk:party-panel", rank=10),
    Panel(
        place="territory",
        key="left-behind",
        label=_("To be handed over"),
        url_name="servicedesk:territory-panel",
        permissions=("servicedesk.bulk_change",),
    ),
    Panel(place="improvement", key="complaints", label=_("Complaints"), url_name="servicedesk:improvement-complaints"),
)
