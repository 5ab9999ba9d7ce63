"""The campaign wizard through HTTP: from the winner to the published campaign."""

import pytest

from presale.models import Campaign
from tests import cast
from tests.presale import house
from tests.presale.wizard import typed, url
from voting.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei(sign_in, winner):
    return sign_in(cast.person("Mei"))


def test_the_form_starts_from_the_design_and_the_options_of_the_brief(mei, winner):
    page = mei.get(url(winner)).content.decode()
    assert "Draft 1" in page and "Half-zip, storm flap." in page
    number = winner.revision.design.number
    for sku in ("S-BLUE", "S-SAND", "M-BLUE", "M-SAND", "L-BLUE", "L-SAND"):
        assert f"{number:04d}-{sku}" in page


def test_a_good_form_makes_a_draft_with_its_steps_and_variants(mei, winner):
    answer = mei.post(url(winner), typed())
    made = Campaign.objects.get()
    assert answer.status_code == 302 and answer.url == f"/m/weft/campaigns/{made.pk}/review/"
    assert made.state == "draft" and made.won_round == winner.round
    assert [(s.min_units, s.unit_minor) for s in made.steps.all()] == [(1, 32900), (200, 28950)]
    one = made.variants.get()
    assert (one.sku, one.quota, one.options) == ("S-B", 300, {"Size": "S", "Colour": "Blue"})
    assert made.deposit_minor == 5000 and made.currency == "CNY"


def test_the_same_form_twice_is_one_draft(mei, winner):
    form = typed()
    mei.post(url(winner), form)
    mei.post(url(winner), form)
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"minimum": "0"}, "between 1"),
        ({"minimum": "1e3"}, "whole number"),
        ({"minimum": "１００"}, "whole number"),
        ({"minimum": "301"}, "can never be reached"),
        ({"deposit": "-5"}, "Write an amount"),
        ({"deposit": "3.99"}, "smallest amount"),
        ({"deposit": "300"}, "more than the lowest price"),
        ({"step1-unit": "329"}, "must be lower than"),
        ({"step1-min_units": "1"}, "more units than the one before"),
        ({"step1-unit": ""}, "both fields of the row"),
        ({"step0-min_units": "2"}, "from 1 unit on"),
        ({"closes_at": "2020-01-01T10:00"}, "has passed"),
        ({"ship_by": "2020-01-01"}, "cannot ship by that day"),
        ({"variant0-include": ""}, "at least one variant"),
        ({"variant0-sku": ""}, "Give this variant a SKU"),
        ({"variant1-include": "on", "variant1-sku": "S-B"}, "used twice"),
        ({"forfeit": "forfeit"}, "An advance is refundable"),
        ({"risks": ""}, "required"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
    ],
)
def test_impossible_terms_come_back_with_the_reason_and_what_was_typed(mei, winner, change, said):
    answer = mei.post(url(winner), typed(title="Kept title", **change))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page and "Kept title" in page
    assert not Campaign.objects.exists()


def test_only_the_winner_becomes_a_campaign(mei, winner):
    Entry.objects.filter(pk=winner.pk).update(outcome=Entry.Outcome.NOT_CHOSEN)
    assert mei.get(url(winner)).status_code == 409
    assert mei.post(url(winner), typed()).status_code == 409
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(("name", "status"), [("Omar", 403), ("Lin", 403), ("Ruth", 403)])
def test_nobody_but_its_merchants_makes_a_campaign(sign_in, winner, name, status):
    if name == "Ruth":
        cast.brand("Kettle", "Ruth")
    client = sign_in(cast.person(name))
    assert client.get(url(winner)).status_code == status
    assert client.post(url(winner), typed()).status_code == status
    assert not Campaign.objects.exists()


def test_another_brands_entry_is_not_found(sign_in, winner):
    cast.brand("Kettle", "Ruth")
    ruth = sign_in(cast.person("Ruth"))
    answer = ruth.post(f"/m/kettle/entries/{winner.pk}/campaign/", typed())
    assert answer.status_code == 404 and not Campaign.objects.exists()


def test_the_review_shows_the_worst_case_and_publishing_freezes_the_terms(mei, winner):
    mei.post(url(winner), typed())
    made = Campaign.objects.get()
    page = mei.get(f"/m/weft/campaigns/{made.pk}/review/").content.decode()
    # 99 deposits of 50.00, each with 2.9 % and 2.40 of fees: 99 x 3.85.
    assert "99 deposits go back" in page and "¥381.15" in page
    answer = mei.post(f"/m/weft/campaigns/{made.pk}/publish/")
    made.refresh_from_db()
    assert answer.status_code == 302 and made.state in ("scheduled", "open") and made.terms_hash


def test_a_missing_shipping_zone_is_said_before_anything_is_typed(mei, sign_in, winner):
    words = "The brand has no shipping zones yet, and a campaign cannot be saved without"
    assert words not in mei.get(url(winner)).content.decode()
    winner.round.brief.brand.zones.all().delete()
    page = mei.get(url(winner)).content.decode()
    assert words in page and 'href="/m/weft/settings/#shipping"' in page
    page = sign_in(cast.person("Jonas")).get(url(winner)).content.decode()
    assert words in page and 'settings/#shipping"' not in page


def test_what_became_impossible_meanwhile_is_refused_at_publishing(mei, winner):
    mei.post(url(winner), typed())
    made = Campaign.objects.get()
    house_zone = made.brand.zones.all()
    house_zone.delete()
    answer = mei.post(f"/m/weft/campaigns/{made.pk}/publish/")
    made.refresh_from_db()
    assert answer.status_code == 422 and "shipping zones" in answer.content.decode()
    assert made.state == "draft"


def test_a_draft_can_be_edited_and_a_published_campaign_cannot(mei, winner):
    mei.post(url(winner), typed())
    made = Campaign.objects.get()
    edit = f"/m/weft/campaigns/{made.pk}/edit/"
    assert "289.50" in mei.get(edit).content.decode()
    mei.post(edit, typed(form_key=str(made.form_key), title="New title"))
    made.refresh_from_db()
    assert made.title == "New title" and made.variants.count() == 1
    mei.post(f"/m/weft/campaigns/{made.pk}/publish/")
    assert mei.get(edit).status_code == 409
    assert mei.post(edit, typed(title="Too late")).status_code == 409
    made.refresh_from_db()
    assert made.title == "New title"


def test_a_draft_is_seen_by_its_brand_alone(client, sign_in):
    draft = house.draft()
    assert client.get(f"/c/{draft.pk}/").status_code == 404
    assert sign_in(cast.person("Omar")).get(f"/c/{draft.pk}/").status_code == 404
    assert sign_in(cast.person("Mei")).get(f"/c/{draft.pk}/").status_code == 200
