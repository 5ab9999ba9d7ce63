"""axe-core on an open page."""

from pathlib import Path
from typing import Any

import axe_playwright_python

SOURCE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 390, 320)
# Colours are all that the scheme changes.
COLOURS = ["color-contrast", "link-in-text-block"]
# Colours that are still on their way would be judged half-way.
STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*, *::before, *::after { transition: none !important; }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
BEGIN = "options => { window.judging = axe.run(document, options); }"
SEEN = "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]"


def violations(pages: dict[str, Any]) -> list[str]:
    """What is wrong with the open pages, by name: in all widths and both schemes; empty is right.

    The pages are judged side by side. Their own policy forbids injected scripts, so axe is
    evaluated, not inserted.
    """
    found = []
    for page in pages.values():
        page.evaluate(SOURCE.read_text())
        page.evaluate(STILL)
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            rules = {"type": "rule", "values": COLOURS}
            if scheme == "light":
                rules = {"type": "tag", "values": RULES}
            for page in pages.values():
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                assert page.evaluate(SEEN) == [width, scheme == "dark"]
                page.evaluate(BEGIN, {"runOnly": rules, "resultTypes": ["violations"]})
            for name, page in pages.items():
                where = f"{name} at {width} in {scheme}: "
                found += [where + broken for broken in _broken(page)]
        for name, page in pages.items():
            if overflow(page) > 0:
                found.append(f"{name} at {width}: {overflow(page)} px too wide")
    return found


def _broken(page: Any) -> list[str]:
    """The broken rules, each with the element and the reason."""
    return [
        f"{rule['id']} {node['target']} {node['failureSummary']}"
        for rule in page.evaluate("judging")["violations"]
        for node in rule["nodes"]
    ]


def overflow(page: Any) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")
