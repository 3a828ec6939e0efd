"""Two files of one customer become one, and can become two again.

Which tables speak of a customer is read from the models themselves, so that apps built later are included without knowing of it.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.customers.models import HeadcountRecord, Party, PartyMerge, PartyRole
from gongying.events.operations import record_event


@transaction.atomic
def merge_parties(kept: Party, *, merged: Party, by: User) -> PartyMerge:
    """Everything that is said of `merged` is said of `kept` from now on; the other file stays as a pointer.

    What `kept` has already (the same number, the same consent) stays with the merged file and comes back to life on undo.
    """
    kept, merged = _lock_pair(kept, merged)
    _refuse_merge(kept, merged)
    moved = {label: ids for label, field in _fields_of_party() if (ids := _repoint(field, merged, kept))}
    merged.merged_into = kept
    merged.advance_version(seen=None)
    merged.save(update_fields=["merged_into"])
    merge = PartyMerge.objects.create(kept=kept, merged=merged, moved=moved, by=by)
    record_event(
        "customer.merged",
        by=by,
        subjects=[kept, merged],
        merge=merge.pk,
        name=merged.name,
        rows=sum(len(ids) for ids in moved.values()),
    )
    return merge


@transaction.atomic
def undo_merge(merge: PartyMerge, *, by: User) -> PartyMerge:
    """Give the merged file back what it had; refused where later work depends on the merge."""
    merge = PartyMerge.objects.select_for_update(of=["self"], no_key=True).get(pk=merge.pk)
    kept, merged = _lock_pair(merge.kept, merge.merged)
    if merge.undone_at is not None:
        raise Refused(_("This merge was undone already."))
    if kept.merged_into_id is not None:
        raise Refused(_("The file was merged again later: undo that first."))
    _refuse_later_work(merge)
    for label, ids in merge.moved.items():
        field = _field(label)
        field.model._base_manager.filter(pk__in=ids).update(**{field.name: merged})
    merged.merged_into = None
    merged.advance_version(seen=None)
    merged.save(update_fields=["merged_into"])
    merge.undone_by, merge.undone_at = by, timezone.now()
    merge.save(update_fields=["undone_by", "undone_at"])
    record_event("customer.merge_undone", by=by, subjects=[kept, merged], merge=merge.pk, name=merged.name)
    return merge


def _refuse_merge(kept: Party, merged: Party) -> None:
    if kept.pk == merged.pk:
        raise Refused(_("A file cannot be merged with itself."))
    if kept.merged_into_id is not None or merged.merged_into_id is not None:
        raise Refused(_("One of the two files was merged already."))
    if kept.kind != merged.kind:
        raise Refused(_("A person and a company are never the same customer."))
    if merged.legal_hold:
        raise Refused(_("This file must be kept: %(reason)s") % {"reason": merged.legal_hold})
    mine = PartyRole.objects.owners().filter(party=kept, unit=models.OuterRef("unit"))
    shared = PartyRole.objects.owners().filter(
        models.Exists(mine.filter(during__overlap=models.OuterRef("during"))), party=merged
    )
    if role := shared.select_related("unit").first():
        raise Refused(_("Both own a share of %(unit)s at the same time: end one of them first.") % {"unit": role.unit})
    if HeadcountRecord.objects.filter(
        models.Exists(
            HeadcountRecord.objects.filter(
                party=kept, project=models.OuterRef("project"), during__overlap=models.OuterRef("during")
            )
        ),
        party=merged,
    ).exists():
        raise Refused(_("Both have a headcount for the same days: correct one of them first."))


def _refuse_later_work(merge: PartyMerge) -> None:
    """Rows that changed hands must still be there and still be the kept customer's, and nothing new may stand on them."""
    for label, ids in merge.moved.items():
        field = _field(label)
        present = field.model._base_manager.filter(pk__in=ids, **{field.name: merge.kept_id}).count()
        if present != len(ids):
            raise Refused(
                _("Later work depends on the merge: %(count)s of “%(kind)s” were changed since.")
                % {"count": len(ids) - present, "kind": field.model._meta.verbose_name}
            )
    units = _units_brought(merge)
    for label, field in _fields_of_party():
        if not units or not _has_unit(field.model):
            continue
        later = field.model._base_manager.filter(**{field.name: merge.kept_id}, unit__in=units).exclude(
            pk__in=merge.moved.get(label, [])
        )
        if count := later.count():
            raise Refused(
                _("Later work depends on the merge: %(count)s of “%(kind)s” were added since.")
                % {"count": count, "kind": field.model._meta.verbose_name}
            )


def _units_brought(merge: PartyMerge) -> set[int]:
    """Units with which only the merged file had to do."""
    ids = merge.moved.get(PartyRole._meta.label + ".party", [])
    brought = set(PartyRole.objects.filter(pk__in=ids, unit__isnull=False).values_list("unit_id", flat=True))
    own = PartyRole.objects.filter(party=merge.kept_id).exclude(pk__in=ids)
    return brought - set(own.values_list("unit_id", flat=True))


def _fields_of_party() -> Iterator[tuple[str, Any]]:
    """Every foreign key to a customer, of every app, except the pointers of merging itself."""
    for relation in Party._meta.related_objects:
        field = relation.field
        if field.model not in (Party, PartyMerge):
            yield f"{field.model._meta.label}.{field.name}", field


def _field(label: str) -> Any:
    model_label, name = label.rsplit(".", 1)
    return apps.get_model(model_label)._meta.get_field(name)


def _has_unit(model: type[models.Model]) -> bool:
    return any(field.name == "unit" for field in model._meta.concrete_fields)


def _repoint(field: Any, merged: Party, kept: Party) -> list[int]:
    """Move the rows in one statement; where some cannot move (a constraint), one by one, leaving those behind."""
    rows = field.model._base_manager.filter(**{field.name: merged})
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids or _moves(rows.filter(pk__in=ids), field, kept):
        return ids
    return [pk for pk in ids if _moves(rows.filter(pk=pk), field, kept)]


def _moves(rows: "models.QuerySet[Any]", field: Any, kept: Party) -> bool:
    try:
        with transaction.atomic():
            rows.update(**{field.name: kept})
    except IntegrityError:
        return False
    return True


def _lock_pair(first: Party, second: Party) -> tuple[Party, Party]:
    """Both files, always locked in the same order, so that two people merging crosswise do not block each other."""
    rows = Party.objects.select_for_update(no_key=True).order_by("pk").in_bulk([first.pk, second.pk])
    return rows[first.pk], rows[second.pk]
