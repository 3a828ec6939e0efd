"""What customers write: slips in two boxes, a letter that waits too long, a mail, and what stands in their chat groups."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.estates.models import Project, Unit
from gongying.interactions.chats import read_chat
from gongying.interactions.enums import Channel
from gongying.interactions.models import Letter, SuggestionBox
from gongying.interactions.operations import (
    Slip,
    SpokenLine,
    answer_letter,
    enter_letters,
    log_chat,
    open_box,
    save_box,
)
from gongying.interactions.recognition import Speaker, recognise
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

NOON, EVENING = 12, 22
ANSWERED_WITHIN = timedelta(days=7)


def let_customers_write(cast: Cast, *, now: datetime) -> None:
    told = read("letters")
    boxes = {entry["name"]: _hang(entry, cast, now) for entry in told["boxes"]}
    for entry in told["openings"]:
        _open(boxes[entry["box"]], entry, cast, now)
    for entry in told["chats"]:
        _paste(entry, cast, now)
    for entry in told["letters"]:
        project = cast.projects[entry["project"]]
        with clock_at(_noon(now, entry["days"])):
            due_on = timezone.localdate() + timedelta(days=entry["within"])
            facts = {"channel": entry["channel"], "reply_due_on": due_on, "by": cast[entry["by"]]}
            enter_letters(project, slips=_slips(entry["slips"], project), **facts)


def _hang(entry: Mapping[str, Any], cast: Cast, now: datetime) -> SuggestionBox:
    with clock_at(_noon(now, entry["hung_days"])):
        box = SuggestionBox(
            project=cast.projects[entry["project"]],
            name=entry["name"],
            every_days=entry["every_days"],
            keeper=cast[entry["keeper"]],
        )
        return save_box(box, by=cast["zhoujingli"])


def _open(box: SuggestionBox, entry: Mapping[str, Any], cast: Cast, now: datetime) -> None:
    by, at = cast[entry["by"]], _noon(now, entry["days"])
    with clock_at(at):
        due_on, slips = timezone.localdate() + ANSWERED_WITHIN, _slips(entry["slips"], box.project)
        opening = open_box(box, by=by, witness=cast[entry["witness"]], reply_due_on=due_on, slips=slips)
    with clock_at(at + timedelta(days=1)):
        for letter, text in zip(Letter.objects.filter(opening=opening).order_by("pk"), entry["answers"], strict=False):
            way = "phone" if letter.interaction.unit_id else "posted"
            answer_letter(letter, text=text, way=way, by=by)


def _paste(entry: Mapping[str, Any], cast: Cast, now: datetime) -> None:
    """A piece of a chat as somebody copies it late in the evening of its day."""
    project, by = cast.projects[entry["project"]], cast[entry["by"]]
    with clock_at(_noon(now, entry["days"]).replace(hour=EVENING)):
        lines = read_chat("\n".join(entry["lines"]), now=timezone.now())
        speakers = recognise(lines, project, user=by)
        spoken = [SpokenLine(line, speakers.get(line.name, Speaker(line.name))) for line in lines]
        log_chat(spoken, by=by, project=project, channel=Channel.OWNERS_GROUP, group=entry["group"])


def _slips(entries: Sequence[Mapping[str, Any]], project: Project) -> list[Slip]:
    return [Slip(entry["text"], unit=_unit(entry.get("unit"), project)) for entry in entries]


def _unit(code: str | None, project: Project) -> Unit | None:
    return Unit.objects.get(project=project, code=code) if code else None


def _noon(now: datetime, days: int) -> datetime:
    return (timezone.localtime(now) - timedelta(days=days)).replace(hour=NOON, minute=0, second=0, microsecond=0)
