"""Disputes between neighbours: one settled, one whose agreement is to be asked after, one just taken up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.customers.models import PartyRole
from gongying.estates.models import Project, Unit
from gongying.mediation.models import MediationCase, Side
from gongying.mediation.operations import Disputant, hold_session, keep_agreement, open_case, reach_agreement
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

SESSION_AFTER, AGREED_AFTER, ASKED_AFTER = timedelta(days=2), timedelta(days=3), timedelta(days=17)
HOUR = timedelta(hours=1)
MORNING = 9
A5 = (1240, 874)


def mediate_between_neighbours(cast: Cast, *, now: datetime) -> None:
    for told in read("disputes")["disputes"]:
        _tell(told, cast[told["mediator"]], cast.projects[told["project"]], began=_morning(now, told["days"]))


def _tell(told: Mapping[str, Any], by: User, project: Project, *, began: datetime) -> None:
    sides = [_disputant(entry, project) for entry in told["sides"]]
    with clock_at(began):
        case = open_case(project, subject=told["subject"], matter=told["matter"], sides=sides, by=by)
    if "session" in told:
        with clock_at(began + SESSION_AFTER + HOUR):
            _sit_together(case, told["session"], by=by, at=began + SESSION_AFTER)
    if "agreement" in told:
        asked = began + ASKED_AFTER if "kept" in told else timezone.now() + timedelta(days=told["check_in"])
        with clock_at(began + AGREED_AFTER):
            day = timezone.localdate(asked)
            reach_agreement(case, text=told["agreement"], check_on=day, papers=[_signed_paper()], by=by)
        if "kept" in told:
            with clock_at(asked):
                keep_agreement(case, word=told["kept"], by=by)


def _sit_together(case: MediationCase, said: Mapping[str, Any], *, by: User, at: datetime) -> None:
    present = list(Side.objects.of(case))
    hold_session(case, began_at=at, ended_at=at + HOUR, present=present, by=by, **said)


def _disputant(entry: Mapping[str, Any], project: Project) -> Disputant:
    unit = Unit.objects.get(project=project, code=entry["unit"])
    owner = PartyRole.objects.current().filter(unit=unit).select_related("party").order_by("rank", "pk").first()
    return Disputant(
        name="" if owner else unit.code, party=owner.party if owner else None, unit=unit, statement=entry["statement"]
    )


def _signed_paper() -> SimpleUploadedFile:
    """A white sheet: nobody signs in a demo."""
    sheet = BytesIO()
    Image.new("RGB", A5, "white").save(sheet, "JPEG")
    return SimpleUploadedFile("agreement.jpg", sheet.getvalue(), "image/jpeg")


def _morning(now: datetime, days: int) -> datetime:
    day = timezone.localtime(now) - timedelta(days=days)
    return day.replace(hour=MORNING, minute=10, second=0, microsecond=0)
