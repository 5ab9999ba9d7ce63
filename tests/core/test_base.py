"""What every page has: language, theme, navigation, regions that speak."""

import pytest

from fans.models import Membership
from tests import cast

pytestmark = pytest.mark.django_db


def page(client, address: str = "/styleguide/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_regions_that_speak_are_there_and_empty(client):
    html = page(client)
    assert 'role="status" aria-live="polite" aria-atomic="true"></div>' in html
    assert 'role="alert"></div>' in html


def test_the_theme_of_the_cookie_is_in_the_first_byte(client):
    assert "data-theme" not in page(client)
    client.cookies["theme"] = "dark"
    assert ' data-theme="dark">' in page(client)


def test_a_forged_theme_is_ignored(client):
    client.cookies["theme"] = '"><b>'
    assert "data-theme" not in page(client)


def test_the_console_is_offered_to_those_who_run_a_brand(client, sign_in):
    cast.brand()
    for name, offered in [("Mei", True), ("Jonas", True), ("Lin", False), ("Omar", False)]:
        roles = sign_in(cast.person(name)).get("/styleguide/").context["roles"]
        assert roles.is_merchant is offered, name


def test_the_studio_is_offered_to_those_who_design(client, sign_in):
    cast.design(designer="Ada")
    for name, offered in [("Lin", True), ("Ada", True), ("Mei", False)]:
        roles = sign_in(cast.person(name)).get("/styleguide/").context["roles"]
        assert roles.is_designer is offered, name
    assert Membership.objects.filter(user=cast.person("Ada")).count() == 0


def test_the_gallery_is_not_part_of_a_real_installation(client, settings):
    settings.DEMO = settings.DEBUG = False
    assert client.get("/styleguide/").status_code == 404


def test_problems_in_a_form_are_wired_to_their_fields(client):
    html = page(client)
    assert 'aria-describedby="id_wrong-email_error"' in html
    assert 'id="id_wrong-email_error"' in html
    assert '<a href="#id_wrong-email">' in html
