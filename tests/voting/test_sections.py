"""What rounds add to the pages of drafts, briefs and brands."""

import uuid

import pytest
from django.urls import reverse

from designs.models import Comment
from fans.models import Contribution
from tests import cast
from voting.models import Round
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db


def test_a_draft_in_an_open_round_can_be_voted_on_from_its_own_page(client):
    round = cast.voting_round(drafts=1)
    design = round.entries.get().revision.design
    response = client.get(reverse("designs:design", args=[design.pk]))
    assert response.status_code == 200
    assert response.content.count(b"btn--vote") == 1


def test_a_draft_outside_any_round_has_no_vote(client):
    response = client.get(reverse("designs:design", args=[cast.design().pk]))
    assert response.status_code == 200
    assert b"btn--vote" not in response.content


@pytest.mark.parametrize("state", [Round.State.OPEN, Round.State.CLOSED])
def test_public_rounds_stand_on_the_brief_and_on_the_brand(client, state):
    round = cast.voting_round(drafts=1, state=state)
    address = reverse("voting:round", args=[round.pk]).encode()
    for page in (
        reverse("designs:brief", args=[round.brief_id]),
        reverse("fans:brand", args=[round.brief.brand.slug]),
    ):
        assert address in client.get(page).content


def test_a_brand_sees_its_unopened_rounds_on_its_own_page_of_the_brief(sign_in):
    round = cast.voting_round(drafts=1, state=Round.State.DRAFT)
    page = reverse("designs:brief-manage", args=[round.brief.brand.slug, round.brief_id])
    manage = reverse("voting:round-manage", args=[round.brief.brand.slug, round.pk])
    assert manage.encode() in sign_in(cast.person("Mei")).get(page).content


def test_a_comment_in_a_round_counts_for_its_brand_and_leads_back_to_the_round(sign_in):
    round = cast.voting_round(drafts=1)
    address = reverse("designs:comment-post", args=[round.thread_id])
    data = {"body": "The second one!", "client_key": str(uuid.uuid4())}
    answer = sign_in(cast.person("Ada")).post(address, data)
    assert answer.url.startswith(reverse("voting:round", args=[round.pk]))
    deed = Contribution.objects.get(user=cast.person("Ada"))
    assert (deed.kind, deed.brand) == (Contribution.Kind.COMMENTED, round.brief.brand)
    said = Comment.objects.get()
    sign_in(cast.person("Jonas")).post(reverse("designs:comment-delete", args=[said.pk]))
    said.refresh_from_db()
    assert said.deleted_at


def test_the_conversation_of_a_round_in_preparation_says_nothing_of_it(client):
    round = cast.voting_round(drafts=1, state=Round.State.DRAFT, title="Secret plan")
    page = client.get(reverse("designs:comment-post", args=[round.thread_id]))
    assert "Secret plan" not in page.content.decode()


def test_a_brand_shows_first_where_one_may_vote(client):
    brief = cast.brief()
    states = (Round.State.OPEN, Round.State.CLOSED, Round.State.SCHEDULED)
    pages = [
        reverse("voting:round", args=[cast.voting_round(brief, drafts=1, state=state).pk])
        for state in states
    ]
    shown = client.get(reverse("fans:brand", args=[brief.brand.slug])).content.decode()
    open_one, closed, coming = (shown.index(f'href="{page}"') for page in pages)
    assert open_one < coming < closed


@pytest.mark.parametrize("page", ["round", "draft"])
def test_who_may_not_vote_is_not_told_to_vote_for_the_scores(client, sign_in, page):
    round = cast.voting_round(drafts=1)
    design = round.entries.get().revision.design
    address = {
        "round": reverse("voting:round", args=[round.pk]),
        "draft": reverse("designs:design", args=[design.pk]),
    }[page]
    assert "Score shows after you vote." in client.get(address).content.decode()
    shown = sign_in(cast.person("Mei")).get(address).content.decode()
    assert "Scores show to voters" in shown and "after you vote" not in shown


def test_ones_own_profile_leads_to_votes_and_receipts(client, sign_in):
    it = cast.voting_round(title="Which jacket")
    ada, receipt = cast.person("Ada"), reverse("voting:receipt", args=[it.pk])
    apply_batch([Change(it.pk, cast.voter(ada).pk, it.entries.first().pk, supports=True)])
    assert receipt not in client.get("/u/ada/").content.decode()
    page = sign_in(ada).get("/u/ada/").content.decode()
    assert "The points for a vote are entered when its round closes." in page
    assert "Which jacket" in page and receipt in page
    cast.close(it)
    page = client.get("/u/ada/").content.decode()
    assert receipt in page
    assert "+2 each · 1 so far · entered when the round closes" in page
