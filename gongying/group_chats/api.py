"""Robots of chat groups, and things in words for them."""

from typing import Annotated, Any, cast

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Status

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
    TimeOfDay,
    current_if_stale,
    line,
    named_row,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.group_chats.enums import MessageState, Provider, Topic
from gongying.group_chats.forms import GroupBotForm
from gongying.group_chats.models import LONGEST_ADDRESS, LONGEST_TEXT, GroupBot, GroupMessage
from gongying.group_chats.operations import post_to_group, save_bot, try_again, try_bot
from gongying.group_chats.rules import MANAGE_BOTS, POST_MESSAGES
from gongying.group_chats.texts import Source, discreet, find_source

router = Router(tags=["chat groups"])

GroupName = Annotated[str, line(60), Field(examples=["Repairs, east"])]
GroupAddress = Annotated[
    str,
    line(LONGEST_ADDRESS),
    Field(
        description="Secret: never answered again", examples=["https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"]
    ),
]
SigningSecret = Annotated[str, line(200, shortest=0), Field(description="Secret: never answered again", examples=[""])]
GroupTopics = Annotated[list[Topic], Field(max_length=len(Topic.values), examples=[["urgent", "fault"]])]
GroupWords = Annotated[
    str, line(LONGEST_TEXT), Field(examples=["YG-BX26-000123 urgent: 2-1-301, water in the kitchen"])
]


class GroupBotOut(Output):
    """The robot of a chat group, without what would let anybody write to the group."""

    id: int = Field(examples=[2])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    name: str = Field(examples=["Repairs, east"])
    provider: Provider
    address_hint: str = Field(description="Host and last four characters", examples=["qyapi.weixin.qq.com …a1b2"])
    is_signed: bool = Field(examples=[False])
    topics: list[Topic] = Field(description="What it says by itself", examples=[["urgent", "fault"]])
    digest_at: TimeOfDay | None = Field(description="When the summary of the project comes", examples=["18:00"])
    is_active: bool = Field(examples=[True])

    @staticmethod
    def resolve_is_signed(bot: GroupBot) -> bool:
        return bool(bot.signing_secret)


class GroupBotIn(Input):
    project_id: Id
    name: GroupName
    provider: Provider
    address: GroupAddress
    signing_secret: SigningSecret = ""
    topics: GroupTopics = Field(default_factory=list)
    digest_at: TimeOfDay | None = Field(None, examples=["18:00"])
    is_active: Flag = True


class GroupBotChange(Change):
    name: GroupName = optional()
    provider: Provider = optional()
    address: GroupAddress = optional()
    signing_secret: SigningSecret = optional()
    topics: GroupTopics = optional()
    digest_at: TimeOfDay | None = optional()
    is_active: Flag = optional()


class GroupMessageOut(Output):
    id: int = Field(examples=[41])
    bot_id: int = Field(examples=[2])
    text: str = Field(examples=["YG-BX26-000123 urgent: 2-1-301, water in the kitchen"])
    asked_by_id: int | None = Field(description="User; null: said by itself", examples=[3])
    at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    state: MessageState
    attempts: int = Field(examples=[1])
    next_try_at: Moment | None = Field(examples=[None])
    sent_at: Moment | None = Field(examples=["2026-11-22T09:00:01+08:00"])
    trouble: str = Field(description="Of the last attempt", examples=[""])


class GroupTextOut(Output):
    kind: str = Field(examples=["servicerequest"])
    id: int = Field(examples=[17])
    text: str = Field(examples=["YG-BX26-000123 urgent: 2-1-301, water in the kitchen"])


class GroupMessageIn(Input):
    kind: Annotated[str, line(30), Field(description="What it is about", examples=["servicerequest"])]
    thing_id: Id = Field(examples=[17])
    text: GroupWords | None = Field(None, description="Left out: as `GET /group-texts/…` says it")


def _visible(request: SignedInRequest, permission: str = MANAGE_BOTS) -> Any:
    authorize(request.user, permission)
    return GroupBot.objects.visible_to(request.user).select_related("project")


def _thing(request: SignedInRequest, kind: str, pk: int) -> tuple[Source, Any]:
    source = find_source(kind)
    if source is None:
        raise Http404
    return source, row_or_404(source.rows(request.user), pk)


@router.get("/group-bots", response=Listed[GroupBotOut])
def list_group_bots(request: SignedInRequest, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    return page(_visible(request), query, order=("id",))


@router.post("/group-bots", response={201: GroupBotOut})
def create_group_bot(request: SignedInRequest, body: GroupBotIn) -> Status[GroupBot]:
    authorize(request.user, MANAGE_BOTS)
    form = checked(GroupBotForm(form_data(GroupBotForm, body), user=request.user))
    return Status(201, save_bot(form.save(commit=False), by=request.user, **form.secrets()))


@router.get("/group-bots/{int:bot_id}", response=GroupBotOut)
def show_group_bot(request: SignedInRequest, bot_id: PathId) -> Any:
    return row_or_404(_visible(request), bot_id)


@router.patch("/group-bots/{int:bot_id}", response=GroupBotOut)
def update_group_bot(request: SignedInRequest, bot_id: PathId, body: GroupBotChange) -> Any:
    """An address or secret that is left out stays; one that is out of use is `is_active: false`."""
    bot = row_or_404(_visible(request), bot_id)
    form = checked(GroupBotForm(changed_data(bot, GroupBotForm, body), instance=bot, user=request.user))
    with current_if_stale(bot, GroupBotOut):
        save_bot(form.save(commit=False), by=request.user, seen=body.version, **form.secrets())
    return row_or_404(_visible(request), bot_id)


@router.post("/group-bots/{int:bot_id}/test", response={202: GroupMessageOut})
def create_group_test(request: SignedInRequest, bot_id: PathId) -> Status[GroupMessage]:
    """A test message; whether it got through is among the messages of the bot."""
    return Status(202, try_bot(cast(GroupBot, row_or_404(_visible(request), bot_id)), by=request.user))


@router.get("/group-bots/{int:bot_id}/messages", response=Listed[GroupMessageOut])
def list_group_messages(request: SignedInRequest, bot_id: PathId, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    bot = row_or_404(_visible(request), bot_id)
    return page(cast(GroupBot, bot).messages.all(), query, order=("-id",))


@router.post("/group-bots/{int:bot_id}/messages/{int:message_id}/retry", response={202: GroupMessageOut})
def create_group_retry(request: SignedInRequest, bot_id: PathId, message_id: PathId) -> Status[GroupMessage]:
    bot = row_or_404(_visible(request), bot_id)
    message = row_or_404(cast(GroupBot, bot).messages.all(), message_id)
    return Status(202, try_again(message, by=request.user))


@router.get("/group-texts/{kind}/{int:thing_id}", response=GroupTextOut)
def show_group_text(
    request: SignedInRequest, kind: Annotated[str, Path(examples=["servicerequest"])], thing_id: PathId
) -> dict[str, Any]:
    """A request, public fault or project (its day so far) in words for a chat group, in your language; numbers masked."""
    source, thing = _thing(request, kind, thing_id)
    return {"kind": kind, "id": thing.pk, "text": discreet(source.text(thing))}


@router.post("/group-bots/{int:bot_id}/messages", response={202: GroupMessageOut})
def create_group_message(request: SignedInRequest, bot_id: PathId, body: GroupMessageIn) -> Status[GroupMessage]:
    """Tell the group of a thing of its project; it stands on the thing's timeline."""
    bot = row_or_404(_visible(request, POST_MESSAGES), bot_id)
    source = find_source(body.kind)
    if source is None:
        raise invalid_field("kind", _("No such kind of thing can be told."), code="enum")
    thing = named_row(source.rows(request.user), body.thing_id, "thing_id")
    if source.project_of(thing) != bot.project_id:
        raise invalid_field("thing_id", _("It belongs to another project than the group."))
    text = body.text if body.text is not None else source.text(thing)
    return Status(202, post_to_group(bot, thing, text=text, by=request.user))
