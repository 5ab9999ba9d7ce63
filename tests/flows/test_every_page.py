"""Every page, seen by those who may see it: accessible, within its window, without complaint."""

from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests import axe, cast
from tests.flows import world as worlds
from tests.flows.steps import code_for

# The cast's pictures have rows and no files; some pages are about what is not there.
EXPECTED = ("404 (Not Found)", "403 (Forbidden)", "409 (Conflict)")
WIDTHS = (1280, 390, 320)
# Colours are all that the scheme changes.
COLOURS = ["color-contrast", "link-in-text-block"]
# What stands behind the # of an address: how it is refused, with a page of its own.
REFUSED = {"missing": 404, "forbidden": 403, "closed": 409}
APPS = ("core", "designs", "fans", "presale", "voting")
# Addresses that answer forms, scripts and machines, and files: no page of their own.
NO_PAGE = {
    "core:progress",
    *(f"designs:{name}" for name in ("brief-open", "brief-close", "comment", "comment-delete")),
    *(f"designs:picture-{name}" for name in ("upload", "file", "original")),
    *(f"fans:brand-{name}" for name in ("follow", "zones", "thresholds")),
    *(f"fans:member-{name}" for name in ("role", "remove")),
    *(f"fans:{name}" for name in ("preferences", "invitation-revoke", "operator-brand-decide")),
    *(f"presale:order-{name}" for name in ("return", "pay", "received", "attach")),
    *(f"presale:campaign-{name}" for name in ("publish", "unpublish", "open", "proceed")),
    *(f"presale:{name}" for name in ("orders-csv", "matrix-csv", "sheet-csv", "sheet-xlsx")),
    *(f"presale:{name}" for name in ("sheet-freeze", "delivered", "webhook", "pay-link-new")),
    *(f"presale:checkout-{name}" for name in ("code", "pay")),
    *(f"voting:round-{name}" for name in ("close", "cancel", "step", "held", "merge")),
    *(f"voting:{name}" for name in ("ballot", "would-buy")),
}


# The scheme is drawn when every animation that it set off has come to its end.
DRAWN = """async () => {
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    document.getAnimations().forEach(one => one.finish());
    await new Promise(done => setTimeout(done, 50));
}"""


def look(page: Any, name: str) -> list[str]:
    """What is wrong with the page that is open, in both schemes and all widths."""
    found = []
    for width in WIDTHS:
        # What is out of sight keeps its old colours for a while, so nothing is.
        page.set_viewport_size({"width": width, "height": 6000})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(DRAWN)
            rules = COLOURS if scheme == "dark" else None
            found += [
                f"{name} at {width} in {scheme}: {broken}" for broken in axe.violations(page, rules)
            ]
        if axe.overflow(page) > 0:
            found.append(f"{name} at {width}: {axe.overflow(page)} px too wide")
    return found


def visit(page: Any, path: str) -> list[str]:
    """Open a page and look at it."""
    status = page.goto(path).status
    if status != REFUSED.get(path.partition("#")[2], 200):
        return [f"{path}: {status} at {page.url}"]
    return look(page, path)


@pytest.mark.audit
@pytest.mark.parametrize("name", ["", "Ada", "Kenji", "Omar", "Lin", "Mei", "Olga"])
def test_every_page_is_accessible_and_fits(window, name):
    world = worlds.build()
    page = window(
        cast.person(name) if name else None,
        expect=EXPECTED,
        viewport={"width": 1280, "height": 800},
        reduced_motion="reduce",
    )
    problems = [one for path in worlds.pages(world)[name] for one in visit(page, path)]
    assert not problems, "\n".join(problems)


@pytest.mark.audit
def test_the_pages_behind_a_form_too(window):
    world = worlds.build()
    page = window(expect=(*EXPECTED, "422"), reduced_motion="reduce")
    page.goto("/accounts/login/")
    page.locator("[name=email]").fill("grace@example.com")
    page.locator("[name=email]").press("Enter")
    page.locator("[name=code]").wait_for()
    problems = look(page, "the code of the sign-in")
    page.goto(f"/c/{world.shop.pk}/checkout/")
    page.locator("main form [type=submit], main form button:not([type])").last.click()
    page.locator("[aria-invalid=true]").first.wait_for()
    problems += look(page, "a checkout with mistakes")
    for field, text in {
        "email": "grace@example.com",
        "name": "Grace Hopper",
        "address1": "1 Mill Lane",
        "city": "Leeds",
        "postcode": "LS1",
    }.items():
        page.locator(f"main [name={field}]").fill(text)
    page.locator("main [name=country]").select_option("GB")
    page.locator("main [name=variant]").select_option(index=1)
    page.locator("main form [type=submit], main form button:not([type])").last.click()
    page.locator("main [name=code]").wait_for()
    problems += look(page, "the code of the checkout")
    page.locator("main [name=code]").fill(code_for("grace@example.com"))
    page.locator("main [name=code]").press("Enter")
    page.locator("[name=terms]").wait_for()
    problems += look(page, "the review of the checkout")
    assert not problems, "\n".join(problems)


def names_of(patterns: list[URLPattern | URLResolver], space: str) -> set[str]:
    """The names of all addresses in those namespaces that have one."""
    found = set()
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = one.namespace or space
            if inner in APPS:
                found |= names_of(one.url_patterns, str(inner))
        elif one.name and space in APPS:
            found.add(f"{space}:{one.name}")
    return found


@pytest.mark.django_db
def test_no_page_is_left_out():
    seen = {
        resolve(path.partition("#")[0]).view_name
        for paths in worlds.pages(worlds.build()).values()
        for path in paths
        if not path.startswith("/nothing/")
    }
    known = names_of(get_resolver().url_patterns, "")
    assert known - seen - NO_PAGE == set()
    # And the list of exceptions grows no moss.
    assert NO_PAGE - known == set() and NO_PAGE & seen == set()
