"""What is to be done, and notes for oneself."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    Seen,
    current_if_stale,
    line,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.problems import invalid_field
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.schedule.api.links import LinkedOut
from gongying.schedule.enums import TaskPriority
from gongying.schedule.models import Memo, Task, seen_if_asked_for, seen_links, team_of, thing_named
from gongying.schedule.models.tasks import LONGEST_MEMO, LONGEST_NOTE, LONGEST_TITLE
from gongying.schedule.operations import (
    change_memo,
    change_task,
    create_task,
    delete_memo,
    delete_task,
    finish_task,
    move_task,
    reopen_task,
    write_memo,
)
from gongying.schedule.task_lines import LONGEST_LINE, understand

router = Router(tags=["tasks"])

Title = Annotated[str, line(LONGEST_TITLE), Field(examples=["Call back 2-301"])]
Note = Annotated[str, line(LONGEST_NOTE, shortest=0), Field(examples=["About the parking space"])]
MemoText = Annotated[str, line(LONGEST_MEMO), Field(examples=["Mr Zhou likes to be called in the evening"])]
Line = Annotated[str, line(LONGEST_LINE)]
DUE = "With `is_whole_day` any time of that day will do"
ABOUT = "A request, visit or promise, as its kind and id"


class TaskOut(LinkedOut):
    """Something to be done, by one person."""

    id: int = Field(examples=[31])
    version: int = Field(examples=[1])
    title: str = Field(examples=["Call back 2-301"])
    note: str = Field(examples=["About the parking space"])
    priority: TaskPriority = Field(description="1 important, 5 normal, 9 when there is time")
    position: int = Field(description="Its place in the list of who does it", examples=[0])
    due_at: Moment | None
    is_whole_day: bool
    is_private: bool
    assignee_id: int = Field(description="Log-in of who does it", examples=[4])
    created_by_id: int = Field(examples=[4])
    customer_id: int | None = Field(examples=[5])
    unit_id: int | None = Field(examples=[12])
    about: str = Field(description=ABOUT, examples=["servicerequest-7"])
    remind_at: Moment | None
    done_at: Moment | None = Field(examples=[None])

    @staticmethod
    def resolve_about(task: Task) -> str:
        return task.about_key


class TaskIn(Input):
    title: Title
    note: Note = ""
    priority: TaskPriority = TaskPriority.NORMAL
    due_at: Moment | None = Field(None, description=DUE)
    is_whole_day: Flag = False
    is_private: Flag = False
    assignee_id: Id | None = Field(None, description="Log-in; default: you")
    customer_id: Id | None = None
    unit_id: Id | None = None
    about: Annotated[str, line(60, shortest=0)] = Field("", description=ABOUT, examples=[""])
    remind_at: Moment | None = Field(None, examples=[None])


class TaskChange(Change):
    title: Title = optional()
    note: Note = optional()
    priority: TaskPriority = optional()
    due_at: Moment | None = optional(description=DUE)
    is_whole_day: Flag = optional()
    is_private: Flag = optional()
    assignee_id: Id = optional()
    customer_id: Id | None = optional()
    unit_id: Id | None = optional()
    remind_at: Moment | None = optional(examples=[None])


class TaskLineIn(Input):
    line: Line = Field(
        description="As people say it: day, hour, unit and an exclamation mark are understood",
        examples=["2026-12-01 9:00 call back 2-301 !"],
    )


class TaskPlaceIn(Input):
    before_id: Id | None = Field(None, description="null: to the end of the list")


class TaskQuery(Paging):
    assignee_id: PathId | None = None
    unit_id: PathId | None = None
    customer_id: PathId | None = None
    done: bool | None = None
    due_until: Moment | None = Field(None, description="Exclusive")
    sort: Literal["position", "-id"] = "position"


class MemoOut(Output):
    """A note for oneself: nobody else's are ever shown."""

    id: int = Field(examples=[8])
    version: int = Field(examples=[1])
    text: str = Field(examples=["Mr Zhou likes to be called in the evening"])
    is_pinned: bool
    changed_at: Moment
    remind_at: Moment | None


class MemoIn(Input):
    text: MemoText
    is_pinned: Flag = False
    remind_at: Moment | None = Field(None, examples=[None])


class MemoChange(Change):
    text: MemoText = optional()
    is_pinned: Flag = optional()
    remind_at: Moment | None = optional(examples=[None])


@router.get("/tasks", response=Listed[TaskOut])
def list_tasks(request: SignedInRequest, query: Annotated[TaskQuery, Query()]) -> dict[str, Any]:
    """Your own, those you gave, and what you may see of your colleagues'."""
    rows = seen_if_asked_for(_rows(request), query)
    for name in ("assignee_id", "unit_id", "customer_id"):
        if (value := getattr(query, name)) is not None:
            rows = rows.filter(**{name: value})
    if query.done is not None:
        rows = rows.filter(done_at__isnull=not query.done)
    if query.due_until is not None:
        rows = rows.filter(due_at__lt=query.due_until)
    return page(rows, query, order=("-id",) if query.sort == "-id" else ("position", "id"))


@router.post("/tasks", response={201: TaskOut})
def add_task(request: SignedInRequest, body: TaskIn) -> Status[Task]:
    given = body.model_dump(exclude={"assignee_id", "customer_id", "unit_id", "about"})
    about = thing_named(body.about, request.user) if body.about else None
    if body.about and about is None:
        raise invalid_field("about", _("There is no such thing, or you may not see it."))
    task = create_task(by=request.user, about=about, **given, **_named(body.model_dump(), request.user))
    return Status(201, _as_kept(request, task))


@router.post("/task-lines", response={201: TaskOut}, summary="A task in one line")
def add_task_line(request: SignedInRequest, body: TaskLineIn) -> Status[Task]:
    """What was understood stands in the answer; the rest of the line is the title."""
    task = create_task(by=request.user, **understand(body.line, user=request.user).facts())
    return Status(201, _as_kept(request, task))


@router.get("/tasks/{int:task_id}", response=TaskOut)
def show_task(request: SignedInRequest, task_id: PathId) -> Task:
    return _find(request, task_id)


@router.patch("/tasks/{int:task_id}", response=TaskOut)
def update_task(request: SignedInRequest, task_id: PathId, body: TaskChange) -> Task:
    task = _find_own(request, task_id)
    sent = body.changes()
    given = {name: value for name, value in sent.items() if name not in NAMED}
    given.setdefault("remind_at", task.remind_at)
    with current_if_stale(task, TaskOut, rows=_rows(request)):
        change_task(task, by=request.user, seen=body.version, **given, **_named(sent, request.user))
    return _as_kept(request, task)


@router.delete("/tasks/{int:task_id}", response={204: None})
def remove_task(request: SignedInRequest, task_id: PathId, version: Seen = None) -> Status[None]:
    """Only by who entered it."""
    task = _find_own(request, task_id)
    with current_if_stale(task, TaskOut, rows=_rows(request)):
        delete_task(task, by=request.user, seen=version)
    return Status(204, None)


@router.post("/tasks/{int:task_id}/completion", response=TaskOut, summary="A task is done")
def complete_task(request: SignedInRequest, task_id: PathId) -> Task:
    return _as_kept(request, finish_task(_find_own(request, task_id), by=request.user))


@router.post("/tasks/{int:task_id}/reopening", response=TaskOut, summary="A task is not done after all")
def create_task_reopening(request: SignedInRequest, task_id: PathId) -> Task:
    return _as_kept(request, reopen_task(_find_own(request, task_id), by=request.user))


@router.put("/tasks/{int:task_id}/position", response=TaskOut, summary="Move a task in its list")
def place_task(request: SignedInRequest, task_id: PathId, body: TaskPlaceIn) -> Task:
    """Each orders her own list."""
    task = _find(request, task_id)
    if task.assignee_id != request.user.pk:
        raise PermissionDenied(_("Only who does it orders her tasks."))
    others = Task.objects.visible_to(request.user).of_assignee(request.user).open()
    move_task(task, before=named_row_if(others, body.before_id, "before_id"), by=request.user)
    return _as_kept(request, task)


@router.get("/memos", response=Listed[MemoOut])
def list_memos(request: SignedInRequest, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    rows = Memo.objects.visible_to(request.user).select_related("reminder")
    return page(rows, query, order=("-is_pinned", "-changed_at", "-id"))


@router.post("/memos", response={201: MemoOut})
def add_memo(request: SignedInRequest, body: MemoIn) -> Status[Memo]:
    return Status(201, write_memo(by=request.user, **body.model_dump()))


@router.get("/memos/{int:memo_id}", response=MemoOut)
def show_memo(request: SignedInRequest, memo_id: PathId) -> Memo:
    return row_or_404(Memo.objects.visible_to(request.user), memo_id)


@router.patch("/memos/{int:memo_id}", response=MemoOut)
def update_memo(request: SignedInRequest, memo_id: PathId, body: MemoChange) -> Memo:
    memo = row_or_404(Memo.objects.visible_to(request.user), memo_id)
    present: dict[str, str | bool | datetime | None] = {
        "text": memo.text,
        "is_pinned": memo.is_pinned,
        "remind_at": memo.remind_at,
    }
    given: dict[str, Any] = {**present, **body.changes()}
    with current_if_stale(memo, MemoOut):
        return change_memo(memo, by=request.user, seen=body.version, **given)


@router.delete("/memos/{int:memo_id}", response={204: None})
def remove_memo(request: SignedInRequest, memo_id: PathId, version: Seen = None) -> Status[None]:
    memo = row_or_404(Memo.objects.visible_to(request.user), memo_id)
    with current_if_stale(memo, MemoOut):
        delete_memo(memo, by=request.user, seen=version)
    return Status(204, None)


NAMED = ("assignee_id", "customer_id", "unit_id")


def _named(sent: dict[str, Any], user: User) -> dict[str, Any]:
    """The rows that are named, out of what the caller sees."""
    found: dict[str, Any] = {}
    if sent.get("assignee_id") is not None:
        team = User.objects.filter(staff__in=team_of(user)) | User.objects.filter(pk=user.pk)
        found["assignee"] = named_row(team.distinct(), sent["assignee_id"], "assignee_id")
    if "customer_id" in sent:
        found["customer"] = named_row_if(Party.objects.visible_to(user), sent["customer_id"], "customer_id")
    if "unit_id" in sent:
        found["unit"] = named_row_if(Unit.objects.visible_to(user), sent["unit_id"], "unit_id")
    return found


def _rows(request: SignedInRequest) -> Any:
    rows = Task.objects.visible_to(request.user).select_related("reminder")
    return rows.annotate(**seen_links(request.user))


def _as_kept(request: SignedInRequest, task: Task) -> Task:
    """Told as the next reading will tell it. Who has given it away hears of its customer no more."""
    kept: Task | None = _rows(request).filter(pk=task.pk).first()
    return kept or task


def _find(request: SignedInRequest, task_id: int) -> Task:
    return row_or_404(Task.objects.visible_to(request.user).for_list(request.user), task_id)


def _find_own(request: SignedInRequest, task_id: int) -> Task:
    task = _find(request, task_id)
    if not task.is_of(request.user):
        raise PermissionDenied(_("Only who does it or has given it changes a task."))
    return task
