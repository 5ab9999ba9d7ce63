"""The smaller promises: typed in the fold of the wizard, frozen with the terms, shown to fans."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from core.models import StateLog
from presale import pages
from presale.models import Campaign, ProductionUpdate
from tests import cast
from tests.presale import house
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


@pytest.fixture
def made(db):
    """In production since 30 days, with news every ten days promised."""
    campaign = house.opened(update_days=10)
    Campaign.objects.filter(pk=campaign.pk).update(state="production")
    campaign.refresh_from_db()
    StateLog.objects.create(
        entity="presale.campaign", object_id=campaign.pk, from_state="balance",
        to_state="production", event="gate2_passed", actor="job:x", at=ago(30),
    )  # fmt: skip
    return campaign


def ago(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def posted(campaign: Campaign, days_ago: int) -> None:
    ProductionUpdate.objects.create(
        campaign=campaign, stage="making", title="Cut", body="Cut.", author=campaign.created_by,
        form_key=uuid.uuid4(), posted_at=ago(days_ago), told_at=ago(days_ago),
    )  # fmt: skip


def test_a_missed_rhythm_is_seen_by_fans_and_on_the_brands_board(sign_in, made):
    posted(made, 21)
    mei = sign_in(cast.person("Mei"))
    late = "promised news every 10 days. They were due on"
    assert late in mei.get(f"/c/{made.pk}/").content.decode()
    assert "news were promised and have not come" in mei.get("/m/weft/").content.decode()
    posted(made, 0)
    page = mei.get(f"/c/{made.pk}/").content.decode()
    assert late not in page and "The promise was missed 1 time so far." in page
    assert "news were promised" not in mei.get("/m/weft/").content.decode()


def test_the_rhythm_counts_each_gap_from_the_start_of_production(made):
    posted(made, 22)
    posted(made, 11)
    found = pages.rhythm(made, timezone.now())
    assert (found.missed, found.is_late, found.days_late) == (2, True, 1)
    Campaign.objects.filter(pk=made.pk).update(update_days=None)
    made.refresh_from_db()
    assert pages.rhythm(made, timezone.now()) is None
