"""What a kind of design refuses by name, read out of its own code."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from types import ModuleType

from clew.evaluate.designs.method import Method
from clew.pilot.kinds import OF_ARMS

ROOM = "clew.evaluate.designs."
SHARED = {"method", "arms"}
NAMES = {"InputError", "Problem"}
OF_ESTIMATES = ("clew.evaluate.estimate", "clew.evaluate.arms")
"""Modules outside the room that the kinds with arms share."""


def refusals(method: Method) -> tuple[str, ...]:
    """Return each message once, in the order of the code; what depends on the data stands as an ellipsis."""
    found: dict[str, None] = {}
    for module in modules(method):
        for message in messages(ast.parse(inspect.getsource(module))):
            found[message] = None
    return tuple(found)


def modules(method: Method) -> tuple[ModuleType, ...]:
    """Return the modules of this kind: those that its functions live in, and those of the room that they import."""
    parts = (method.layout, method.check, method.estimate, method.beside, method.sides)
    names = dict.fromkeys(part.__module__ for part in parts if part.__module__.startswith(ROOM))
    for name in tuple(names):
        tree = ast.parse(inspect.getsource(sys.modules[name]))
        froms = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        names |= dict.fromkeys(each for each in froms if each.startswith(ROOM) and each.split(".")[-1] not in SHARED)
    if method.kind in OF_ARMS:
        names |= dict.fromkeys(OF_ESTIMATES)
    return tuple(sys.modules[name] for name in names)


def messages(tree: ast.AST) -> Iterator[str]:
    """Yield what is said first in every error of the code."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        named = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in NAMES and call.args:
                text = _text(_said(call.args[0], named))
                if re.search(r"[a-z]{3}", text):
                    yield text


def _said(first: ast.expr, named: list[ast.Assign]) -> ast.expr:
    """A message, or what was last assigned to the name that stands for it."""
    if not isinstance(first, ast.Name):
        return first
    before = [
        each
        for each in named
        if each.lineno < first.lineno and any(isinstance(to, ast.Name) and to.id == first.id for to in each.targets)
    ]
    return max(before, key=lambda each: each.lineno).value if before else first


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(value) for value in values)
        case ast.BinOp(left=left, right=right):
            return _text(left) + _text(right)
        case _:
            return "…"
