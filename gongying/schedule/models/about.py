"""What a task or an event of the calendar is about beside customer and unit: a request, a visit, a promise of higher apps."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from gongying.common.inputs import id_in
from gongying.common.permissions import may
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.events.models import kind_of
from gongying.events.subjects import all_kinds, find_kind

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

FILES = "customers.view_files"


class AboutSomething(models.Model):
    """Known by the kind and id of its timeline, as it stands in higher apps."""

    unit_id: int | None
    customer_id: int | None
    unit: Any
    customer: Any
    about_kind = models.CharField(max_length=40, blank=True, editable=False)
    about_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def about_key(self) -> str:
        """As addresses and the API name it: `servicerequest-7`."""
        return f"{self.about_kind}-{self.about_id}" if self.about_kind else ""

    @about_key.setter
    def about_key(self, key: str) -> None:
        self.about_kind, _dash, pk = key.rpartition("-")
        self.about_id = int(pk) if pk else None

    def on_timeline_of(self) -> Any:
        """The thing itself, whoever looks: for the journal."""
        kind = find_kind(self.about_kind) if self.about_kind else None
        return kind.model._default_manager.filter(pk=self.about_id).first() if kind else None

    def about(self, user: "AnyUser") -> Any:
        """The thing that it is about, if this person sees it."""
        return thing_named(self.about_key, user)

    @property
    def shown_customer(self) -> Party | None:
        """For a reader: only where the row was read with `seen_links` of hers, and she may see the file."""
        return self.customer if getattr(self, "sees_customer", False) else None

    @property
    def shown_unit(self) -> Unit | None:
        return self.unit if getattr(self, "sees_unit", False) else None

    @property
    def linked_url(self) -> str:
        """The page of what it is for: there it was planned from, most likely."""
        if self.about_url:
            return self.about_url
        if self.unit_id:
            return reverse("customers:household-show", args=[self.unit_id])
        return reverse("customers:party-show", args=[self.customer_id]) if self.customer_id else ""

    @property
    def about_url(self) -> str:
        kind = find_kind(self.about_kind) if self.about_kind else None
        return kind.url_of(self.about_id) if kind and self.about_id else ""


# Of both columns one says nothing without the other.
ABOUT_WHOLE = Q(about_kind="", about_id=None) | (~Q(about_kind="") & Q(about_id__isnull=False))


def is_about(thing: models.Model) -> Q:
    return Q(about_kind=kind_of(thing), about_id=thing.pk)


def customers_seen_by(user: "AnyUser") -> Any:
    """Whose file she may open: in her reach, and files are hers to see."""
    return Party.objects.visible_to(user) if may(user, FILES) else Party.objects.none()


def seen_links(user: "AnyUser") -> dict[str, Exists]:
    """Who takes part or is to do it is told what and where, and of the customer no more than else (`annotate`)."""
    return {
        "sees_customer": Exists(customers_seen_by(user).filter(pk=OuterRef("customer_id"))),
        "sees_unit": Exists(Unit.objects.visible_to(user).filter(pk=OuterRef("unit_id"))),
    }


def seen_if_asked_for(rows: Any, query: Any) -> Any:
    """Who asks for what is planned with a customer or home learns of those she may know (`rows` with `seen_links`)."""
    for name in ("customer", "unit"):
        if getattr(query, f"{name}_id") is not None:
            rows = rows.filter(**{f"sees_{name}": True})
    return rows


def in_reach_of(user: "AnyUser") -> Q:
    """What names no customer, unit, request or visit that this person may not see."""
    reach = Q(customer=None) | Q(customer__in=customers_seen_by(user))
    reach &= Q(unit=None) | Q(unit__in=Unit.objects.visible_to(user))
    seen = Q(about_kind="")
    for kind in all_kinds():
        if kind.takes_plans:
            seen |= Q(Q(about_kind=kind.key) & Exists(kind.visible_to(user).filter(pk=OuterRef("about_id"))))
    return reach & seen


def thing_named(text: str, user: "AnyUser") -> Any:
    """What an address or the API names as `servicerequest-7`, if it is one to plan for and this person sees it."""
    key, _dash, pk = text.rpartition("-")
    kind, number = find_kind(key), id_in(pk)
    if kind is None or not kind.takes_plans or number is None:
        return None
    return kind.seen(user, number)
