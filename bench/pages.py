"""How much the page of a round costs beside the same cards by f-strings, and an empty view on our
server beside the same on granian.

    python bench/pages.py

The last line is `page_vs_fstring_warm= page_vs_fstring_cold= empty_vs_granian=`. The first two are
times of the whole page over the time of the same cards put together by f-strings from the same
rows (less is better; goals 4 and 12). The third is CPU time of the server per request, granian's
over ours (more is better; goal 0.45). Sides alternate in one run; medians.
"""

import statistics
import sys
import time
from collections.abc import Callable
from html import escape

from rig.servers import Server, site
from rig.site import prepare
from rig.wires import ask_empty

DRAFTS = 120
TURNS = 30
COLD_TURNS = 8
REQUESTS = 400
BURSTS = 5


def main() -> None:
    """Measure and print."""
    prepare()
    warm, cold = pages()
    ratio = servers()
    print(f"page_vs_fstring_warm={warm:.1f} page_vs_fstring_cold={cold:.1f}", end=" ")
    print(f"empty_vs_granian={ratio:.2f}")


# -- The page of a round --------------------------------------------------------------------
def pages() -> tuple[float, float]:
    """The page over the f-strings: with a full cache, and with an empty one."""
    from django.contrib.auth.models import AnonymousUser
    from django.core.cache import cache
    from django.test import RequestFactory

    from voting.views.rounds import round_page

    pk = _round_with_drafts()

    def page() -> bytes:
        request = RequestFactory().get(f"/r/{pk}/")
        request.user = AnonymousUser()
        request.session = {}
        request.htmx = False
        request.COOKIES["toile_order"] = "bench"
        return round_page(request, pk).content

    def f_strings() -> bytes:
        return _by_f_strings(pk).encode()

    size, least = len(page()), len(f_strings())
    print(f"page {size / 1024:.0f} KB, of which the cards by f-strings {least / 1024:.0f} KB")
    assert page().count(b'<li class="card"') == f_strings().count(b'<li class="card"') == DRAFTS
    warm, cold, limit = [], [], []
    for turn in range(TURNS):
        warm.append(_seconds(page))
        limit.append(_seconds(f_strings))
        if turn < COLD_TURNS:
            cache.clear()
            cold.append(_seconds(page))
    for name, times in (("warm", warm), ("cold", cold), ("f-strings", limit)):
        print(f"{name}: {statistics.median(times) * 1000:.2f} ms")
    least = statistics.median(limit)
    return statistics.median(warm) / least, statistics.median(cold) / least


def _seconds(work: Callable[[], bytes]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _round_with_drafts() -> int:
    from tests import cast
    from voting.models import Entry
    from voting.writer import Change, apply_batch

    it = cast.voting_round(drafts=DRAFTS)
    keys = list(Entry.objects.values_list("pk", flat=True))
    voters = [cast.voter(cast.person(f"Fan{n}")) for n in range(20)]
    changes = [Change(it.pk, v.pk, key, supports=True) for v in voters for key in keys[::3]]
    apply_batch(changes)
    return it.pk


def _by_f_strings(pk: int) -> str:
    """The same cards from the same rows, as fast as plain Python can."""
    from designs.models import RevisionPicture
    from voting.models import Entry, Round

    round = Round.objects.select_related("brief__brand").get(pk=pk)
    entries = Entry.objects.filter(round=round).values_list(
        "pk",
        "revision_id",
        "revision__number",
        "revision__design_id",
        "revision__design__number",
        "revision__design__title",
        "revision__design__designer__name",
    )
    pictures = {
        row[0]: row[1:]
        for row in RevisionPicture.objects.filter(
            revision__entries__round=round, position=0
        ).values_list("revision_id", "picture_id", "alt", "picture__variants")
    }
    return "".join(_card(round.pk, entry, pictures[entry[1]]) for entry in entries)


def _card(round: int, entry: tuple, picture: tuple) -> str:  # type: ignore[type-arg]
    pk, _revision, revision, design, number, title, name = entry
    key, alt, variants = picture
    base, sizes = f"/pictures/{key}/", "(min-width: 64rem) 19rem, (min-width: 34rem) 33vw, 50vw"
    sets = {
        fmt: ", ".join(
            f"{base}{v['width']}.{fmt} {v['width']}w" for v in variants if v["format"] == fmt
        )
        for fmt in ("avif", "webp")
    }
    target = f'hx-post="/r/{round}/ballot/" hx-target="#entry-{pk}-vote" hx-swap="outerHTML"'
    return (
        f'<li class="card" id="entry-{pk}">\n<a class="card__image" href="/d/{design}/" tabindex='
        f'"-1" aria-hidden="true"><picture class="picture"><source type="image/avif" srcset="'
        f'{sets["avif"]}" sizes="{sizes}"><img src="{base}640.webp" srcset="{sets["webp"]}" sizes='
        f'"{sizes}" width="1600" height="1600" alt="{escape(alt)}" loading="lazy" decoding="async">'
        f'</picture></a>\n<div class="tag-line"><span>No. {number:04d}</span> <span>Rev {revision}'
        f'</span></div>\n<h3 class="card__title" id="entry-{pk}-title"><a href="/d/{design}/">'
        f'{escape(title)}</a></h3>\n<p class="card__by">{escape(name)}</p>\n<div class="vote" id="'
        f'entry-{pk}-vote">\n<button class="btn btn--vote" id="entry-{pk}-support" form="vote" '
        f'name="choice" value="{pk} supports 1" aria-pressed="false" aria-describedby="entry-{pk}'
        f'-title" {target}><svg class="icon " aria-hidden="true"><use href="/static/icons.svg'
        f'#heart"/></svg>Vote</button>\n<button class="btn btn--quiet btn--buy" id="entry-{pk}-buy"'
        f' form="vote" name="choice" value="{pk} would_buy 1" aria-pressed="false" '
        f'aria-describedby="entry-{pk}-title" {target}><svg class="icon " aria-hidden="true"><use '
        f'href="/static/icons.svg#shopping-bag"/></svg>Would buy</button>\n</div>\n<div class='
        f'"tally" id="entry-{pk}-tally"><p class="tally__hidden">Score shows after you vote.</p>'
        f"</div>\n</li>\n"
    )


# -- The empty view --------------------------------------------------------------------------
def servers() -> float:
    """CPU time per request: granian's over ours, in bursts that alternate."""
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", "{port}"]
    granian += ["--workers", "1", "--no-access-log", "--log-level", "error"]
    granian += ["config.wsgi:application"]
    running = [site(), Server(granian)]
    try:
        for server in running:
            ask_empty(server.port, REQUESTS)
        spent: list[list[float]] = [[], []]
        for _turn in range(BURSTS):
            for side, server in enumerate(running):
                before = server.cpu
                ask_empty(server.port, REQUESTS)
                spent[side].append((server.cpu - before) / REQUESTS)
    finally:
        for server in running:
            server.stop()
    mine, theirs = (statistics.median(side) for side in spent)
    print(f"empty view, CPU per request: ours {mine * 1000:.2f} ms, granian {theirs * 1000:.2f} ms")
    return theirs / mine


if __name__ == "__main__":
    main()
