"""axe-core on an open page."""

from pathlib import Path
from typing import Any

import axe_playwright_python

SOURCE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any, only: list[str] | None = None) -> list[tuple[str, Any, str]]:
    """Broken rules with the element and the reason; empty is right. `only` names single rules.

    The page's own policy forbids injected scripts, so axe is evaluated, not inserted.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(SOURCE.read_text())
    which = {"type": "rule", "values": only} if only else {"type": "tag", "values": RULES}
    options = {"runOnly": which, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in found
        for node in rule["nodes"]
    ]


def overflow(page: Any) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")
