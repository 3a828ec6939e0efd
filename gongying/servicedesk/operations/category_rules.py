from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.estates.models import Project
from gongying.events.operations import record_event
from gongying.servicedesk.enums import FollowUpBy, FollowUpRule
from gongying.servicedesk.models import CategoryRules, ServiceCategory
from gongying.servicedesk.models.category_rules import LARGEST_SAMPLE
from gongying.servicedesk.operations.versions import write_version


@transaction.atomic
def set_category_rules(
    category: ServiceCategory,
    *,
    project: Project | None = None,
    evidence: Sequence[str] = (),
    check_list: Sequence[str] = (),
    follow_up: str = "",
    sample_percent: int | None = None,
    follow_up_by: str = FollowUpBy.ANYBODY,
    follow_up_channel: str = "",
    valid_from: datetime | None = None,
    by: User,
    seen: int | None = None,
) -> CategoryRules:
    """Ask this of jobs of the category (and all below it) whose requests are registered from then on (R-208)."""
    items = [item.strip() for item in check_list if item.strip()]
    if len(set(items)) < len(items):
        raise Refused(_("Each item of a check list is written once."))
    if (follow_up == FollowUpRule.SAMPLE) != (sample_percent is not None):
        raise Refused(_("A sample needs a share of 1 to %(most)d per cent.") % {"most": LARGEST_SAMPLE})
    rules = CategoryRules(
        project=project,
        category=category,
        evidence=list(evidence),
        check_list=items,
        follow_up=follow_up,
        sample_percent=sample_percent,
        follow_up_by=follow_up_by,
        follow_up_channel=follow_up_channel,
    )
    rules = write_version(rules, valid_from=valid_from, by=by, seen=seen)
    _tell("category_rules.set", rules, by=by, evidence=rules.evidence, check_list=items, follow_up=rules.follow_up)
    return rules


@transaction.atomic
def end_category_rules(rules: CategoryRules, *, by: User, seen: int | None = None) -> CategoryRules:
    """From now on the next wider rules hold for new requests: of the company, or of the category above."""
    ended = CategoryRules(project=rules.project, category=rules.category, is_given_up=True)
    ended = write_version(ended, valid_from=None, by=by, seen=seen)
    _tell("category_rules.ended", ended, by=by)
    return ended


def _tell(verb: str, rules: CategoryRules, *, by: User, **details: Any) -> None:
    subjects: list[Any] = [rules.category, *([rules.project] if rules.project else [])]
    moment = rules.valid_from.isoformat()
    record_event(verb, by=by, subjects=subjects, name=str(rules), version=rules.version, valid_from=moment, **details)
