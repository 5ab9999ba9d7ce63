"""What rounds add to the pages of drafts, briefs and brands."""

import pytest
from django.urls import reverse

from tests import cast
from voting.models import Round

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
