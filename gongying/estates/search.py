"""Facilities in the one search box: found from the counter in two clicks (R-041)."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.common.search import Hit, Query, Score, Shape
from gongying.estates.listings import matches_facility
from gongying.estates.models import CommonFacility


class FacilitySearch:
    name = "facilities"
    label: str | Promise = _("Facilities")
    icon = "building"

    def search(self, user: Any, query: Query, limit: int) -> Sequence[Hit]:
        if Shape.WORDS not in query:
            return []
        found = (
            CommonFacility.objects.visible_to(user)
            .filter(matches_facility(query.text))
            .select_related("project")
            .order_by("project_id", "kind", "name", "pk")[:limit]
        )
        return [
            Hit(
                id=facility.pk,
                title=facility.name,
                subtitle=" · ".join(filter(None, [facility.project.name, facility.function[:40]])),
                badge=str(facility.get_kind_display()),
                url=reverse("estates:facility-show", args=[facility.pk]),
                score=Score.PART if query.text in facility.name.lower() else Score.WORDS,
            )
            for facility in found
        ]
