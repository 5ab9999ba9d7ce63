"""One gate before every tally: each setting, at each door, for each who may come, in each phase.

What a door must not tell is looked for in the whole answer, whatever its place in the page.
"""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Outbox
from tests import cast
from voting import actions, live, ticks
from voting.models import Round
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
Results = Round.Results
VIEWERS = ("visitor", "Ada", "Omar", "Mei")
# A figure of a draft, its place, or how sure the order is; the empty shape of a tally is none.
TELLS = re.compile(
    r"tally__line|table--result|\d+ of 100|Place \d|place \d|Would come first|Too close to call"
    r"|No counted votes yet|votes? each|came first|put No\."
)
SHAPE = re.compile(r"<template.*?</template>", re.DOTALL)
# What depends on who looks, and what is the same for everybody.
OWN = ("ranking", "mine", "draft", "home", "receipt")
FOR_ALL = ("brand", "brief", "list", "design")


@pytest.fixture(params=Results.values)
def it(request):
    """Ada and a guest voted, Omar did not; Mei owns the brand."""
    made = cast.voting_round(drafts=2, results=request.param)
    cast.freeze(made)
    entry = made.entries.order_by("pk").first()
    for voter in (cast.voter(cast.person("Ada")), cast.voter()):
        apply_batch([Change(made.pk, voter.pk, entry.pk, supports=True, would_buy=True)])
    return made


def browsers():
    found = {}
    for name in VIEWERS:
        found[name] = Client()
        if name != "visitor":
            found[name].force_login(
                cast.person(name), backend="django.contrib.auth.backends.ModelBackend"
            )
    return found


def address(door, it):
    page = reverse("voting:round", args=[it.pk])
    design = it.entries.order_by("pk").first().revision.design
    return {
        "page": page,
        "ranking": f"{page}?order=ranking",
        "mine": reverse("voting:round-mine", args=[it.pk]),
        "home": "/",
        "brand": reverse("fans:brand", args=["weft"]),
        "brief": reverse("designs:brief", args=[it.brief_id]),
        "list": reverse("voting:round-list"),
        "receipt": reverse("voting:receipt", args=[it.pk]),
        "draft": reverse("designs:design", args=[design.pk]),
        "design": reverse("designs:design-revision", args=[design.pk, 1]),
        "manage": reverse("voting:round-manage", args=["weft", it.pk]),
        "decide": reverse("voting:round-decide", args=["weft", it.pk]),
        "console": reverse("presale:console", args=["weft"]),
        "campaigns": reverse("designs:brief-manage", args=["weft", it.brief_id]),
    }[door]


def tells(browser, url):
    answer = browser.get(url)
    assert answer.status_code in (200, 302), url
    return bool(TELLS.search(SHAPE.sub("", answer.content.decode())))


def sees(it, name):
    """The rule, written down a second time."""
    if it.is_running:
        return it.results == Results.ALWAYS or (it.results == Results.AFTER_VOTE and name == "Ada")
    return it.state == Round.State.CLOSED and it.results != Results.NEVER


def wrong_doors(it, doors=()):
    """Who is told something behind which door, or is not told on the page, against the rule."""
    wrong = []
    for name, browser in browsers().items():
        allowed = sees(it, name)
        told = [door for door in doors if tells(browser, address(door, it))]
        wrong += [(name, door) for door in told if not allowed]
        wrong += [(name, "page")] if tells(browser, address("page", it)) is not allowed else []
    return wrong


def wrong_rooms(it):
    found = []
    for name in VIEWERS:
        user = cast.person(name) if name != "visitor" else None
        voter = cast.voter(user) if user else None
        if live.may_join(user, voter, it.pk, live.TALLY) is not sees(it, name):
            found.append(name)
    frames = "".join(one.html for one in live.render(it.pk, "", "en", None, 0))
    return found + (["open room"] if TELLS.search(frames) else [])


def files_got(it, browser):
    names = ("choices.csv", "result.json")
    urls = [reverse("voting:round-file", args=[it.pk, name]) for name in names]
    return [browser.get(url).status_code for url in urls]


def test_while_it_is_open_and_paused(it):
    assert (wrong_doors(it, OWN), wrong_rooms(it)) == ([], [])
    if it.results != Results.ALWAYS:
        assert not [door for door in FOR_ALL if tells(Client(), address(door, it))]
    actions.pause_round(round=it, reason="A picture", actor="user:1")
    assert (wrong_doors(it), wrong_rooms(it)) == ([], [])


def test_after_the_close_and_after_the_decision(it):
    cast.close(it)
    assert (wrong_doors(it, ("draft", "receipt")), wrong_rooms(it)) == ([], [])
    expected = [200, 200] if it.results != Results.NEVER else [404, 404]
    assert [files_got(it, one) for one in browsers().values()] == [expected] * len(VIEWERS)
    voters = reverse("voting:round-file", args=[it.pk, "voters.csv"])
    assert Client().get(voters).status_code == 200, "who voted tells no score"
    made = {one.pk: actions.Decision("not-chosen", "Not now") for one in it.entries.all()}
    actions.decide_round(round=it, decisions=made, actor="user:1", now=timezone.now())
    assert tells(Client(), address("page", it)) is sees(it, "visitor")
    if it.results == Results.NEVER:
        assert not [door for door in FOR_ALL if tells(Client(), address(door, it))]


def test_the_brand_knows_no_more_than_others_before_the_close_and_all_after(it):
    mei = browsers()["Mei"]
    shown = it.results == Results.ALWAYS
    assert tells(mei, address("manage", it)) is shown
    assert not tells(mei, address("console", it)) and not tells(mei, address("campaigns", it))
    assert mei.get(address("decide", it)).status_code == 403
    cast.close(it)
    assert tells(mei, address("manage", it)) and tells(mei, address("decide", it))
    for name in ("visitor", "Ada"):
        answer = browsers()[name].get(address("decide", it))
        assert answer.status_code in (302, 403, 404)


@pytest.mark.parametrize("it", [Results.ALWAYS], indirect=True)
def test_a_cancelled_round_tells_nobody(it):
    actions.cancel_round(round=it, reason="Wrong fabric", actor="user:1")
    assert (wrong_doors(it), wrong_rooms(it)) == ([], [])
    assert files_got(it, Client()) == [404, 404]


@pytest.mark.parametrize("it", [Results.ALWAYS, Results.NEVER], indirect=True)
def test_no_mail_tells_a_score(it):
    ada = cast.person("Ada")
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    cast.close(it)
    ticks.mail_closes(timezone.now())
    assert Outbox.objects.exists()
    assert not [one for one in Outbox.objects.all() if TELLS.search(one.text + one.subject)]


def test_the_answer_to_a_vote_tells_by_the_same_rule(it):
    entry = it.entries.order_by("pk").last()
    url = reverse("voting:ballot", args=[it.pk])
    fields = {"choice": f"{entry.pk} supports 1"}
    answer = browsers()["Omar"].post(url, fields, headers={"HX-Request": "true"})
    after_vote = it.results in (Results.ALWAYS, Results.AFTER_VOTE)
    assert bool(TELLS.search(SHAPE.sub("", answer.content.decode()))) is after_vote
