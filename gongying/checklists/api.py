"""Check lists, what was ticked, and phrases for machines: a tablet at the entrance, a training tool."""

from datetime import time
from typing import Annotated, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.enums import Audience, Situation, Use, Verdict
from gongying.checklists.forms import LONGEST_TEXT
from gongying.checklists.models import CheckItem, CheckList, CheckRun, Phrase, Tick
from gongying.checklists.models.lists import LONGEST_ITEM, LONGEST_LEVEL, LONGEST_NAME, LONGEST_SOURCE, MOST_ITEMS
from gongying.checklists.models.phrases import LONGEST_PHRASE
from gongying.checklists.models.runs import LONGEST_WORD
from gongying.checklists.operations import Item, Mark, finish_run, save_phrase, start_run, tick_items, write_list
from gongying.checklists.rules import INSPECT, MANAGE, TICK, centres_of, may_begin, permission_for
from gongying.checklists.wording import objectionable
from gongying.common.api import (
    Change,
    Day,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    TimeOfDay,
    current_if_stale,
    line,
    matching,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize, may
from gongying.common.problems import invalid_field
from gongying.estates.models import Project
from gongying.estates.stewards import serving
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Post, StaffMember

router = Router(tags=["checklists"])

Words = Annotated[str, line(LONGEST_PHRASE, shortest=0)]


class CheckItemOut(Output):
    id: int = Field(examples=[41])
    position: int = Field(examples=[1])
    text: str = Field(examples=["Stand up and greet"])
    source: str = Field(examples=["R-145"])
    level: str = Field(description="Of a standard in levels, the lowest first", examples=[""])


class CheckListOut(Output):
    """One version of a check list; the newest holds for what begins."""

    id: int = Field(examples=[3])
    key: str = Field(examples=["reception"])
    use: Use
    version: int = Field(examples=[1])
    project_id: int | None = Field(description="null: of the whole company", examples=[None])
    name: str = Field(examples=["Reception of visitors"])
    source: str = Field(examples=["R-145"])
    due_by: TimeOfDay | None = Field(description="Of a daily list: ticked every day before")
    is_given_up: bool = Field(examples=[False])
    written_at: Moment


class CheckListDetail(CheckListOut):
    items: list[CheckItemOut]

    @staticmethod
    def resolve_items(check_list: CheckList) -> QuerySet[CheckItem]:
        return CheckItem.objects.of(check_list)


class CheckItemIn(Input):
    text: Annotated[str, line(LONGEST_ITEM), Field(examples=["Stand up and greet"])]
    source: Annotated[str, line(LONGEST_SOURCE, shortest=0), Field(examples=["R-145"])] = ""
    level: Annotated[
        str, line(LONGEST_LEVEL, shortest=0), Field(description="Of a standard in levels", examples=[""])
    ] = ""


class CheckListIn(Input):
    """The next version of a list, or with no key a further list."""

    key: Annotated[str, line(30, shortest=0), Field(examples=[""])] = ""
    use: Use
    project_id: Id | None = Field(None, description="null: of the whole company")
    name: Annotated[str, line(LONGEST_NAME), Field(examples=["Reception of visitors"])]
    source: Annotated[str, line(LONGEST_SOURCE), Field(examples=["House rules 2026"])]
    due_by: TimeOfDay | None = None
    items: Annotated[list[CheckItemIn], Field(min_length=1, max_length=MOST_ITEMS)]


class CheckListQuery(Paging):
    project_id: PathId | None = Field(None, description="As they hold there; left out: the newest of all")


class TickOut(Output):
    id: int = Field(examples=[77])
    item_id: int = Field(examples=[41])
    verdict: Verdict
    word: str = Field(examples=[""])
    by_id: int = Field(description="User", examples=[3])
    at: Moment


class CheckRunOut(Output):
    """A check list ticked once."""

    id: int = Field(examples=[12])
    version: int = Field(examples=[1])
    check_list_id: int = Field(examples=[3])
    use: Use
    project_id: int = Field(examples=[1])
    day: Day
    person_id: int | None = Field(description="User who was looked at", examples=[None])
    post_id: int | None = Field(description="Whose score it is", examples=[None])
    started_by_id: int = Field(description="User", examples=[3])
    started_at: Moment
    finished_at: Moment | None = Field(examples=[None])
    ticks: list[TickOut]

    @staticmethod
    def resolve_ticks(run: CheckRun) -> QuerySet[Tick]:
        return Tick.objects.of(run)


class CheckRunIn(Input):
    check_list_id: Id = Field(examples=[3])
    project_id: Id
    staff_id: Id | None = Field(None, description="Of whom, where it is about a colleague")
    post_id: Id | None = Field(None, description="Which post, for a mystery-shopper check")


class CheckRunQuery(Paging):
    project_id: PathId | None = None
    use: Use | None = None
    is_finished: bool | None = None


class TickIn(Input):
    item_id: Id = Field(examples=[41])
    verdict: Verdict
    word: Annotated[str, line(LONGEST_WORD, shortest=0), Field(examples=[""])] = ""


class TicksIn(Change):
    ticks: Annotated[list[TickIn], Field(min_length=1, max_length=MOST_ITEMS)]


class PhraseOut(Output):
    """What one says in a situation, what one does not, and what to mind."""

    id: int = Field(examples=[5])
    version: int = Field(examples=[1])
    project_id: int | None = Field(description="null: of the whole company", examples=[None])
    situation: Situation
    audience: Audience
    say: str = Field(examples=["Good morning, please sit down"])
    avoid: str = Field(examples=["Not my job"])
    hint: str = Field(examples=["Stand up first"])
    source: str = Field(examples=["R-145"])
    is_offered: bool = Field(examples=[True])


class PhraseIn(Input):
    project_id: Id | None = Field(None, description="null: of the whole company")
    situation: Situation
    audience: Audience = Audience.ANYBODY
    say: Words = Field("", examples=["Good morning, please sit down"])
    avoid: Words = Field("", examples=["Not my job"])
    hint: Words = Field("", examples=["Stand up first"])
    source: Words = Field("", examples=["R-145"])


class PhraseChange(Change):
    say: Words = optional(examples=["Good morning, please sit down"])
    avoid: Words = optional(examples=["Not my job"])
    hint: Words = optional(examples=["Stand up first"])
    source: Words = optional(examples=["R-145"])
    is_offered: Flag = optional(examples=[True])


class PhraseQuery(Paging):
    situation: Situation | None = None
    audience: Audience | None = None


class WordingIn(Input):
    text: Annotated[str, Field(max_length=LONGEST_TEXT, examples=["That is not my job"])]


class WordingHit(Output):
    found: str = Field(examples=["Not my job"])
    instead: str = Field(examples=["I see to it"])
    why: str = Field(examples=["Whoever is asked first is responsible"])


def _reads(request: SignedInRequest) -> None:
    if not may(request.user, INSPECT):
        authorize(request.user, TICK)


def _own_project(request: SignedInRequest, project_id: int | None) -> Project | None:
    """Only who sees all projects writes for the company."""
    if project_id is None:
        authorize(request.user, "organization.see_all_projects")
    return named_row_if(Project.objects.visible_to(request.user), project_id, "project_id")


@router.get("/check-lists", response=Listed[CheckListOut])
def list_check_lists(request: SignedInRequest, query: Annotated[CheckListQuery, Query()]) -> dict[str, Any]:
    _reads(request)
    rows = CheckList.objects.visible_to(request.user)
    project = named_row_if(Project.objects.visible_to(request.user), query.project_id, "project_id")
    return page(rows.in_force(project) if project else rows.newest(), query, order=("id",))


@router.get("/check-lists/{int:list_id}", response=CheckListDetail)
def show_check_list(request: SignedInRequest, list_id: PathId) -> Any:
    _reads(request)
    return row_or_404(CheckList.objects.visible_to(request.user), list_id)


@router.post("/check-lists", response={201: CheckListDetail}, summary="Write a version of a check list")
def create_check_list(request: SignedInRequest, body: CheckListIn) -> Status[CheckList]:
    authorize(request.user, MANAGE)
    project = _own_project(request, body.project_id)
    due_by: time | None = body.due_by
    if body.key:
        known = CheckList.objects.visible_to(request.user).filter(key=body.key).first()
        if known is None or known.use != body.use:
            raise invalid_field("key", _("There is no list of this use with this key."))
    items = [Item(item.text, item.source, item.level) for item in body.items]
    facts = body.model_dump(include={"key", "name", "source"})
    return Status(201, write_list(by=request.user, use=body.use, project=project, due_by=due_by, items=items, **facts))


@router.get("/check-runs", response=Listed[CheckRunOut])
def list_check_runs(request: SignedInRequest, query: Annotated[CheckRunQuery, Query()]) -> dict[str, Any]:
    """The newest first."""
    _reads(request)
    rows = matching(CheckRun.objects.visible_to(request.user), query, "project_id", "use")
    if query.is_finished is not None:
        rows = rows.filter(finished_at__isnull=not query.is_finished)
    return page(rows, query, order=("-started_at", "-id"))


@router.post("/check-runs", response={201: CheckRunOut}, summary="Begin to tick a check list")
def create_check_run(request: SignedInRequest, body: CheckRunIn) -> Status[CheckRun]:
    _reads(request)
    project = named_row(centres_of(request.user), body.project_id, "project_id")
    lists = CheckList.objects.visible_to(request.user).in_force(project)
    check_list: CheckList = named_row(lists, body.check_list_id, "check_list_id")
    authorize(request.user, permission_for(check_list))
    if not may_begin(request.user, check_list):
        raise invalid_field("check_list_id", _("This list is begun at what it is about."))
    people = serving(project.place, right=TerritoryRight.VIEW_FILES)
    person: StaffMember | None = named_row_if(people, body.staff_id, "staff_id")
    post: Post | None = named_row_if(Post.objects.all(), body.post_id, "post_id")
    who = person.user if person else None
    run = start_run(check_list, by=request.user, where=project, person=who, post=post)
    return Status(201, run)


@router.get("/check-runs/{int:run_id}", response=CheckRunOut)
def show_check_run(request: SignedInRequest, run_id: PathId) -> Any:
    _reads(request)
    return row_or_404(CheckRun.objects.visible_to(request.user), run_id)


@router.put("/check-runs/{int:run_id}/ticks", response=CheckRunOut, summary="Tick items")
def update_ticks(request: SignedInRequest, run_id: PathId, body: TicksIn) -> Any:
    """What failed says in a word how. Items that are left out stay as they are."""
    run = _to_tick(request, run_id)
    marks = {tick.item_id: Mark(tick.verdict, tick.word) for tick in body.ticks}
    with current_if_stale(run, CheckRunOut):
        return tick_items(run, marks, by=request.user, seen=body.version)


@router.post("/check-runs/{int:run_id}/finish", response=CheckRunOut, summary="Finish a check list")
def create_check_finish(request: SignedInRequest, run_id: PathId) -> Any:
    return finish_run(_to_tick(request, run_id), by=request.user)


@router.get("/phrases", response=Listed[PhraseOut])
def list_phrases(request: SignedInRequest, query: Annotated[PhraseQuery, Query()]) -> dict[str, Any]:
    _reads(request)
    rows = matching(Phrase.objects.visible_to(request.user), query, "situation", "audience")
    return page(rows, query, order=("id",))


@router.post("/phrases", response={201: PhraseOut})
def create_phrase(request: SignedInRequest, body: PhraseIn) -> Status[Phrase]:
    authorize(request.user, MANAGE)
    project = _own_project(request, body.project_id)
    phrase = Phrase(project=project, **body.model_dump(exclude={"project_id"}))
    return Status(201, save_phrase(phrase, by=request.user))


@router.patch("/phrases/{int:phrase_id}", response=PhraseOut)
def update_phrase(request: SignedInRequest, phrase_id: PathId, body: PhraseChange) -> Any:
    authorize(request.user, MANAGE)
    phrase = row_or_404(Phrase.objects.visible_to(request.user).changeable_by(request.user), phrase_id)
    for name, value in body.changes().items():
        setattr(phrase, name, value)
    with current_if_stale(phrase, PhraseOut):
        return save_phrase(phrase, by=request.user, seen=body.version)


@router.post("/wording-checks", response=list[WordingHit], summary="Look at the words of a text")
def create_wording_check(request: SignedInRequest, body: WordingIn) -> Any:
    """Which listed phrases it holds, and what to say instead. Nothing is kept."""
    return objectionable(body.text, user=request.user)


def _to_tick(request: SignedInRequest, run_id: int) -> CheckRun:
    _reads(request)
    run: CheckRun = row_or_404(CheckRun.objects.visible_to(request.user).select_related("check_list"), run_id)
    authorize(request.user, permission_for(run.check_list))
    return run
