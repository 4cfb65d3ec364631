"""No float anywhere near money: the sources are read, not trusted."""

import ast

import pytest

from portal.app import ROOT

ROOMS = ["fees", "refunds", "payouts", "bank", "office"]
FILES = sorted(
    [file for room in ROOMS for file in (ROOT / "portal" / room).rglob("*.py")]
    + [ROOT / "portal/kernel/money.py", ROOT / "portal/web/fields.py"]
)


def halves(tree):
    """Everything in a module that is a float, or makes one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, repr(node.value)
        elif isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not exact(node):
            yield node.lineno, ast.unparse(node)


def exact(node):
    """Division of decimals and of paths makes no float."""
    text = ast.unparse(node.left)
    return "Decimal(" in text or any(word in text for word in ("ROOT", "Path("))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_float_is_near_money(file):
    assert list(halves(ast.parse(file.read_text()))) == []


def test_the_check_sees_what_it_looks_for():
    assert len(list(halves(ast.parse("a = 1.5; b = float(c); d = cents / 2")))) == 3
