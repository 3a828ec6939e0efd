"""What is to be done: one's list, one line that makes a task, and what happens with one."""

from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_counts, paginate
from gongying.schedule.models import Task, thing_named
from gongying.schedule.operations import (
    change_task,
    create_task,
    delete_task,
    finish_task,
    move_task,
    reopen_task,
    snooze_reminder,
    tasks_key,
)
from gongying.schedule.task_forms import LineForm, MoveForm, SnoozeForm, TaskForm
from gongying.schedule.task_lines import understand

LISTS = {
    "mine": gettext_lazy("to do"),
    "today": gettext_lazy("due today"),
    "overdue": pgettext_lazy("tasks", "overdue"),
    "given": gettext_lazy("given to others"),
    "done": pgettext_lazy("tasks", "done"),
}
ORDER, NEWEST_DONE, BY_DUE = ("position", "id"), ("-done_at", "-id"), ("due_at", "id")
ORDERS = {"done": NEWEST_DONE, "today": BY_DUE, "overdue": BY_DUE}


def rows_of(request: SignedInRequest, key: str) -> Any:
    """The list of this name; a number that somewhere counts it opens exactly these rows."""
    mine = Task.objects.visible_to(request.user).of_assignee(request.user)
    tomorrow = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time()))
    rows = {
        "mine": mine.open(),
        "today": mine.due_before(tomorrow),
        "overdue": mine.overdue(),
        "given": Task.objects.visible_to(request.user).given_by(request.user).open(),
        "done": mine.done(),
    }
    return rows[key]


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    return _show_list(request, LineForm())


def _show_list(request: SignedInRequest, form: LineForm, *, status: int = 200) -> HttpResponse:
    key = request.GET.get("list", "mine")
    key = key if key in LISTS else "mine"
    counted = [name for name in LISTS if name != "done"]
    counts = bounded_counts([rows_of(request, name) for name in counted])
    page = paginate(
        rows_of(request, key).for_list(request.user), order=ORDERS.get(key, ORDER), cursor=request.GET.get("cursor")
    )
    context = {
        "form": form,
        "page": page,
        "key": key,
        "chips": [(name, LISTS[name], count) for name, count in zip(counted, counts, strict=True)]
        + [("done", LISTS["done"], None)],
        "live": tasks_key(request.user.pk),
        "can_move": key == "mine",
    }
    return render(request, "schedule/task_index.html", context, status=status)


@require_POST
def enter(request: SignedInRequest) -> HttpResponse:
    """One line is enough; what was understood of it stands in the list and in what the page says."""
    form = LineForm(request.POST)
    if not form.is_valid():
        return _show_list(request, form, status=422)
    understood = understand(form.cleaned_data["line"], user=request.user)
    task = create_task(by=request.user, **understood.facts())
    tell(request, _("Entered: %(task)s") % {"task": task}, undo=reverse("schedule:task-destroy", args=[task.pk]))
    return redirect("schedule:task-index")


@require_safe
def preview(request: SignedInRequest) -> HttpResponse:
    """What a line would become, while one types."""
    form = LineForm(request.GET)
    understood = understand(form.cleaned_data["line"], user=request.user) if form.is_valid() else None
    return render(request, "schedule/_understood.html", {"understood": understood})


@require_safe
def show(request: SignedInRequest, task_id: int) -> HttpResponse:
    return _show(request, _find(request, task_id))


def _show(request: SignedInRequest, task: Task, *, status: int = 200) -> HttpResponse:
    context = {
        "task": task,
        "about": task.about(request.user),
        "planned": task.planned_time,
        "is_own": task.is_of(request.user),
        "reminder": getattr(task, "reminder", None),
        "snoozes": SnoozeForm.base_fields["until"].choices,  # type: ignore[attr-defined]
    }
    return render(request, "schedule/task_show.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """What it is linked to may come along in the address: customer, unit, about=servicerequest-7."""
    linked = {name: request.GET.get(name) for name in ("customer", "unit") if request.GET.get(name)}
    form = TaskForm(sent_with(request), user=request.user, initial=linked)
    about = thing_named(request.GET.get("about", ""), request.user)
    if form.is_valid():
        task = create_task(by=request.user, about=about, **form.facts())
        tell(request, _("Entered: %(task)s") % {"task": task})
        return done(request, task.linked_url or reverse("schedule:task-show", args=[task.pk]))
    note = " \u00b7 ".join(filter(None, (form.links, str(about) if about else "")))
    return show_form(
        request, form, title=_("New task"), submit=_("Save"), back=reverse("schedule:task-index"), note=note
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = find_own_task(request, task_id)
    form = _form_of(request, task, sent_with(request))
    back = reverse("schedule:task-show", args=[task.pk])
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(request, find_own_task(request, task_id))):
            seen = take_version(form)
            change_task(task, by=request.user, seen=seen, **form.facts())
            tell(request, _("Saved."))
            return done(request, back)
    return show_form(request, form, title=_("Change task"), submit=_("Save"), back=back, note=form.links)


@require_POST
def finish(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = finish_task(find_own_task(request, task_id), by=request.user)
    tell(request, _("Done: %(task)s") % {"task": task}, undo=reverse("schedule:task-reopen", args=[task.pk]))
    return _go_on(request, task)


@require_POST
def reopen(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = reopen_task(find_own_task(request, task_id), by=request.user)
    tell(request, _("To do again: %(task)s") % {"task": task})
    return _go_on(request, task)


@require_POST
def move(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Dragged, or moved with the keys: to before another one."""
    task = _find(request, task_id)
    if task.assignee_id != request.user.pk:
        raise PermissionDenied(_("Only who does it orders her tasks."))
    form = MoveForm(request.POST, user=request.user)
    if not form.is_valid():
        return HttpResponse(form.errors["before"][0], status=422, content_type="text/plain; charset=utf-8")
    move_task(task, before=form.cleaned_data["before"], by=request.user)
    return redirect("schedule:task-index")


@require_POST
def snooze(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = find_own_task(request, task_id)
    form = SnoozeForm(request.POST)
    reminder = getattr(task, "reminder", None)
    if reminder is None or task.assignee_id != request.user.pk:
        raise PermissionDenied(_("There is no reminder of yours here."))
    if not form.is_valid():
        return _show(request, task, status=422)
    snooze_reminder(reminder, until=form.moment(), by=request.user)
    tell(request, _("You are reminded again."))
    return redirect("schedule:task-show", task.pk)


@require_POST
def destroy(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = find_own_task(request, task_id)
    delete_task(task, by=request.user)
    tell(request, _("Deleted."))
    return redirect("schedule:task-index")


def _go_on(request: SignedInRequest, task: Task) -> HttpResponse:
    """Where it was pressed: the first page, the task itself, or the list."""
    pressed_on = request.POST.get("from") or request.GET.get("from")
    if pressed_on == "home":
        return redirect(settings.LOGIN_REDIRECT_URL)
    if pressed_on == "task":
        return redirect("schedule:task-show", task.pk)
    return redirect("schedule:task-index")


def _find(request: SignedInRequest, task_id: int) -> Task:
    found: Task = get_object_or_404(Task.objects.visible_to(request.user).for_list(request.user), pk=task_id)
    return found


def find_own_task(request: SignedInRequest, task_id: int) -> Task:
    task = _find(request, task_id)
    if not task.is_of(request.user):
        raise PermissionDenied(_("Only who does it or has given it changes a task."))
    return task


def _form_of(request: SignedInRequest, task: Task, data: Any = None) -> TaskForm:
    return carrying_version(TaskForm(data, user=request.user, task=task), task)
