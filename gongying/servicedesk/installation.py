"""What a fresh installation starts with: the category tree and who answers for it. Edited trees are left alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gongying.organization.models import Department
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory

DATA = Path(__file__).parent / "data"
# A child has what its parent says unless it says otherwise.
INHERITED = ("urgency", "trade", "payer", "needs_follow_up", "property_kinds", "department", "supporting")


def install_categories() -> None:
    if ServiceCategory.objects.exists():
        return
    tree = json.loads((DATA / "categories.json").read_text(encoding="utf-8"))
    departments = {department.kind: department for department in Department.objects.order_by("-pk")}
    for node in tree:
        _install(node, parent=None, inherited={}, departments=departments)


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
