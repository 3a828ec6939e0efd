"""What a fresh installation starts with: the category tree, who answers for it, the service times. Edited ones are left alone."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongying.organization.models import Department
from gongying.servicedesk.models import (
    EscalationLadder,
    PauseLimit,
    ResponsibilityRule,
    ServiceCategory,
    ServiceTimePolicy,
    ServiceTimeTarget,
)

DATA = Path(__file__).parent / "data"
EVER = datetime(2000, 1, 1, tzinfo=UTC)
# A child has what its parent says unless it says otherwise.
INHERITED = ("urgency", "trade", "payer", "needs_follow_up", "property_kinds", "department", "supporting")


def install_categories() -> None:
    if ServiceCategory.objects.exists():
        return
    tree = json.loads((DATA / "categories.json").read_text(encoding="utf-8"))
    departments = {department.kind: department for department in Department.objects.order_by("-pk")}
    for node in tree:
        _install(node, parent=None, inherited={}, departments=departments)


def install_service_times() -> None:
    """The defaults of standards 2.1: proposals, each with its source. They hold from the beginning of time on."""
    defaults = json.loads((DATA / "service_times.json").read_text(encoding="utf-8"))
    if not ServiceTimePolicy.objects.exists():
        for row in defaults["policies"]:
            targets = row.pop("targets")
            policy = ServiceTimePolicy.objects.create(valid_from=EVER, **row)
            ServiceTimeTarget.objects.bulk_create(
                ServiceTimeTarget(policy=policy, metric=metric, **target) for metric, target in targets.items()
            )
    if not EscalationLadder.objects.exists():
        EscalationLadder.objects.create(steps=defaults["ladder"], valid_from=EVER)
    if not PauseLimit.objects.exists():
        for reason, days in defaults["longest_pauses"].items():
            PauseLimit.objects.create(reason=reason, working_days=days)


def _install(
    node: Mapping[str, Any],
    *,
    parent: ServiceCategory | None,
    inherited: Mapping[str, Any],
    departments: Mapping[str, Department],
) -> None:
    facts = {**inherited, **{name: node[name] for name in INHERITED if name in node}}
    category = ServiceCategory.objects.create(
        code=node["code"],
        name=node["name"],
        parent=parent,
        property_kinds=facts.get("property_kinds", []),
        default_urgency=facts.get("urgency", "normal"),
        trade=facts.get("trade", ""),
        payer=facts.get("payer", "company"),
        needs_follow_up=facts.get("needs_follow_up", True),
        position=ServiceCategory.objects.count(),
    )
    department = departments.get(facts.get("department", ""))
    # A rule where the answer changes; below it, the tree inherits (`ResponsibilityRule.objects.answering`).
    says_who = "department" in node or "supporting" in node
    if department is not None and says_who:
        rule = ResponsibilityRule.objects.create(category=category, department=department)
        rule.supporting.set(departments[kind] for kind in facts.get("supporting", []) if kind in departments)
    for child in node.get("children", []):
        _install(child, parent=category, inherited=facts, departments=departments)
