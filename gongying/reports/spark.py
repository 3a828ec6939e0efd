"""The small line beside a row of figures (`components/spark_line.html`)."""

from collections.abc import Sequence

WIDTH, HEIGHT, EDGE = 96, 24, 3


def spark_of(values: Sequence[float | None], *, lowest: float, highest: float) -> list[tuple[str, str]]:
    """Its corners, in the units of its drawing; what has no value is left out."""
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    unit = (HEIGHT - 2 * EDGE) / (highest - lowest)
    return [
        (f"{EDGE + at * step:.1f}", f"{EDGE + unit * (highest - value):.1f}")
        for at, value in enumerate(values)
        if value is not None
    ]
