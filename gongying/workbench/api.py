from typing import Annotated, Any

from ninja import Field, Query, Router, Schema

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Output, line
from gongying.common.search import LONGEST_QUERY
from gongying.common.search import Query as Typed
from gongying.workbench.search import ROWS_PER_GROUP, find

router = Router(tags=["search"])


class HitOut(Output):
    id: int = Field(description="Of the thing that the group is made of", examples=[5])
    title: str = Field(examples=["Zhou Jianhua"])
    subtitle: str = Field(description="Where; numbers masked", examples=["2-1-301 · 138****1234"])
    badge: str = Field(examples=["owner"])
    url: str = Field(description="Its page", examples=["/customers/5/"])
    score: int = Field(description="100: exactly this", examples=[100])


class GroupOut(Output):
    """Hits of one kind, the best first."""

    name: str = Field(description="`units`, `people`, `vehicles`, `requests`, …", examples=["people"])
    label: str = Field(examples=["Persons"])
    hits: list[HitOut]


class SearchIn(Schema):
    q: Annotated[str, line(LONGEST_QUERY)] = Field(
        description="A phone or its last four digits, a unit, a name, its pinyin or initials, a plate, a request's "
        "number or its last four digits, any two characters of a text",
        examples=["2-1-301"],
    )
    limit: int = Field(ROWS_PER_GROUP, ge=1, le=50, description="Hits per group")


@router.get("/search", response=list[GroupOut], summary="The one search box")
def search(request: SignedInRequest, query: Annotated[SearchIn, Query()]) -> list[Any]:
    """The group with the best hit comes first. Only what you may see is found."""
    return [
        {"name": group.name, "label": str(group.label), "hits": group.hits}
        for group in find(request.user, Typed(query.q), limit=query.limit)
    ]
