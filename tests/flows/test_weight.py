"""What pages weigh on the wire: bytes and requests, as a browser counts them, on real pictures."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse

from core import assets
from demo.catalogue import kesselhaus, larkhill, weft
from demo.drawing import darkroom
from designs.models import Picture
from designs.pictures import variants_folder
from tests import cast
from tests.browser import Site, serving
from tests.flows import world as worlds

KB = 1024
# A telephone shows two points as four pixels, so it asks for larger pictures.
WINDOWS = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "telephone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
}
PUBLIC = {"Document": 25, "Stylesheet": 20, "Script": 30, "Font": 30, "Image": 250, "all": 350}
AT_WORK = {"Document": 40, "Stylesheet": 20, "Script": 45, "Font": 30, "Image": 150, "all": 300}
REQUESTS, REQUESTS_AGAIN, BYTES_AGAIN = 20, 8, 60 * KB
# The budgets are those of the first view. A browser also fetches pictures some screens ahead:
# nobody waits for them, but they are paid for as well.
UNASKED = 350 * KB
# What 35 KB are at a width of 480, for each pixel.
PER_PIXEL = 35 * KB / 480**2
IN_VIEW = """() => [...document.images].filter(image => {
    const box = image.getBoundingClientRect();
    return box.top < innerHeight && box.bottom > 0 && box.width;
}).map(image => image.currentSrc)"""
PAGES: dict[str, tuple[str, Callable[[worlds.World], str], dict[str, int]]] = {
    "home": ("", lambda w: "/", PUBLIC),
    "round": ("Ada", lambda w: reverse("voting:round", args=[w.full.pk]), PUBLIC),
    "draft": ("", lambda w: reverse("designs:design", args=[w.design.pk]), PUBLIC),
    "campaign": ("", lambda w: reverse("presale:campaign", args=[w.shop.pk]), PUBLIC),
    "checkout": ("", lambda w: reverse("presale:checkout", args=[w.shop.pk]), PUBLIC),
    "my orders": ("Ada", lambda w: reverse("presale:my-orders"), PUBLIC),
    "studio": ("Lin", lambda w: reverse("designs:studio"), AT_WORK),
    "console": ("Mei", lambda w: reverse("presale:console", args=[w.house.slug]), AT_WORK),
}


@pytest.fixture(scope="module")
def site(world: worlds.World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as it is installed: files collected and compressed; pictures as people draw."""
    world.things["full"] = cast.voting_round(cast.brief(world.house), drafts=24)
    _draw(tmp_path_factory.mktemp("drawn"))
    root = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=root):
        assets.build_if_stale()
        call_command("collectstatic", interactive=False, verbosity=0)
        installed = {"WHITENOISE_USE_FINDERS": False, "WHITENOISE_AUTOREFRESH": False}
        with serving(STATIC_ROOT=root, **installed) as site:
            yield site


def _draw(folder: Path) -> None:
    """Give all pictures of the world the files of a few drawn ones, in turn."""
    drawn = []
    for call in (weft.CALLS[0], weft.CALLS[1], kesselhaus.CALLS[0], larkhill.CALLS[0]):
        draft, place = call.drafts[0], folder / call.key
        facts = darkroom.picture(
            place / "original", place / "sizes", draft.thing, draft.view, draft.key
        )
        drawn.append((place / "sizes", facts))
    for n, picture in enumerate(Picture.objects.order_by("created_at")):
        sizes, facts = drawn[n % len(drawn)]
        Picture.objects.filter(pk=picture.pk).update(**facts)
        target = variants_folder(picture.pk)
        for file in sizes.iterdir():
            (target / file.name).unlink(missing_ok=True)
            target.mkdir(parents=True, exist_ok=True)
            os.link(file, target / file.name)


@dataclass
class Weight:
    """What the first view of a page needs, by kind, and what was fetched altogether."""

    bytes: Counter[str]
    requests: Counter[str]
    unasked: int
    densest: float
    foreign: list[str]


def weighed(page: Any, path: str) -> Weight:
    """Open a page and wait until nothing more comes; nobody scrolls."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    kinds: dict[str, tuple[str, str]] = {}
    sizes: Counter[str] = Counter()

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"], event["response"]["url"]

    wire.on("Network.responseReceived", answered)
    wire.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])}),
    )
    page.goto(path, wait_until="networkidle")
    wire.detach()
    # What came out of the browser's own store took nothing.
    kinds = {request: kind for request, kind in kinds.items() if sizes[request]}
    in_view = set(page.evaluate(IN_VIEW))
    needed = {
        request: kind for request, (kind, url) in kinds.items() if kind != "Image" or url in in_view
    }
    spent: Counter[str] = Counter()
    for request, kind in needed.items():
        spent[kind] += sizes[request]
    spent["all"] = spent.total()
    drawn = {url: sizes[request] for request, (_kind, url) in kinds.items() if "/pictures/" in url}
    origin = page.url.split("/", 3)[2]
    return Weight(
        bytes=spent,
        requests=Counter(needed.values()),
        unasked=sum(sizes[request] for request in kinds),
        densest=max((size / int(Path(url).stem) ** 2 for url, size in drawn.items()), default=0),
        foreign=[url for _kind, url in kinds.values() if origin not in url],
    )


@pytest.mark.parametrize("size", WINDOWS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_its_budget(window, world, name, size):
    who, path, budget = PAGES[name]
    page = window(cast.person(who) if who else None, **WINDOWS[size])
    first = weighed(page, path(world))
    print(f"{name} {size}: {first}")
    over = {kind: first.bytes[kind] for kind in budget if first.bytes[kind] > budget[kind] * KB}
    assert over == {} and first.unasked <= UNASKED, first
    assert first.requests["Stylesheet"] == 1 and first.requests["Script"] <= 4, first
    assert first.requests["Font"] <= 1 and first.foreign == [], first
    assert first.requests.total() <= REQUESTS and first.densest <= PER_PIXEL, first
    again = weighed(page, path(world))
    assert again.unasked <= BYTES_AGAIN and again.requests.total() <= REQUESTS_AGAIN, again
