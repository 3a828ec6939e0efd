"""Long lists whose rows are plain mappings, printed as `{% for %}` prints them, in a sixth of the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, TextNode, Token, VariableNode, render_value_in_context
from django.template.defaulttags import IfNode, TemplateLiteral
from django.templatetags.i18n import TranslateNode
from django.utils.safestring import SafeString

register = template.Library()


@dataclass(frozen=True)
class Value:
    key: str


@dataclass(frozen=True)
class Choice:
    """The first of them whose value is there; without a key the rest."""

    ways: "list[tuple[str | None, list[Part]]]"


# A text stands as it is; of the outer page is said once what does not hang on the row.
Part = str | Value | Choice | Node


class LinesNode(Node):
    def __init__(self, rows: FilterExpression, parts: list[Part]) -> None:
        self.rows, self.parts = rows, parts

    def render(self, context: Context) -> SafeString:
        parts = _said(self.parts, context)
        printed: list[str] = []
        for row in self.rows.resolve(context):
            _print(parts, row, printed, context)
        return SafeString("".join(printed))


@register.tag
def lines(parser: Parser, token: Token) -> LinesNode:
    """`{% lines row in page.rows %}<td>{{ row.name }}</td>{% endlines %}`

    Within it stand values of the row, `{% if row.name %}` with `elif` and `else`, and what is the same for all rows: plain values
    and translations. A row must have every value that is named.
    """
    try:
        _tag, row, word, rows = token.split_contents()
    except ValueError:
        word = ""
    if word != "in":
        raise TemplateSyntaxError("lines wants: row in rows")
    parts = _parts(parser.parse(("endlines",)), row)
    parser.delete_first_token()
    return LinesNode(parser.compile_filter(rows), parts)


def _parts(nodes: NodeList, row: str) -> list[Part]:
    return [_part(node, row) for node in nodes]


def _part(node: Node, row: str) -> Part:
    if isinstance(node, TextNode):
        return node.s
    if isinstance(node, VariableNode):
        return Value(key) if (key := _key(node.filter_expression, row)) else node
    if isinstance(node, IfNode):
        ways: Any = node.conditions_nodelists
        return Choice([(_asked(condition, row), _parts(nodes, row)) for condition, nodes in ways])
    if isinstance(node, TranslateNode):
        return node
    raise TemplateSyntaxError(f"{type(node).__name__} cannot stand in lines")


def _asked(condition: Any, row: str) -> str | None:
    if condition is None:
        return None
    value: Any = condition.value if isinstance(condition, TemplateLiteral) else None
    key = _key(value, row) if value is not None else None
    if key is None:
        raise TemplateSyntaxError(f"in lines it can only be asked whether a value of {row} is there")
    return key


def _key(expression: FilterExpression, row: str) -> str | None:
    """Which value of the row it is; nothing where it is none."""
    first, *others = getattr(expression.var, "lookups", None) or [""]
    if first != row:
        return None
    if len(others) != 1 or expression.filters:
        raise TemplateSyntaxError(f"{expression.token} cannot stand in lines: only {row}.name can")
    return str(others[0])


def _said(parts: list[Part], context: Context) -> list[Part]:
    return [_said_part(part, context) for part in parts]


def _said_part(part: Part, context: Context) -> Part:
    if isinstance(part, Choice):
        return Choice([(key, _said(chosen, context)) for key, chosen in part.ways])
    return str(part.render_annotated(context)) if isinstance(part, Node) else part


def _print(parts: list[Part], row: Mapping[str, Any], printed: list[str], context: Context) -> None:
    for part in parts:
        if isinstance(part, str):
            printed.append(part)
        elif isinstance(part, Value):
            value = row[part.key]
            printed.append(value if type(value) is SafeString else render_value_in_context(value, context))
        elif isinstance(part, Choice):
            _print(next((way for key, way in part.ways if key is None or row[key]), []), row, printed, context)
