from datetime import datetime, timedelta

import pytest

from launcher.suite import SHANGHAI, STEPS, steps_of, until_one_day


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [("23:51", 0), ("23:53", 13), ("23:59", 7), ("00:00", 6), ("00:05", 1), ("00:06", 0), ("12:00", 0)],
)
def test_no_step_that_speaks_of_today_begins_about_midnight(clock: str, minutes: int) -> None:
    now = datetime.fromisoformat(f"2026-11-22T{clock}").replace(tzinfo=SHANGHAI)
    assert until_one_day(now) == timedelta(minutes=minutes)


def test_what_is_checked_quickly_is_checked_in_full_too_and_once() -> None:
    quick, full = ({step.name for step in steps_of(quick=quick)} for quick in (True, False))
    assert quick | full == {step.name for step in STEPS}
    assert quick - full == {"structure"}
    (everywhere,) = (step.command() for step in STEPS if step.name == "everywhere")
    assert everywhere[-1] == "tests/structure"
    assert "-m" not in everywhere[everywhere.index("pytest") :], "with what is not long, too"
