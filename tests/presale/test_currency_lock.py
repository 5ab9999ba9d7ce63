import pytest

from fans.models import Brand
from tests import cast
from tests.fans.test_brand_settings import ABOUT
from tests.presale.house import draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("has_campaign", "currency"), [(True, "CNY"), (False, "EUR")])
def test_a_brands_currency_is_fixed_with_its_first_campaign(sign_in, has_campaign, currency):
    cast.brand()
    if has_campaign:
        draft()
    sign_in(cast.person("Mei")).post("/m/weft/settings/", ABOUT)
    assert Brand.objects.get().currency == currency
