"""A twentieth of what was finished is looked at by somebody else, not only what customers complain about (R-228)."""

import math
import secrets
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.estates.models import Project
from gongying.servicedesk.models import QualitySample, SampleDraw, ServiceRequest, WorkCompletion
from gongying.servicedesk.operations.stages import lock_request, tell

SHARE = 0.05
WEEK = timedelta(days=7)


@app.periodic(cron="20 4 * * 1")
@app.task(queueing_lock="draw_samples", pass_context=False)
def draw_samples_later(timestamp: int) -> None:
    draw_samples(week=monday_of(timezone.localdate()) - WEEK)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def draw_samples(*, week: date) -> int:
    """Draw 5 % of each project's orders finished in the week that begins on that Monday, at least one; once a week."""
    return sum(_draw(project, week) for project in Project.objects.order_by("pk"))


@transaction.atomic
def _draw(project: Project, week: date) -> int:
    start = timezone.make_aware(datetime.combine(week, time()))
    completions = WorkCompletion.objects.filter(at__gte=start, at__lt=start + WEEK)
    finished = ServiceRequest.objects.filter(
        project=project, pk__in=completions.values("work_order__service_request"), quality_sample=None
    )
    ids = list(finished.order_by("pk").values_list("pk", flat=True))
    draw, is_new = SampleDraw.objects.get_or_create(project=project, week=week, defaults={"finished": len(ids)})
    if not is_new or not ids:
        return 0
    chosen = secrets.SystemRandom().sample(ids, math.ceil(len(ids) * SHARE))
    QualitySample.objects.bulk_create(QualitySample(draw=draw, service_request_id=pk) for pk in chosen)
    return len(chosen)


@transaction.atomic
def inspect_sample(sample: QualitySample, *, by: User, passed: bool, note: str = "") -> QualitySample:
    """Somebody who did not do the work called back or went to look. What is not good goes to who answers for it."""
    service_request = lock_request(sample.service_request)
    sample = QualitySample.objects.select_for_update(no_key=True).get(pk=sample.pk)
    if sample.inspected_at is not None:
        raise Refused(_("This sample is inspected already."))
    if service_request.work_orders.filter(doer=by).exists():
        raise Refused(_("Nobody inspects his own work."))
    if not passed and not note.strip():
        raise Refused(_("Say what is not good."))
    now = timezone.now()
    sample.inspector, sample.passed, sample.note, sample.inspected_at = by, passed, note.strip(), now
    sample.save()
    told = () if passed else (service_request.owner,)
    tell("request.inspected", service_request, by=by, at=now, told=told, passed=passed, note=note.strip()[:200])
    return sample
