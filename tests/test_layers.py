"""Imports go one way: each app knows those before it in this list, and none after."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["core", "fans", "designs", "voting", "presale", "demo", "config"]
SOURCES = [path for app in ORDER for path in sorted((ROOT / app).rglob("*.py"))]


def imported(tree: ast.AST) -> set[str]:
    """The first names of all modules that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").split(".")[0])
    return names


def forbidden(app: str, source: str) -> set[str]:
    """The apps to the right of `app` that the source imports."""
    return imported(ast.parse(source)) & set(ORDER[ORDER.index(app) + 1 :])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_to_the_left_only(path):
    app = path.relative_to(ROOT).parts[0]
    assert forbidden(app, path.read_text()) == set()


def test_an_import_to_the_right_is_found_even_inside_a_function():
    source = "def late():\n    from presale.models import Order\n    import config.urls\n"
    assert forbidden("voting", source) == {"presale", "config"}
    assert forbidden("config", source) == set()


def test_every_app_is_in_the_order():
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps == set(ORDER)
