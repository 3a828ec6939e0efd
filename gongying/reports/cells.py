"""The cells of a report's table, each number with the address of its requests: a thousand on a page, so that no template prints them."""

from django.urls import reverse
from django.utils.safestring import SafeString

from gongying.common.printing import in_html
from gongying.reports.breakdown import Figure, Line
from gongying.reports.measures import MEASURES


class Columns:
    """Said once for all lines: what each measure is called, and where the requests behind its numbers are."""

    def __init__(self, scope: str) -> None:
        """`scope`: what the page is about, as addresses name it."""
        rows = f"{reverse('reports:row-index')}?{scope}&measure=".replace("?&", "?")
        self._columns = [(in_html(str(measure.label)), in_html(f"{rows}{measure.key}&line=")) for measure in MEASURES]

    def cells(self, line: Line) -> SafeString:
        key = in_html(line.key)
        figures = zip(self._columns, line.figures, strict=True)
        return SafeString("".join(_cell(label, f"{rows}{key}&amp;part=", figure) for (label, rows), figure in figures))


def _cell(label: str, rows: str, figure: Figure) -> str:
    """The share, how many out of how many; of what is no share the number."""
    counted = f'<a href="{rows}counted">{figure.counted}</a>'
    if figure.base:
        shown = f'<b>{figure.percent} %</b> <small>{counted}/<a href="{rows}base">{figure.base}</a></small>'
    else:
        shown = counted if figure.base is None else '<span class="quiet">–</span>'
    return f'<td class="number" data-label="{label}">{shown}</td>'
