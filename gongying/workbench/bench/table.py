"""The figures as lines of text, for who reads them on a terminal."""

from collections.abc import Iterator, Sequence

from gongying.workbench.bench.history import Former
from gongying.workbench.bench.measure import Figure
from gongying.workbench.bench.plans import HOTTEST, Statement
from gongying.workbench.bench.served import CONCURRENT

NAME_WIDTH, CELL_WIDTH, SQL_WIDTH = 42, 10, 150
MARK = " !"
HEADER = (
    *("p50 ms", "p95 ms", "app CPU", "DB CPU", "ratio", "goal", "SQL", "kB"),
    *(f"{number} at once" for number in CONCURRENT),
    *("growth", "before"),
)
LEGEND = f"""\
p50, p95: milliseconds by the clock on the wall, one call after the other in one process. CPU: the processor's, of the application
and of the database (medians). ratio: processor time over that of a bare Django page in the same minutes (! above the goal).
SQL: statements a call. {" and ".join(map(str, CONCURRENT))} at once: answers a second of the web workers that bin/run starts, over HTTP, the askers on the same
machine. growth: over the smallest size of this run. before: the ratio of the run before (! now more than 10 % worse).
"""


def line(name: str, *cells: str) -> str:
    return f"{name:<{NAME_WIDTH}}" + "".join(f"{cell:>{CELL_WIDTH}}" for cell in cells)


def header() -> str:
    return line("operation (requests)", *HEADER)


def row(figure: Figure, *, growth: float, former: Former | None) -> str:
    rates = (figure.per_second.get(str(number)) for number in CONCURRENT)
    return line(
        f"{figure.operation} ({figure.rows:,})",
        f"{figure.p50_ms:.1f}",
        f"{figure.p95_ms:.1f}",
        f"{figure.application_ms:.1f}",
        f"{figure.database_ms:.1f}",
        f"{figure.ratio:.2f}{'' if figure.ratio <= figure.goal else MARK}",
        f"{figure.goal:g}",
        str(figure.sql),
        f"{figure.kilobytes:.0f}",
        *("–" if rate is None else f"{rate:.0f}" for rate in rates),
        f"{growth:.2f}",
        compared(figure.ratio, former),
    )


def compared(value: float, former: Former | None) -> str:
    if former is None:
        return "–"
    return f"{former.value:.2f}{MARK if former.is_worse(value) else ''}"


def plans(statements: Sequence[Statement]) -> Iterator[str]:
    found = sum(bool(statement.findings) for statement in statements)
    yield f"the plans of the {min(HOTTEST, len(statements))} hottest statements: {found or 'none'} to look at"
    for statement in statements:
        where = ", ".join(statement.operations[:3]) + (", …" if len(statement.operations) > 3 else "")  # noqa: PLR2004
        yield f"{statement.milliseconds:8.1f} ms  {statement.times} ×  {where}: {'; '.join(statement.findings) or 'good'}"
        yield f"             {statement.sql if statement.findings else statement.sql[:SQL_WIDTH]}"
