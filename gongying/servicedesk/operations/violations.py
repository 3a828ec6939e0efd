"""An illegal act in the area: dissuaded, reported to the authority, answered, ended, each with its time (E-025)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.files.operations import File, attach_stamped
from gongying.servicedesk.enums import DissuasionWay, Metric, RequestKind, ViolationOutcome
from gongying.servicedesk.models import (
    Answer,
    AuthorityAnswer,
    AuthorityReport,
    Conclusion,
    Dissuasion,
    ServiceRequest,
    ViolationDetails,
)
from gongying.servicedesk.operations.clocks import end_unneeded, meet, start_clocks
from gongying.servicedesk.operations.stages import lock_request, open_stage, save_changes, step, tell
from gongying.servicedesk.operations.work import cancel_waiting_work, check_nobody_is_at_work

# The same act at the same place counts as a recurrence so long after the last one ended.
RECURS_WITHIN = timedelta(days=365)
STATES_TO_ACT = ("registered", "accepted", "in_progress")


def write_details(service_request: ServiceRequest, *, violator: str = "") -> ViolationDetails:
    """At registration, or when a matter turns out to be a violation."""
    details, _is_new = ViolationDetails.objects.get_or_create(
        service_request=service_request,
        defaults={"violator": violator.strip(), "recurrence_of": _last_one_here(service_request)},
    )
    return details


def _last_one_here(service_request: ServiceRequest) -> ServiceRequest | None:
    """The last closed violation of the same category at the same unit, or, in common parts, at the same place."""
    rows = ServiceRequest.objects.filter(
        kind=RequestKind.VIOLATION,
        state="closed",
        project=service_request.project_id,
        category=service_request.category_id,
        building=service_request.building_id,
        entrance=service_request.entrance_id,
        unit=service_request.unit_id,
        facility=service_request.facility_id,
        entered_at__gte=service_request.entered_at - RECURS_WITHIN,
    )
    return rows.exclude(pk=service_request.pk).order_by("-entered_at", "-pk").first()


@transaction.atomic
def dissuade(
    service_request: ServiceRequest,
    *,
    by: User,
    way: str,
    words: str,
    heeded: bool,
    violator: str = "",
    at: datetime | None = None,
    photos: Sequence[File] = (),
    seen: int | None = None,
) -> Dissuasion:
    """Somebody spoke to whoever does it, or looked again. Not heeded, the time to report it begins with that moment.

    What was said last decides, not what was typed last.
    `violator`: who it turned out to be.
    """
    service_request = _lock(service_request, seen=seen)
    if way not in DissuasionWay.values or not words.strip():
        raise Refused(_("Say how it was done and what was said."))
    at = _moment(service_request, at)
    _take_up(service_request, by=by)
    dissuasion: Dissuasion = Dissuasion.objects.create(
        service_request=service_request,
        stage=open_stage(service_request),
        by=by,
        at=at,
        way=way,
        words=words.strip(),
        heeded=heeded,
    )
    if violator.strip():
        ViolationDetails.objects.filter(service_request=service_request).update(violator=violator.strip())
    _keep_proof(service_request, photos, by=by, at=at)
    meet(service_request, Metric.ON_SITE, by=by, at=at)
    _watch_report(service_request, by=by)
    _touch(service_request)
    tell(
        "violation.dissuaded",
        service_request,
        by=by,
        at=at,
        told=(service_request.owner,),
        way=way,
        words=words.strip()[:200],
        heeded=heeded,
        violator=violator.strip(),
    )
    return dissuasion


@transaction.atomic
def report_to_authority(
    service_request: ServiceRequest,
    *,
    by: User,
    authority: str,
    words: str,
    number: str = "",
    committee_told: bool = False,
    at: datetime | None = None,
    photos: Sequence[File] = (),
    seen: int | None = None,
) -> AuthorityReport:
    """Told to the authority that may enforce it, with its number if it gave one."""
    service_request = _lock(service_request, seen=seen)
    if not authority.strip() or not words.strip():
        raise Refused(_("Say which authority was told, and what."))
    at = _moment(service_request, at)
    _take_up(service_request, by=by)
    report: AuthorityReport = AuthorityReport.objects.create(
        service_request=service_request,
        stage=open_stage(service_request),
        by=by,
        at=at,
        authority=authority.strip(),
        words=words.strip(),
        number=number.strip(),
        committee_told=committee_told,
    )
    _keep_proof(service_request, photos, by=by, at=at)
    # Whoever told the authority before the dissuasion failed was in time.
    begun = service_request.clocks.running().of_metric(Metric.AUTHORITY_REPORT).first()
    meet(service_request, Metric.AUTHORITY_REPORT, by=by, at=max(at, begun.started_at) if begun else at)
    _touch(service_request)
    tell(
        "violation.reported",
        service_request,
        by=by,
        at=at,
        told=(service_request.owner,),
        authority=report.authority,
        words=report.words[:200],
        authority_number=report.number,
    )
    return report


@transaction.atomic
def record_authority_answer(
    service_request: ServiceRequest,
    *,
    by: User,
    words: str,
    number: str = "",
    at: datetime | None = None,
    seen: int | None = None,
) -> AuthorityAnswer:
    """What the authority said or did about the last report; also after the case has ended."""
    service_request = lock_request(service_request, seen=seen)
    report = service_request.authorityreports.last()
    if report is None:
        raise Refused(_("Nothing has been reported to an authority yet."))
    if not words.strip():
        raise Refused(_("Say what the authority answered."))
    now = timezone.now()
    if at is not None and not report.at <= at <= now:
        raise Refused(_("It must have happened between the report and now."))
    answer: AuthorityAnswer = AuthorityAnswer.objects.create(
        report=report, by=by, at=at or now, words=words.strip(), number=number.strip()
    )
    _touch(service_request)
    tell(
        "violation.answered",
        service_request,
        by=by,
        at=answer.at,
        told=(service_request.owner,),
        authority=report.authority,
        words=answer.words[:200],
        authority_number=answer.number,
    )
    return answer


@transaction.atomic
def conclude_violation(
    service_request: ServiceRequest, *, by: User, outcome: str, words: str, seen: int | None = None
) -> ServiceRequest:
    """What became of it. The loop goes on as with every request: whoever reported it is told, then it closes."""
    service_request = _lock(service_request, seen=seen)
    service_request.machine.check("resolve", service_request.state, label=service_request.state_label)
    if outcome not in ViolationOutcome.values or not words.strip():
        raise Refused(_("Say how it ended."))
    _check_proof(service_request, outcome)
    cancel_waiting_work(service_request, by=by, reason=_("Ended without a visit"))
    check_nobody_is_at_work(service_request)
    stage, now = open_stage(service_request), timezone.now()
    Conclusion.objects.create(service_request=service_request, stage=stage, by=by, at=now, outcome=outcome)
    Answer.objects.create(service_request=service_request, stage=stage, by=by, at=now, text=words.strip())
    step(service_request, "resolve", by=by)
    tell("violation.concluded", service_request, by=by, at=now, outcome=outcome, text=words.strip()[:200])
    return service_request


def _check_proof(service_request: ServiceRequest, outcome: str) -> None:
    """As the database holds it (`conditions.END_OF_VIOLATION`), in words."""
    if outcome == ViolationOutcome.UNFOUNDED:
        return
    last = _last_dissuasion(service_request)
    if last is None:
        raise Refused(_("Still missing: the dissuasion."))
    if outcome == ViolationOutcome.HEEDED:
        if not last.heeded:
            raise Refused(_("The last dissuasion was not heeded: look again first, or report it to the authority."))
        return
    if not _is_reported(service_request):
        raise Refused(_("Still missing: the report to the authority."))
    if outcome == ViolationOutcome.ENFORCED and not _is_answered(service_request):
        raise Refused(_("Still missing: the answer of the authority."))


def _last_dissuasion(service_request: ServiceRequest) -> Dissuasion | None:
    last: Dissuasion | None = service_request.dissuasions.order_by("at", "pk").last()
    return last


def _watch_report(service_request: ServiceRequest, *, by: User) -> None:
    """The time to report runs while the last dissuasion was not heeded."""
    last = _last_dissuasion(service_request)
    if last is None:
        return
    if last.heeded:
        end_unneeded(service_request, Metric.AUTHORITY_REPORT, by=by, at=timezone.now())
    elif not _is_reported(service_request) and not _report_clock_runs(service_request):
        start_clocks(service_request, [Metric.AUTHORITY_REPORT], started_at=last.at)


def _is_reported(service_request: ServiceRequest) -> bool:
    return bool(service_request.authorityreports.exists())


def _is_answered(service_request: ServiceRequest) -> bool:
    return AuthorityAnswer.objects.filter(report__service_request=service_request).exists()


def _report_clock_runs(service_request: ServiceRequest) -> bool:
    return bool(service_request.clocks.running().of_metric(Metric.AUTHORITY_REPORT).exists())


def _lock(service_request: ServiceRequest, *, seen: int | None) -> ServiceRequest:
    service_request = lock_request(service_request, seen=seen)
    if not service_request.is_violation:
        raise Refused(_("This is no violation."))
    if service_request.state not in STATES_TO_ACT:
        raise Refused(_("This matter is finished."), current=service_request.present_state())
    return service_request


def _take_up(service_request: ServiceRequest, *, by: User) -> None:
    """Whoever acts has taken the matter on."""
    for verb, event in (("accept", "request.accepted"), ("start", "request.started")):
        if service_request.machine.find(verb, service_request.state) is not None:
            now = step(service_request, verb, by=by)
            tell(event, service_request, by=by, at=now)


def _moment(service_request: ServiceRequest, at: datetime | None) -> datetime:
    now = timezone.now()
    if at is not None and not service_request.occurred_at <= at <= now:
        raise Refused(_("It must have happened between the discovery and now."))
    return at or now


def _keep_proof(service_request: ServiceRequest, photos: Sequence[File], *, by: User, at: datetime) -> None:
    """Time, place, number and name are burnt in; the original stays beside it (E-051)."""

    def lines(taken_at: datetime | None) -> list[str]:
        clock = timezone.localtime(taken_at or at).strftime("%Y-%m-%d %H:%M")
        return [f"{clock}  {by}", f"{service_request.project} {service_request.where}  {service_request}"]

    for photo in photos:
        attach_stamped(photo, to=service_request, by=by, lines=lines)


def _touch(service_request: ServiceRequest) -> None:
    save_changes(service_request, touched_at=timezone.now())
