from typing import Any

from gongying.checklists.models import CheckItem, CheckList, CheckRun, Phrase
from gongying.checklists.operations import Item, Mark, save_phrase, start_run, tick_items, write_list
from tests.structure.url_matrix import Sample, action, api, page

TICK = "checklists.tick_lists"
INSPECT = "checklists.inspect_conduct"
MANAGE = "checklists.manage_lists"
READS = (TICK, INSPECT)
LIST = {"list_id": "check_list"}
RUN = {"run_id": "check_run"}


def own_list(sample: Sample) -> CheckList:
    facts = {"use": "meeting", "key": "meeting", "name": "会议准备", "source": "本项目标准"}
    return write_list(by=sample.user, project=sample.unit.project, items=[Item("灯光明亮")], **facts)


def a_run(sample: Sample) -> CheckRun:
    return start_run(sample.get("check_list"), by=sample.user, where=sample.unit)


def ticked(sample: Sample) -> CheckRun:
    run = a_run(sample)
    return tick_items(run, {an_item(run).pk: Mark("fine")}, by=sample.user)


def an_item(run: CheckRun) -> CheckItem:
    return CheckItem.objects.of(run.check_list)[0]


def own_phrase(sample: Sample) -> Phrase:
    facts = {"situation": "counter", "say": "您好", "project": sample.unit.project}
    return save_phrase(Phrase(**facts), by=sample.user)


def start(sample: Sample) -> dict[str, Any]:
    return {"project_id": sample.unit.project_id, "check_list_id": sample.get("check_list").pk}


def ticks(sample: Sample) -> dict[str, Any]:
    run = sample.get("check_run")
    return {"version": run.version, "ticks": [{"item_id": an_item(run).pk, "verdict": "fine"}]}


OBJECTS = {"check_list": own_list, "check_run": ticked, "phrase": own_phrase}
A_CENTRE = {"reason": "who serves some buildings has no service centre", "allowed": (200, 201, 302, 404, 409, 422)}
THE_COMPANY = {"reason": "the company's are written by who sees all projects", "allowed": (201, 302, 403, 404)}
WORDS = {"name": "接待", "source": "公司标准", "use": "reception", "items": [{"text": "微笑"}]}
OWN = {"place": False, "reason": "what a project has of its own", "allowed": (200, 302, 404)}

LINES = [
    page("checklists:run-index", needs=READS),
    action("checklists:run-create", needs=READS, **A_CENTRE),
    page("checklists:run-show", needs=READS, **RUN),
    action("checklists:run-tick", needs=TICK, **RUN),
    page("checklists:phrase-index", needs=READS),
    page("checklists:hint-index", needs=READS),
    action("checklists:wording-check", data={"text": "必须配合"}, reason="whoever writes to customers"),
    page("checklists:phrase-new", needs=MANAGE),
    page("checklists:phrase-edit", phrase_id="phrase", needs=MANAGE, **OWN),
    page("checklists:list-index", needs=MANAGE),
    page("checklists:list-new", needs=MANAGE),
    page("checklists:list-show", needs=MANAGE, **LIST, **OWN),
    page("checklists:version-new", needs=MANAGE, **LIST, **OWN),
    action("checklists:list-end", needs=MANAGE, **LIST, **OWN),
    api("GET /check-lists", needs=READS),
    api("GET /check-lists/{list_id}", needs=READS, **LIST, **OWN),
    api("POST /check-lists", needs=MANAGE, data=WORDS, **THE_COMPANY),
    api("GET /check-runs", needs=READS),
    api("POST /check-runs", needs=TICK, data=start, **A_CENTRE),
    api("GET /check-runs/{run_id}", needs=READS, **RUN),
    api("PUT /check-runs/{run_id}/ticks", needs=TICK, data=ticks, allowed=(200, 409), **RUN),
    api("POST /check-runs/{run_id}/finish", needs=TICK, allowed=(200, 409), **RUN),
    api("GET /phrases", needs=READS),
    api("POST /phrases", needs=MANAGE, data={"situation": "counter", "say": "您好"}, **THE_COMPANY),
    api("PATCH /phrases/{phrase_id}", phrase_id="phrase", needs=MANAGE, data={"version": 1, "say": "您早"}, **OWN),
    api("POST /wording-checks", data={"text": "必须配合"}, reason="whoever writes to customers"),
]
