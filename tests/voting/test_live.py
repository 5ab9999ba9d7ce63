import json
import random
import re
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import translation

from core import live as core_live
from tests import cast
from voting import cards, live
from voting.actions import close_round_early, count_round
from voting.models import Round
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def it():
    return cast.voting_round()


@pytest.fixture
def heard(monkeypatch):
    said = []
    monkeypatch.setattr(live.live, "changed", lambda room, *keys: said.append((room, set(keys))))
    monkeypatch.setattr(live.live, "recheck", lambda room, voter: said.append((room, voter)))
    return said


def vote(of, who, entry, **said):
    apply_batch([Change(of.pk, who.pk, entry.pk, **({"supports": True} | said))])


def test_visitors_hear_of_public_rounds_and_of_no_other(it):
    visitor = AnonymousUser()
    assert live.may_join(visitor, None, it.pk, "")
    assert not live.may_join(visitor, None, it.pk, "staff")
    Round.objects.update(state=Round.State.DRAFT)
    assert not live.may_join(visitor, None, it.pk, "")


def test_the_tally_room_opens_with_the_own_vote_and_closes_with_the_last(it):
    ada = cast.person("Ada")
    voter, entry = cast.voter(ada), it.entries.first()
    assert not live.may_join(ada, voter, it.pk, "tally")
    vote(it, voter, entry)
    assert live.may_join(ada, voter, it.pk, "tally")
    vote(it, voter, entry, supports=False)
    assert not live.may_join(ada, voter, it.pk, "tally")


def test_a_vote_marks_both_rooms_and_a_withdrawal_asks_again(it, heard):
    voter, entry = cast.voter(cast.person("Ada")), it.entries.first()
    vote(it, voter, entry)
    assert heard == [
        (f"round.{it.pk}", {"voters"}),
        (f"round.{it.pk}.tally", {"was:1.0.0.0.0", str(entry.pk)}),
    ]
    vote(it, voter, entry, supports=False)
    assert heard[-1] == (f"round.{it.pk}.tally", voter.pk)


def test_one_more_choice_of_somebody_is_no_news_for_the_number_of_voters(it, heard):
    voter, (first, second, _third) = cast.voter(cast.person("Ada")), it.entries.order_by("pk")
    vote(it, voter, first)
    del heard[:]
    vote(it, voter, second)
    assert [room for room, _keys in heard] == [f"round.{it.pk}.tally"]


def test_a_refused_ballot_marks_no_room(it, heard):
    vote(it, cast.voter(cast.person("Mei")), it.entries.first())
    assert heard == []


def test_frames_are_the_newest_figures_with_the_rounds_number(it):
    entry = it.entries.first()
    vote(it, cast.voter(cast.person("Ada")), entry)
    (voters,) = live.render(it.pk, "", "en", {"voters"}, 0)
    assert (voters.id, voters.html, voters.version) == (f"round-{it.pk}-voters", "1 voter", 1)
    frames = live.render(it.pk, "tally", "en", None, 0)
    assert len(frames) == 3
    assert "1 vote" in next(f for f in frames if f.id == f"entry-{entry.pk}-tally").values
    assert not any("form" in frame.html or "button" in frame.html for frame in frames)


def test_a_new_voter_moves_the_share_of_entries_they_did_not_name(it):
    first, second, _third = it.entries.order_by("pk")
    vote(it, cast.voter(cast.person("Ada")), first)
    vote(it, cast.voter(cast.person("Omar")), second)
    frames = live.render(it.pk, "tally", "en", {"was:1.1.1.0.0", str(second.pk)}, 0)
    assert {f.id for f in frames} >= {f"entry-{first.pk}-tally", f"entry-{second.pk}-tally"}


def test_nothing_else_is_sent_when_the_number_of_voters_stays(it):
    first, second, _third = it.entries.order_by("pk")
    ada = cast.voter(cast.person("Ada"))
    vote(it, ada, first)
    vote(it, ada, second)
    frames = live.render(it.pk, "tally", "en", {"was:1.1.1.0.0", str(second.pk)}, 0)
    assert [f.id for f in frames] == [f"entry-{second.pk}-tally"]


def test_the_news_of_an_early_close_says_why(it):
    before = frame_of(it, "phase")
    close_round_early(round=it, reason="Fabric is <short>", actor="user:1")
    counting = frame_of(it, "phase")
    assert 'data-phase="counting"' in counting.html and "being counted" in counting.html
    count_round(round=it, actor="job:count")
    counted = frame_of(it, "phase")
    assert 'data-phase="closed"' in counted.html and "See the result" in counted.html
    for frame in (counting, counted):
        assert "Closed early: Fabric is &lt;short&gt;" in frame.html
    assert before.version < counting.version < counted.version


def test_of_many_changes_only_the_oldest_numbers_matter_and_later_votes_do_no_harm(it):
    first, second, third = it.entries.order_by("pk")
    for name in ("Ada", "Omar", "Kenji"):
        vote(it, cast.voter(cast.person(name)), first)
    # As read when two more votes are in than the oldest numbers know.
    keys = {"was:2.1.1.0.0", "was:3.2.2.0.0", str(second.pk)}
    frames = live.render(it.pk, "tally", "en", keys, 0)
    assert len(frames) == 3 and "3 votes" in frames[0].values
    frames = live.render(it.pk, "tally", "en", {"was:3.3.3.0.0", str(third.pk)}, 0)
    assert [frame.id for frame in frames] == [f"entry-{third.pk}-tally"]


class Tallies:
    """The tallies of a page, kept by the rules of live_frames.js and live_fill.js."""

    def __init__(self, round, language):
        self.round, self.language = round, language
        self.shape = ElementTree.fromstring(render_to_string("voting/_tally_shape.html"))
        self.shown, self.kinds = self.fresh(), set()

    def fresh(self):
        with translation.override(self.language):
            pages = cards.tallies(Round.objects.get(pk=self.round.pk))
        return {f"entry-{pk}-tally": ElementTree.fromstring(html) for pk, html in pages.items()}

    def tick(self, keys):
        room = f"round.{self.round.pk}.tally"
        news = core_live.render(room, self.language, keys, 0)
        for frame in json.loads(news)["frames"] if news else []:
            old = self.shown[frame["id"]]
            if int(old.get("data-version")) >= frame["v"]:
                continue
            if values := frame.get("fill"):
                self.fill(old, values)
                old.set("data-version", str(frame["v"]))
            else:
                self.shown[frame["id"]] = ElementTree.fromstring(frame["html"])
            self.kinds.add("fill" in frame)

    def fill(self, element, values):
        names = [part.partition("@") for part in self.shape.get("data-parts").split()]
        if not all(part_of(element, name) is not None for name, *_ in names):
            element[:] = ElementTree.fromstring(render_to_string("voting/_tally_shape.html"))
        for (name, _at, attribute), value in zip(names, values, strict=True):
            if attribute:
                part_of(element, name).set(attribute, value)
            else:
                part_of(element, name).text = value


def part_of(element, name):
    """The first element of that tag or `.class`, as a page finds it."""
    if name.startswith("."):
        return element.find(f".//*[@class='{name[1:]}']")
    return element.find(f".//{name}")


def looks(page):
    """What can be seen of the tallies, and read out."""
    text = {key: ElementTree.tostring(one, "unicode") for key, one in page.items()}
    return {
        key: re.sub(r"\s*(<|>)\s*", r"\1", re.sub(r' data-version="\d+"', "", one))
        for key, one in text.items()
    }


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("method", ["support", "score", "ranked"])
def test_what_came_piece_by_piece_is_what_a_fresh_page_shows(monkeypatch, method, language):
    it = cast.voting_round(method=method, drafts=4)
    chance, marks = random.Random(f"{method}{language}"), set()
    monkeypatch.setattr(
        live.live,
        "changed",
        lambda room, *keys: marks.update(keys if room.endswith("tally") else ()),
    )
    voters = [cast.voter(cast.person(name)) for name in ("Ada", "Omar", "Kenji")] + [cast.voter()]
    entries, page = list(it.entries.order_by("pk")), Tallies(it, language)
    part = {"support": "supports", "score": "score", "ranked": "rank"}[method]
    for step in range(41):
        # The first is a guest's: there is no figure yet, and the tally of another shape.
        who = chance.choice(voters) if step else voters[-1]
        much = chance.randint(0, 1 if method == "support" else 3) if step else 1
        said = bool(much) if method == "support" else much
        vote(it, who, chance.choice(entries), **({"supports": None} | {part: said}))
        if marks and (chance.random() < 0.4 or step in (0, 40)):
            page.tick(frozenset(marks))
            marks.clear()
    assert looks(page.shown) == looks(page.fresh())
    assert page.kinds == {True, False}


def test_the_news_of_one_draft_is_a_few_hundred_bytes(it):
    first, second, _third = it.entries.order_by("pk")
    vote(it, cast.voter(cast.person("Ada")), first)
    vote(it, cast.voter(cast.person("Ada")), second)
    room, keys = f"round.{it.pk}.tally", frozenset({"was:2.1.1.0.0", str(second.pk)})
    for language in core_live.languages():
        assert len(core_live.render(room, language, keys, 0).encode()) < 240


def test_a_round_tells_the_pages_of_its_brief_s_other_rounds(it):
    other = cast.voting_round(it.brief, number=2)
    before = frame_of(other, "siblings")
    close_round_early(round=it, reason="The cloth is gone.", actor="user:1")
    after = frame_of(other, "siblings")
    assert after.version > before.version
    assert "is-done" in after.html and "is-done" not in before.html


def frame_of(round, name):
    frames = live.render(round.pk, "", "en", None, 0)
    return next(one for one in frames if one.id == f"round-{round.pk}-{name}")
