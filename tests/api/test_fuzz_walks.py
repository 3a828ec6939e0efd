"""Schemathesis goes from answer to question: what one operation made or found is read, changed, acted on and ended by others.

Which answer gives what to whom it finds by itself in the description (resources, and the ids in paths and bodies), within
an area: between all operations it finds thirty thousand ways. `GONGYING_WALK_SECONDS` walks on for longer.
"""

import os
import time
from collections import Counter
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.stateful.state_machine import StepInput, StepOutput

from tests.api import test_fuzz
from tests.api.test_fuzz import CHECKS, FEWEST, SCHEMA, TimeIsUp, World, aim

SECONDS = float(os.environ.get("GONGYING_WALK_SECONDS") or 20)
STEPS = 8
# More than there is time for.
WALKS = 100_000
AREAS = {
    "requests": "requests|work-orders",
    "customers": "parties|units|occupancies|vehicles|contact-points|abusive-contacts|consents|promises|interactions",
    "desk": "reception-tickets|help-calls|shift-handovers|keys|key-loans|release-passes|guest-passes|mail-items",
    "places": "fit-outs|home-visits|visit-needs|unit-handovers|developer-defects|mediations|joint-reviews",
    "office": "staff|territories|leaves|tasks|memos|calendar-events|briefings|approvals|check-runs|saved-views",
}

world = test_fuzz.world


class Steps:
    """What is ours of the machine that walks: each walk is somebody's, and is taken back."""

    world: World
    until: float
    wrong: list[str]
    done: Counter[str]

    def setup(self) -> None:
        self.done["walks"] += 1
        self.caller = self.world.callers[self.done["walks"] % len(self.world.callers)]
        self.version = 1
        self.before = transaction.savepoint()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)
        super().teardown()  # type: ignore[misc]

    def step(self, input: StepInput) -> StepOutput:  # noqa: A002 -- the name is theirs
        if time.monotonic() >= self.until and self.done["followed"] >= FEWEST:
            raise TimeIsUp
        case = input.case
        if input.transition is None:
            aim(case, self.world.existing)
        else:
            self.done["followed"] += 1
        if isinstance(case.body, dict) and isinstance(case.body.get("version"), int):
            case.body = {**case.body, "version": self.version}
        with transaction.atomic():
            return super().step(input)  # type: ignore[misc, no-any-return]

    def get_call_kwargs(self, _case: Any) -> dict[str, Any]:
        return {"headers": self.caller}

    def after_call(self, response: Any, _case: Any) -> None:
        """Who goes on with a thing has read which version it has."""
        with suppress(ValueError, KeyError, TypeError):
            self.version = int(response.json()["version"])

    def validate_response(self, response: Any, case: Any, **_more: Any) -> None:
        """What is wrong is kept, not raised: who walks on finds more, and tried again it would have other ids."""
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as failure:
            self.wrong += [f"{case.operation.label}: {each}" for each in failure.exceptions]


@pytest.mark.django_db
@pytest.mark.parametrize("area", AREAS)
def test_operations_keep_their_word_one_after_the_other(area: str, world: World) -> None:
    machine = SCHEMA.include(path_regex=f"^/api/v1/({AREAS[area]})(/|$)").as_state_machine()
    known = {"world": world, "until": time.monotonic() + SECONDS / len(AREAS), "wrong": [], "done": Counter()}
    walk: Any = type("Walk", (Steps, machine), known)
    options = settings(
        max_examples=WALKS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with suppress(TimeIsUp):
        for number in count(20261123):
            # The next id is another one in every walk: sooner or later hypothesis takes that for a flaky test.
            with suppress(Flaky):
                seed(number)(walk).run(settings=options)
    assert walk.wrong == []
    assert walk.done["followed"]
