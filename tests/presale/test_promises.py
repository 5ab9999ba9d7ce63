"""The smaller promises: typed in the fold of the wizard, frozen with the terms, shown to fans."""

import pytest

from presale.models import Campaign
from tests import cast
from tests.presale.wizard import typed, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei(sign_in, winner):
    return sign_in(cast.person("Mei"))


def test_a_promise_is_frozen_with_the_terms_and_shown(mei, winner):
    mei.post(url(winner), typed(update_days="10"))
    made = Campaign.objects.get()
    assert made.update_days == 10
    mei.post(f"/m/weft/campaigns/{made.pk}/publish/")
    made.refresh_from_db()
    words = "at least every 10 days"
    assert words in made.terms_text
    assert mei.get(f"/c/{made.pk}/").content.decode().count(words) == 2


@pytest.mark.parametrize("days", ["0", "91", "1.5", "often"])
def test_a_promise_out_of_range_is_refused_beside_its_field(mei, winner, days):
    answer = mei.post(url(winner), typed(update_days=days))
    page = answer.content.decode()
    assert answer.status_code == 422 and not Campaign.objects.exists()
    assert 'id="more" open' in page and 'href="#id_update_days"' in page


def test_the_draft_shows_its_promises_again(mei, winner):
    mei.post(url(winner), typed(update_days=""))
    made = Campaign.objects.get()
    assert made.update_days is None
    page = mei.get(f"/m/weft/campaigns/{made.pk}/edit/").content.decode()
    assert 'id="more">' in page and 'name="update_days"' in page
    assert 'value="14"' not in page.split('name="update_days"')[1].split(">")[0]
