"""Every page, seen by those who may see it: accessible, within its window, without complaint."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests import axe, cast
from tests.browser import Site, serving
from tests.flows import world as worlds
from tests.flows.steps import code_for

# Two pages at a time keep two cores busy.
AT_ONCE = 2
# What stands behind the # of an address: how it is refused, with a page of its own.
REFUSED = {"missing": 404, "forbidden": 403, "closed": 409, "gone": 410}
# The console notes a refusal.
NOTED = tuple(f"status of {status}" for status in REFUSED.values())
APPS = ("core", "designs", "fans", "presale", "voting")
# Addresses that answer forms, scripts and machines, and files: no page of their own.
NO_PAGE = {
    "core:progress",
    *(f"designs:{name}" for name in ("brief-open", "brief-close", "comment", "comment-delete")),
    *(f"designs:{name}" for name in ("pin-judge", "comment-react")),
    *(f"designs:picture-{name}" for name in ("upload", "file", "original")),
    *(f"fans:brand-{name}" for name in ("follow", "zones", "thresholds")),
    *(f"fans:member-{name}" for name in ("role", "remove")),
    *(f"fans:{name}" for name in ("preferences", "invitation-revoke", "operator-brand-decide")),
    *(f"presale:order-{name}" for name in ("charge-day", "remind")),
    *(f"presale:ops-{name}" for name in ("refund-retry", "refund-by-hand", "payment-look")),
    *(f"presale:{name}" for name in ("ops-apart-back", "brand-money-csv")),
    *(f"presale:order-{name}" for name in ("return", "pay", "received", "attach", "stop-charge")),
    *(f"presale:campaign-{name}" for name in ("publish", "unpublish", "open", "proceed")),
    *(f"presale:{name}" for name in ("orders-csv", "matrix-csv", "sheet-csv", "sheet-xlsx")),
    *(f"presale:{name}" for name in ("sheet-freeze", "delivered", "webhook", "pay-link-new")),
    *(f"presale:checkout-{name}" for name in ("code", "pay")),
    *(f"presale:{name}" for name in ("order-close", "order-delay", "order-gift-not")),
    *(f"presale:{name}" for name in ("packing-csv", "variant-decide", "waiting-leave")),
    *(f"voting:round-{name}" for name in ("close", "cancel", "step", "held", "merge")),
    *(f"voting:{name}" for name in ("ballot", "would-buy", "round-mine", "ops-ballots-judge")),
    *(f"voting:{name}" for name in ("round-file", "recount-script", "receipt-mail")),
    *(f"voting:round-{name}" for name in ("pause", "resume", "extend", "earlier")),
}


@pytest.fixture(scope="module")
def site(world: worlds.World) -> Iterator[Site]:
    """The site of that world."""
    with serving() as site:
        yield site


@pytest.mark.parametrize("name", ["", "Ada", "Kenji", "Omar", "Lin", "Mei", "Olga"])
def test_every_page_is_accessible_and_fits(window, world, name):
    user, paths, problems = cast.person(name) if name else None, worlds.pages(world)[name], []
    for refused in (False, True):
        tabs = [window(user, expect=NOTED if refused else ()) for _ in range(AT_ONCE)]
        chosen = [path for path in paths if ("#" in path) is refused]
        for n in range(0, len(chosen), AT_ONCE):
            pages = dict(zip(chosen[n : n + AT_ONCE], tabs, strict=False))
            for path, page in pages.items():
                status = page.goto(path).status
                if status != REFUSED.get(path.partition("#")[2], 200):
                    problems.append(f"{path}: {status} at {page.url}")
            problems += axe.violations(pages)
    assert not problems, "\n".join(problems)


def test_the_pages_behind_a_form_too(window, world):
    page, problems = window(expect=("422",)), []
    page.goto("/accounts/login/")
    page.locator("[name=email]").fill("grace@example.com")
    page.locator("[name=email]").press("Enter")
    page.locator("[name=code]").wait_for()
    problems += axe.violations({"the code of the sign-in": page})
    page.goto(f"/c/{world.shop.pk}/checkout/")
    page.locator("main form [type=submit], main form button:not([type])").last.click()
    page.locator("[aria-invalid=true]").first.wait_for()
    problems += axe.violations({"a checkout with mistakes": page})
    for field, text in {
        "email": "grace@example.com",
        "name": "Grace Hopper",
        "address1": "1 Mill Lane",
        "city": "Leeds",
        "postcode": "LS1 4AP",
    }.items():
        page.locator(f"main [name={field}]").fill(text)
    page.locator("main [name=country]").select_option("GB")
    page.locator("main [name=variant]").select_option(index=1)
    page.locator("main form [type=submit], main form button:not([type])").last.click()
    page.locator("main [name=code]").wait_for()
    problems += axe.violations({"the code of the checkout": page})
    page.locator("main [name=code]").fill(code_for("grace@example.com"))
    page.locator("main [name=code]").press("Enter")
    page.locator("[name=terms]").wait_for()
    problems += axe.violations({"the review of the checkout": page})
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


def test_no_page_is_left_out(world):
    seen = {
        resolve(path.partition("#")[0].partition("?")[0]).view_name
        for paths in worlds.pages(world).values()
        for path in paths
        if not path.startswith("/nothing/")
    }
    known = names_of(get_resolver().url_patterns, "")
    assert known - seen - NO_PAGE == set()
    # And the list of exceptions grows no moss.
    assert NO_PAGE - known == set() and NO_PAGE & seen == set()
