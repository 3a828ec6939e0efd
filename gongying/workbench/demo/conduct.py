"""How the company looks at itself: the centre is opened by its list, colleagues are looked at, what fails is mended."""

from datetime import datetime, time, timedelta
from itertools import cycle
from typing import Any

from django.utils import timezone

from gongying.checklists.models import CheckList, Tick
from gongying.checklists.operations import start_run
from gongying.estates.models import Project
from gongying.improvements.operations import open_measure
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read
from gongying.workbench.demo.ticking import tick_through

OPENED_AT = time(8, 5)


def look_at_ourselves(cast: Cast, *, now: datetime) -> None:
    told = read("conduct")
    for story in told["openings"]:
        for days in range(story["days"], 0, -1):
            failed = story["failed"].get(str(days))
            _tick("opening", story, cast, at=_morning(now, days), failed=failed)
    measure = told["measure"]
    tick = Tick.objects.failed().filter(run__day=_morning(now, measure["days"]).date()).earliest("pk")
    due_on = timezone.localdate(now) + timedelta(days=measure["due_in"])
    open_measure(tick, by=cast["lizhuguan"], title=measure["title"], owner=cast[measure["owner"]], due_on=due_on)
    for story in told["looks"]:
        at = _morning(now, story["days"]) + timedelta(hours=2)
        _tick(story["use"], story, cast, at=at, failed=story.get("failed"), person=cast[story["of"]])
    for story in told["mystery"]:
        for days, failed in zip(story["days"], story["failed"], strict=True):
            words = cycle(told["mystery_words"])
            at, post = _morning(now, days) + timedelta(hours=3), cast[story["post_of"]].staff.post
            _tick("mystery", story, cast, at=at, failed=dict(zip(failed, words, strict=False)), post=post)


def _tick(use: str, story: dict[str, Any], cast: Cast, *, at: datetime, failed: Any, **more: Any) -> None:
    project: Project = cast.projects[story["project"]]
    check_list = CheckList.objects.in_force(project).get(key=use)
    run = start_run(check_list, by=cast[story["by"]], where=project, at=at, **more)
    failures = failed if isinstance(failed, dict) else dict([failed] if failed else [])
    tick_through(run, failures, by=cast[story["by"]], at=at + timedelta(minutes=6))


def _morning(now: datetime, days: int) -> datetime:
    day = timezone.localdate(now) - timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, OPENED_AT))
