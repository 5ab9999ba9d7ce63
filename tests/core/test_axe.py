"""The gallery of components, judged by axe in both schemes at three widths."""

import pytest

from tests import axe


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_gallery_has_no_violation_and_never_scrolls_sideways(window, scheme):
    page = window(color_scheme=scheme, reduced_motion="reduce")
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/styleguide/")
        assert axe.violations(page) == []
        assert axe.overflow(page) <= 0, width
