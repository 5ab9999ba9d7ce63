"""The judge of pages finds what is wrong with them, wherever it is."""

import pytest

from tests import axe

PAGE = """<!doctype html><html lang="en"><meta name="color-scheme" content="light dark">
<title>Judged</title><style>{style}</style>
<main><h1>Judged</h1><p id="far">Far below.</p><p id="plain">Plain.</p></main>"""
DARK = "@media (prefers-color-scheme: dark) {{ body {{ background: #000; color: #fff }} {0} }}"


@pytest.mark.parametrize(
    "style, wrong",
    [
        ("", []),
        ("#far { margin-block-start: 300vh; color: #777 }", ["light", "dark"]),
        (DARK.format("#far { margin-block-start: 300vh; color: #333 }"), ["dark"]),
        # A change of colour that takes its time is judged by where it ends.
        ("p { transition: color 9s; color: #000 }" + DARK.format("p { color: #fff }"), []),
    ],
)
def test_colours_are_judged_in_both_schemes_and_out_of_sight(browser, style, wrong):
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(PAGE.format(style=style))
        found = axe.violations({"it": page})
    expected = {f"it at {width} in {scheme}" for width in axe.WIDTHS for scheme in wrong}
    assert {one.partition(": ")[0] for one in found} == expected
    assert all(": color-contrast ['#far']" in one for one in found)


def test_a_page_too_wide_for_a_small_window_is_found(browser):
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(PAGE.format(style="#plain { inline-size: 350px }"))
        assert axe.violations({"it": page}) == ["it at 320: 38 px too wide"]
