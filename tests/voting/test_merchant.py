import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Outbox
from designs.models import Design
from fans.models import Contribution
from tests import cast
from voting.models import Entry, Round, Tally
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
State = Round.State


@pytest.fixture
def brief():
    made = cast.brief()
    for n in range(3):
        cast.design(made, f"Draft {n + 1}")
    return made


def filled(brief, **fields):
    begin = timezone.now() + dt.timedelta(days=2)
    return {
        "title": "Round 1",
        "designs": list(brief.designs.values_list("pk", flat=True)),
        "opens": f"{begin:%Y-%m-%dT10:00}",
        "closes": f"{begin + dt.timedelta(days=7):%Y-%m-%dT20:00}",
        "time_zone": "Asia/Shanghai",
        "electorate": "everyone",
        "results": "after-vote",
        "deciding": "all",
        "method": "support",
        "rule": "Most votes win.",
        **fields,
    }


def new(brief):
    return reverse("voting:round-new", args=[brief.brand.slug, brief.pk])


def at(name, of):
    return reverse(f"voting:{name}", args=[of.brief.brand.slug, of.pk])


def closed(brief, *, votes=(3, 2, 1)):
    it = cast.voting_round(brief, drafts=0)
    for design in brief.designs.order_by("number"):
        cast.entry(it, design)
    for entry, number in zip(it.entries.order_by("pk"), votes, strict=True):
        for n in range(number):
            who = cast.voter(cast.person(f"Fan{n}"))
            apply_batch([Change(it.pk, who.pk, entry.pk, supports=True)])
    cast.close(it)
    return it


def decisions(it, outcomes, reason="Because"):
    keys = it.entries.order_by("pk").values_list("pk", flat=True)
    said = {}
    for key, outcome in zip(keys, outcomes, strict=True):
        said[f"entry-{key}-outcome"] = outcome
        said[f"entry-{key}-reason"] = reason if outcome != "winner" else ""
    return said


def test_a_manager_plans_a_round_and_sees_it_before_anybody(sign_in, brief):
    client = sign_in(cast.person("Jonas"))
    assert "How people vote" in client.get(new(brief)).content.decode()
    answer = client.post(new(brief), filled(brief))
    it = Round.objects.get()
    assert answer.url == at("round-manage", it)
    assert (it.state, it.entries.count(), it.number) == (State.DRAFT, 3, 1)
    assert it.closes_at.astimezone(dt.UTC).hour == 12
    assert client.get(at("round-manage", it)).status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"designs": []}, "This field is required."),
        ({"closes": "2020-01-01T10:00"}, "The close must be after the opening."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"opens": "soon"}, "Enter a date and a time."),
        (
            {"opens": "2027-03-28T02:30", "closes": "2027-04-28T02:30"},
            "This time does not exist: in Europe/Berlin the clocks go forward then. "
            "The next one that does is 03:00.",
        ),
        (
            {"opens": "2027-10-01T10:00", "closes": "2027-10-31T02:30"},
            "This time happens twice: in Europe/Berlin the clocks go back then. "
            "Choose one before 02:00 or from 03:00 on.",
        ),
    ],
)
def test_an_impossible_plan_is_refused_with_the_reason(sign_in, brief, fields, words):
    zone = {"time_zone": "Europe/Berlin"} | fields
    answer = sign_in(cast.person("Mei")).post(new(brief), filled(brief, **zone))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Round.objects.exists()


@pytest.mark.parametrize("name", ["Lin", "Omar", "Ruth", "Olga"])
def test_only_owner_and_manager_run_rounds(sign_in, brief, name):
    cast.brand("Kettle", "Ruth")
    it = cast.voting_round(brief, drafts=0)
    client = sign_in(cast.person(name))
    assert client.get(new(brief)).status_code == 403
    assert client.post(new(brief), filled(brief)).status_code == 403
    for step in ("round-close", "round-cancel", "round-decide"):
        assert client.post(at(step, it), {"close-reason": "x"}).status_code == 403
    it.refresh_from_db()
    assert (Round.objects.count(), it.state) == (1, State.OPEN)


def test_another_brands_round_is_not_found(sign_in, brief):
    cast.brand("Kettle", "Ruth")
    it = cast.voting_round(brief, drafts=0)
    address = reverse("voting:round-close", args=["kettle", it.pk])
    answer = sign_in(cast.person("Ruth")).post(address, {"close-reason": "x"})
    it.refresh_from_db()
    assert (answer.status_code, it.state) == (404, State.OPEN)


def test_announce_take_back_change_and_open(sign_in, brief):
    client = sign_in(cast.person("Mei"))
    client.post(new(brief), filled(brief))
    it = Round.objects.get()
    step = lambda name: client.post(  # noqa: E731
        reverse("voting:round-step", args=[it.brief.brand.slug, it.pk, name])
    )
    states = []
    for name in ("schedule", "unschedule", "open", "open"):
        step(name)
        it.refresh_from_db()
        states.append(it.state)
    assert states == [State.SCHEDULED, State.DRAFT, State.OPEN, State.OPEN]
    client.post(at("round-edit", it), filled(brief, title="Another"))
    it.refresh_from_db()
    assert it.title == "Round 1"


def test_closing_early_needs_a_reason_and_shows_it(client, sign_in, brief):
    it = cast.voting_round(brief)
    mei = sign_in(cast.person("Mei"))
    assert mei.post(at("round-close", it), {"close-reason": " "}).status_code == 422
    it.refresh_from_db()
    assert it.state == State.OPEN
    mei.post(at("round-close", it), {"close-reason": "Fabric is short"})
    client.logout()
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert "Closed early:" in html and "Fabric is short" in html


def test_the_result_page_says_who_won_by_how_much_and_how_sure(client, brief):
    it = closed(brief, votes=(40, 10, 2))
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert "Ahead by 30 votes." in html
    assert "40 of 40 voters supported it." in html
    assert "Would come first in 100 of 100 re-runs." in html
    assert "decides" in html


def test_a_narrow_result_is_too_close_to_call(client, brief):
    it = closed(brief, votes=(10, 10, 1))
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert "Too close to call." in html


@pytest.mark.parametrize(("voters", "says"), [(9, False), (10, True)])
def test_how_sure_is_said_from_ten_votes_on(sign_in, brief, voters, says):
    it = closed(brief, votes=(voters, 1, 0))
    client = sign_in(cast.person("Mei"))
    decide = client.get(at("round-decide", it)).content.decode()
    result = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    for html in (decide, result):
        assert ("Too few votes to say how sure." in html) is not says
        assert ("Would come first in 100 of 100 re-runs." in html) is says
    assert ("first in 100 of 100" in decide) is says
    assert ('data-label="First in re-runs">–<' in result) is not says


def test_a_round_without_votes_has_no_result(client, brief):
    it = closed(brief, votes=(0, 0, 0))
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert "Nobody voted in the tally that decides" in html


def test_hidden_scores_stay_hidden_after_the_close(client, brief):
    it = closed(brief)
    Round.objects.update(results=Round.Results.NEVER)
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert "of 3 voters" not in html and "table--result" not in html


def test_every_draft_gets_an_answer_and_its_designer_a_mail(sign_in, brief):
    it = closed(brief)
    client = sign_in(cast.person("Mei"))
    assert client.get(at("round-decide", it)).status_code == 200
    answer = client.post(
        at("round-decide", it), decisions(it, ["winner", "to-revise", "not-chosen"])
    )
    assert answer.url == reverse("voting:round", args=[it.pk])
    outcomes = it.entries.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["winner", "to-revise", "not-chosen"]
    states = Design.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["chosen", "to-revise", "not-chosen"]
    assert Outbox.objects.count() == 3
    picked = Contribution.objects.filter(kind=Contribution.Kind.PICKED_WINNER)
    assert picked.count() == 3


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        (["winner", "winner", "not-chosen"], "Because"),
        (["winner", "", "not-chosen"], "Because"),
        (["winner", "to-revise", "not-chosen"], " "),
        (["to-revise", "winner", "not-chosen"], "Because"),
    ],
)
def test_an_incomplete_decision_is_refused_and_nothing_changes(sign_in, brief, outcomes, reason):
    it = closed(brief)
    client = sign_in(cast.person("Mei"))
    answer = client.post(at("round-decide", it), decisions(it, outcomes, reason))
    assert answer.status_code == 422
    assert not it.entries.exclude(outcome=Entry.Outcome.PENDING).exists()
    assert not Design.objects.exclude(state=Design.State.ENTERED).exists()
    assert not Outbox.objects.exists()


def test_the_form_says_when_a_reason_is_required(sign_in, brief):
    html = sign_in(cast.person("Mei")).get(at("round-decide", closed(brief))).content.decode()
    assert "A reason is required for “To be revised” and “Not chosen”" in html
    assert "(optional)" not in html


def test_the_merchant_goes_on_to_the_pre_order_from_the_result(client, sign_in, brief):
    it = closed(brief)
    page = reverse("voting:round", args=[it.pk])
    mei = sign_in(cast.person("Mei"))
    assert "Make the winner a pre-order" not in mei.get(page).content.decode()
    said = decisions(it, ["winner", "to-revise", "not-chosen"])
    html = mei.post(at("round-decide", it), said, follow=True).content.decode()
    winner = it.entries.get(outcome="winner")
    address = reverse("presale:campaign-new", args=[brief.brand.slug, winner.pk])
    assert "Make the winner a pre-order" in html and address in html
    client.logout()
    assert address not in client.get(page).content.decode()


def test_a_draft_shows_when_it_opens_and_closes(sign_in, brief):
    it = cast.voting_round(brief, drafts=0, state=State.DRAFT)
    client = sign_in(cast.person("Mei"))
    for page in (at("round-manage", it), reverse("voting:round", args=[it.pk])):
        html = client.get(page).content.decode()
        for instant in (it.opens_at, it.closes_at):
            assert f'datetime="{instant.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"' in html


def test_another_winner_is_possible_with_a_public_reason(client, sign_in, brief):
    it = closed(brief)
    said = decisions(it, ["to-revise", "winner", "not-chosen"])
    second = it.entries.order_by("pk")[1]
    said[f"entry-{second.pk}-reason"] = "The first cannot be sewn in this cloth."
    sign_in(cast.person("Mei")).post(at("round-decide", it), said)
    client.logout()
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert "The first cannot be sewn in this cloth." in html
    assert "Chosen by the brand from place 2" in html


def test_a_round_is_decided_once_and_only_after_its_close(sign_in, brief):
    open_round = cast.voting_round(brief, drafts=0)
    client = sign_in(cast.person("Mei"))
    assert client.get(at("round-decide", open_round)).status_code == 403
    it = closed(brief)
    client.post(at("round-decide", it), decisions(it, ["winner", "to-revise", "not-chosen"]))
    client.post(at("round-decide", it), decisions(it, ["not-chosen"] * 3))
    assert it.entries.filter(outcome="winner").count() == 1


def test_the_next_round_takes_the_newest_revisions_and_old_votes_stay(sign_in, brief):
    it = closed(brief)
    client = sign_in(cast.person("Mei"))
    client.post(at("round-decide", it), decisions(it, ["to-revise", "to-revise", "not-chosen"]))
    first, second, _third = Design.objects.order_by("number")
    for design in (first, second):
        cast.revision(design, "shorter hem")
        Design.objects.filter(pk=design.pk).update(state=Design.State.SUBMITTED)
    html = client.get(new(brief)).content.decode()
    assert html.count("checked") >= 2 and "Rev 2" in html
    client.post(new(brief), filled(brief, designs=[first.pk, second.pk], title="Round 2"))
    seeded = Round.objects.get(title="Round 2")
    assert set(seeded.entries.values_list("revision__number", flat=True)) == {2}
    assert Tally.objects.filter(round=it, group="all", entry__revision__number=1).count() == 3
    assert seeded.entries.filter(support=0).count() == 2


def test_the_list_shows_open_coming_and_closed_rounds(client, brief):
    cast.voting_round(brief, title="Now", drafts=0)
    cast.voting_round(brief, title="Later", drafts=0, state=State.SCHEDULED)
    cast.voting_round(brief, title="Hidden", drafts=0, state=State.DRAFT)
    closed(brief)
    html = client.get(reverse("voting:round-list")).content.decode()
    assert [name in html for name in ("Now", "Later", "Hidden")] == [True, True, False]
    assert "Decided" in html


@pytest.fixture
def short(brief):
    """An announced round of which one draft is left."""
    it = cast.voting_round(brief, state=State.SCHEDULED, drafts=0)
    for design in brief.designs.all():
        cast.entry(it, design)
    Design.objects.exclude(number=101).update(state=Design.State.WITHDRAWN)
    return it


def test_the_console_says_why_a_round_cannot_open_and_leads_to_what_mends_it(sign_in, short):
    client = sign_in(cast.person("Mei"))
    console = client.get(reverse("presale:console", args=["weft"])).content.decode()
    assert "Round 1 cannot open: it has fewer than two drafts." in console
    page = client.get(at("round-manage", short)).content.decode()
    assert "fewer than two of its drafts can take part" in page
    assert "Take it back and choose drafts" in page and "Open now" not in page
    step = reverse("voting:round-step", args=["weft", short.pk, "unschedule"])
    assert client.post(step).url == at("round-edit", short)
    cast.design(short.brief, "Parka")
    assert "Parka" in client.get(at("round-edit", short)).content.decode()


def test_a_sound_round_is_not_complained_about(sign_in, brief):
    it = cast.voting_round(brief, state=State.SCHEDULED, drafts=2)
    client = sign_in(cast.person("Mei"))
    console = client.get(reverse("presale:console", args=["weft"])).content.decode()
    assert "cannot open" not in console
    assert "cannot open" not in client.get(at("round-manage", it)).content.decode()


def test_a_lone_revision_meets_the_drafts_of_before_in_the_next_round(sign_in, brief):
    it = closed(brief)
    client = sign_in(cast.person("Mei"))
    outcomes = ["to-revise", "not-chosen", "not-chosen"]
    client.post(at("round-decide", it), decisions(it, outcomes))
    Design.objects.filter(number=101).update(state=Design.State.SUBMITTED)
    html = client.get(new(brief)).content.decode()
    assert len(re.findall(r"<input[^>]*name=\"designs\"[^>]*checked", html)) == 3
    assert html.count("Round 1: place") == 3


def test_with_one_draft_the_page_says_what_is_missing_and_where_it_comes_from(sign_in, brief):
    Design.objects.filter(number=102).update(state=Design.State.TO_REVISE)
    Design.objects.filter(number=103).update(state=Design.State.WITHDRAWN)
    html = sign_in(cast.person("Mei")).get(new(brief)).content.decode()
    assert "One draft of this brief can take part now" in html
    assert "1 draft is with its designer." in html
    assert reverse("designs:brief", args=[brief.pk]) in html
    assert "<textarea" not in html and not Round.objects.exists()


def test_drafts_that_wait_for_a_decision_are_named_with_their_round(sign_in, brief):
    it = closed(brief)
    html = sign_in(cast.person("Mei")).get(new(brief)).content.decode()
    assert "Round 1 is closed and not decided yet" in html
    assert at("round-decide", it) in html


@pytest.mark.parametrize(
    ("results", "sees"), [("always", True), ("after-vote", False), ("after-close", False)]
)
def test_the_merchant_sees_votes_of_an_open_round_where_everybody_does(
    sign_in, brief, results, sees
):
    it = cast.voting_round(brief, results=results)
    ada = cast.voter(cast.person("Ada"))
    apply_batch([Change(it.pk, ada.pk, it.entries.first().pk, supports=True)])
    client = sign_in(cast.person("Mei"))
    html = client.get(at("round-manage", it)).content.decode()
    assert (">1 vote<" in html) is sees
    assert ("You see the votes of each draft when the round has closed." in html) is not sees
    console = client.get(reverse("presale:console", args=["weft"])).content.decode()
    assert ("See the votes" in console) is sees


def test_the_merchant_sees_place_and_votes_of_each_draft_after_the_close(sign_in, brief):
    it = closed(brief)
    html = sign_in(cast.person("Mei")).get(at("round-manage", it)).content.decode()
    assert [f"Place {rank}" in html for rank in (1, 2, 3, 4)] == [True, True, True, False]
    assert "3 votes" in html and "1 vote<" in html


def test_making_the_winner_a_pre_order_is_called_so_everywhere(sign_in, brief):
    it = closed(brief)
    client = sign_in(cast.person("Mei"))
    client.post(at("round-decide", it), decisions(it, ["winner", "not-chosen", "not-chosen"]))
    for url in (at("round-manage", it), f"/r/{it.pk}/", "/m/weft/"):
        assert "Make the winner a pre-order" in client.get(url).content.decode()


def test_each_draft_to_choose_shows_its_newest_picture_in_so_many_queries(
    sign_in, brief, django_assert_max_num_queries
):
    client = sign_in(cast.person("Mei"))
    revised = brief.designs.order_by("number").first()
    old = revised.revisions.get().placements.get().picture
    newest = cast.revision(revised, "A longer hem").placements.get().picture
    page = client.get(new(brief)).content.decode()
    assert page.count('class="draft-choice"') == 3
    assert f"/pictures/{newest.pk}/" in page and f"/pictures/{old.pk}/" not in page
    for n in range(5):
        cast.design(brief, f"More {n}")
    with django_assert_max_num_queries(20):
        client.get(new(brief))
