from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.trees import refuse_circle
from gongying.events.operations import record_event
from gongying.organization.models import Department
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory


@transaction.atomic
def save_category(category: ServiceCategory, *, by: User, seen: int | None = None) -> ServiceCategory:
    """Write a category and the paths of everything below it. Requests keep what it said when they came in."""
    is_new = category.pk is None
    refuse_circle(category, category.parent, _("A category cannot belong to itself."))
    if category.parent is not None:
        category.parent = ServiceCategory.objects.get(
            pk=category.parent.pk
        )  # its name as it is by now: the path says it
    if category.parent is not None and is_new and category.parent.requests.exists():
        raise Refused(_("“%(name)s” has requests of its own: it cannot be divided.") % {"name": category.parent})
    if not is_new:
        category.advance_version(seen=seen)
    category.save()
    _save_below(category)
    verb = "category.added" if is_new else "category.changed"
    record_event(verb, by=by, subjects=[category], name=category.path, code=category.code)
    return category


@transaction.atomic
def remove_rule(rule: ResponsibilityRule, *, by: User, seen: int | None = None) -> None:
    rule.advance_version(seen=seen)
    record_event("responsibility.removed", by=by, subjects=[rule.category], name=str(rule))
    rule.delete()


@transaction.atomic
def save_rule(
    rule: ResponsibilityRule, *, supporting: Iterable[Department], by: User, seen: int | None = None
) -> ResponsibilityRule:
    """Who answers for a category from now on, and who helps; requests keep the department that they were given."""
    if rule.pk is not None:
        rule.advance_version(seen=seen)
    rule.save()
    rule.supporting.set(supporting)
    record_event("responsibility.set", by=by, subjects=[rule.category], name=str(rule))
    return rule


def _save_below(category: ServiceCategory) -> None:
    for child in category.children.all():
        child.parent = category
        child.save()
        _save_below(child)
