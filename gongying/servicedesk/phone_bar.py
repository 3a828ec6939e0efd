"""The bar at the thumb of a worker's phone: one button that changes, and what stands beside it (ux.md 2.6).

All bars of a job are in its page. Without network the phone itself shows the one that the worker's last step leads to:
it reads the same table as the server.
"""

from dataclasses import dataclass

from gongying.servicedesk.enums import Payer
from gongying.servicedesk.machines import WORK
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.step import Step
from gongying.servicedesk.work_steps import WORK_STEPS

STEPS = {step.key: step for step in WORK_STEPS}
# A pause on site is told from one before it: there the worker goes on where he stands.
PAUSED_ON_SITE = "paused_on_site"
STOPPED = "stopped"
# Taken, and the owner has not agreed to a price: that comes before the door.
UNPRICED = "unpriced"
BARS: dict[str, tuple[str, tuple[str, ...]]] = {
    "assigned": ("accept", ("decline",)),
    "accepted": ("arrive", ("pause", "help")),
    "en_route": ("arrive", ("pause", "help")),
    "on_site": ("complete", ("pause", "help")),
    # Until the lead has released it there is no button that goes on.
    STOPPED: ("help", ()),
    "paused": ("resume", ("help",)),
    PAUSED_ON_SITE: ("resume_on_site", ("help",)),
}
# Where the owner pays: the price is settled and the money received before he leaves.
BARS_OF_PAID_WORK = {
    **BARS,
    "on_site": ("complete", ("pause", "charge", "help")),
    "done": ("charge", ()),
    "checked": ("charge", ()),
}
BARS_OF_UNPRICED_WORK = {**BARS_OF_PAID_WORK, UNPRICED: ("price", ("pause", "help"))}


@dataclass(frozen=True)
class PhoneStep:
    step: Step
    # "accepted:on_site en_route:on_site": where it leads from each state; empty: it leads nowhere.
    leads: str


@dataclass(frozen=True)
class PhoneBar:
    state: str
    primary: PhoneStep
    others: list[PhoneStep]


def phone_bars(work_order: WorkOrder, *, is_paid: bool) -> list[PhoneBar]:
    """`is_paid`: nothing is left to be received; a finished job has no button any more."""
    unpriced = work_order.waits_for_price
    return [
        PhoneBar(state, phone_step(primary, unpriced=unpriced), [phone_step(key, unpriced=unpriced) for key in others])
        for state, (primary, others) in _bars_of(work_order).items()
        if not (is_paid and primary == "charge")
    ]


def sheets(work_order: WorkOrder) -> list[PhoneStep]:
    """The steps that ask for something: their forms lie in the page, too."""
    keys = dict.fromkeys(key for primary, others in _bars_of(work_order).values() for key in (primary, *others))
    return [phone_step(key, unpriced=work_order.waits_for_price) for key in keys if STEPS[key].form is not None]


def _bars_of(work_order: WorkOrder) -> dict[str, tuple[str, tuple[str, ...]]]:
    if work_order.waits_for_price:
        return BARS_OF_UNPRICED_WORK
    return BARS_OF_PAID_WORK if work_order.service_request.payer == Payer.OWNER else BARS


def phone_step(key: str, *, unpriced: bool = False) -> PhoneStep:
    moves = _moves_of_unpriced(key) if unpriced else _moves(key)
    return PhoneStep(STEPS[key], " ".join(f"{source}:{target}" for source, target in moves))


def bar_state(work_order: WorkOrder) -> str:
    if work_order.waits_for_release:
        return STOPPED
    if work_order.paused_in == "on_site":
        return PAUSED_ON_SITE
    if work_order.state in ("accepted", "en_route") and work_order.waits_for_price:
        return UNPRICED
    return str(work_order.state)


def _moves(key: str) -> list[tuple[str, str]]:
    transition = next((row for row in WORK.transitions if row.verb == key), None)
    if transition is None:
        return []
    if key == "pause":
        return [(source, PAUSED_ON_SITE if source == "on_site" else "paused") for source in transition.sources]
    sources = [PAUSED_ON_SITE] if key == "resume_on_site" else transition.sources
    return [(source, transition.target) for source in sources]


def _moves_of_unpriced(key: str) -> list[tuple[str, str]]:
    """As the table says, with the price between taking the job and the door."""
    if key == "price":
        return [(UNPRICED, "accepted")]
    moves = [(source, UNPRICED if target == "accepted" else target) for source, target in _moves(key)]
    return [*moves, (UNPRICED, "paused")] if key == "pause" else moves
