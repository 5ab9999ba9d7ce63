import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests import cast

pytestmark = pytest.mark.django_db
TEAM_PAGES = ["/m/weft/team/", "/ops/brands/", "/admin/"]


@pytest.fixture(autouse=True)
def _required(settings):
    settings.REQUIRE_STAFF_MFA = True


@pytest.mark.parametrize("page", TEAM_PAGES)
def test_team_pages_ask_for_a_second_factor(sign_in, page):
    cast.brand()
    response = sign_in(cast.person("Mei", is_staff=True)).get(page)
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_index"))


def test_with_a_second_factor_they_open(sign_in):
    cast.brand()
    mei = cast.person("Mei")
    Authenticator.objects.create(user=mei, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert sign_in(mei).get("/m/weft/team/").status_code == 200


def test_other_pages_stay_open(sign_in):
    cast.brand()
    assert sign_in(cast.person("Mei")).get("/brands/weft/").status_code == 200


def test_it_is_off_where_it_is_not_required(sign_in, settings):
    settings.REQUIRE_STAFF_MFA = False
    cast.brand()
    assert sign_in(cast.person("Mei")).get("/m/weft/team/").status_code == 200


def test_the_admin_sends_to_the_one_door_and_refuses_others(client, sign_in, settings):
    settings.REQUIRE_STAFF_MFA = False
    response = client.get("/admin/login/?next=/admin/")
    assert response["Location"].startswith("/accounts/login/")
    response = sign_in(cast.person("Ada")).get("/admin/login/")
    assert response.status_code == 403


def test_the_pages_for_factors_open(sign_in):
    ada = cast.person("Ada")
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    client = sign_in(ada)
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "usersessions_list"):
        assert client.get(reverse(name)).status_code == 200
    assert b"data:image" not in client.get(reverse("mfa_activate_totp")).content
