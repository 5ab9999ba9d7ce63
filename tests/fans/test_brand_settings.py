import pytest
from django.test import Client

from fans import locks
from fans.models import Brand
from tests import cast

pytestmark = pytest.mark.django_db
ABOUT = {
    "name": "Weft",
    "trade": "Knitwear",
    "about": "We knit.",
    "country": "DE",
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "tax_percent": "19.5",
}


def zones(*lines: dict[str, str], initial: int = 0) -> dict[str, str]:
    data = {"zones-TOTAL_FORMS": str(len(lines)), "zones-INITIAL_FORMS": str(initial)}
    for n, line in enumerate(lines):
        data |= {f"zones-{n}-{name}": value for name, value in line.items()}
    return data


def shipping(house: Brand) -> list[tuple[str, list[str], int]]:
    return list(house.zones.order_by("pk").values_list("name", "countries", "price_minor"))


@pytest.fixture
def mei(sign_in) -> Client:
    cast.brand()
    return sign_in(cast.person("Mei"))


def test_the_owner_writes_the_settings(mei):
    mei.post("/m/weft/settings/", ABOUT)
    house = Brand.objects.get()
    assert (house.trade, house.currency, house.tax_rate_bp) == ("Knitwear", "EUR", 1950)
    assert (house.country, house.time_zone) == ("DE", "Europe/Berlin")


def test_the_currency_is_fixed_once_prices_exist(mei, monkeypatch):
    monkeypatch.setattr(locks, "_locks", [lambda brand: True])
    mei.post("/m/weft/settings/", ABOUT)
    house = Brand.objects.get()
    assert (house.currency, house.trade) == ("CNY", "Knitwear")


@pytest.mark.parametrize(
    "bad",
    [{"tax_percent": "60"}, {"tax_percent": "NaN"}, {"country": "XX"}, {"time_zone": "Mars/Base"}],
)
def test_a_bad_setting_changes_nothing(mei, bad):
    assert mei.post("/m/weft/settings/", ABOUT | bad).status_code == 422
    assert Brand.objects.get().trade == "Clothes"


def test_fields_that_are_not_on_the_form_do_not_change(mei):
    mei.post(
        "/m/weft/settings/",
        ABOUT | {"state": "declined", "payout_ready": "", "slug": "x", "fan_threshold": "1"},
    )
    house = Brand.objects.get()
    assert (house.state, house.payout_ready, house.slug) == ("approved", True, "weft")
    assert house.fan_threshold == 10


@pytest.mark.parametrize("name", ["Jonas", "Lin", "Ruth", "Olga", None])
def test_only_owners_write_settings(sign_in, client, name):
    house = cast.brand()
    cast.brand("Kettle", "Ruth")
    cast.operator()
    if name:
        client = sign_in(cast.person(name))
    tries = [
        client.post("/m/weft/settings/", ABOUT),
        client.post("/m/weft/settings/shipping/", zones({"name": "A", "price": "1"})),
        client.post("/m/weft/settings/tiers/", {"fan": "1", "honorary": "2", "window_days": "90"}),
    ]
    assert {response.status_code for response in tries} == {403 if name else 302}
    house.refresh_from_db()
    assert (house.trade, house.fan_threshold) == ("Clothes", 10)
    assert shipping(house) == [("Everywhere", [], 0)]


def test_shipping_is_a_table_of_countries_and_prices(mei):
    house = Brand.objects.get()
    first = str(house.zones.get().pk)
    data = zones(
        {"id": first, "name": "Elsewhere", "price": "120", "countries": ""},
        {"name": "Home", "price": "12.50", "countries": "cn, HK"},
        initial=1,
    )
    assert mei.post("/m/weft/settings/shipping/", data).status_code == 302
    assert shipping(house) == [("Elsewhere", [], 12000), ("Home", ["CN", "HK"], 1250)]


@pytest.mark.parametrize(
    "lines",
    [
        [
            {"name": "A", "price": "1", "countries": "CN"},
            {"name": "B", "price": "2", "countries": "CN"},
        ],
        [{"name": "A", "price": "1"}, {"name": "B", "price": "2"}],
        [{"name": "A", "price": "1.234", "countries": "CN"}],
        [{"name": "A", "price": "-1", "countries": "CN"}],
        [{"name": "A", "price": "1e3", "countries": "CN"}],
        [{"name": "A", "price": "１２", "countries": "CN"}],
        [{"name": "A", "price": "1", "countries": "ZZ"}],
        [{"name": "A", "price": "1", "countries": "China"}],
    ],
)
def test_a_bad_table_of_shipping_changes_nothing(mei, lines):
    assert mei.post("/m/weft/settings/shipping/", zones(*lines)).status_code == 422
    assert shipping(Brand.objects.get()) == [("Everywhere", [], 0)]


def test_the_zone_of_another_brand_cannot_be_written(mei):
    other = cast.brand("Kettle", "Ruth")
    theirs = str(other.zones.get().pk)
    data = zones({"id": theirs, "name": "Mine now", "price": "9"}, initial=1)
    mei.post("/m/weft/settings/shipping/", data)
    assert shipping(other) == [("Everywhere", [], 0)]


def test_thresholds_are_tried_out_before_they_apply(mei):
    house = Brand.objects.get()
    cast.fan(house)
    cast.honorary(house)
    figures = {"fan": "11", "honorary": "61", "window_days": "180"}
    page = mei.post("/m/weft/settings/tiers/", figures | {"try": "1"}).content.decode()
    assert 'id="preview"' in page
    house.refresh_from_db()
    assert house.fan_threshold == 10
    mei.post("/m/weft/settings/tiers/", figures)
    house.refresh_from_db()
    assert (house.fan_threshold, house.honorary_threshold) == (11, 61)


@pytest.mark.parametrize(
    "bad",
    [
        {"fan": "0", "honorary": "5", "window_days": "90"},
        {"fan": "5", "honorary": "5", "window_days": "90"},
        {"fan": "5", "honorary": "9", "window_days": "1"},
        {"fan": "１２", "honorary": "x", "window_days": ""},
    ],
)
def test_thresholds_that_make_no_sense_are_refused(mei, bad):
    assert mei.post("/m/weft/settings/tiers/", bad).status_code == 422
    assert Brand.objects.get().honorary_threshold == 60
