import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from fans.access import MERCHANT, OWNER, brand_for, has_role
from fans.models import Brand
from tests import cast

pytestmark = pytest.mark.django_db


def may(name: str, *roles: str) -> bool:
    try:
        return bool(brand_for(cast.person(name), "weft", *roles))
    except PermissionDenied:
        return False


@pytest.mark.parametrize(
    ("name", "owner", "merchant", "member"),
    [
        ("Mei", True, True, True),
        ("Jonas", False, True, True),
        ("Lin", False, False, True),
        ("Omar", False, False, False),
        ("Ruth", False, False, False),
        ("Olga", False, False, False),
    ],
)
def test_who_may_enter(name: str, owner: bool, merchant: bool, member: bool):
    cast.brand()
    cast.brand("Kettle", "Ruth")
    cast.operator()
    assert (may(name, OWNER), may(name, *MERCHANT), may(name)) == (owner, merchant, member)


def test_nobody_enters_anonymously():
    house = cast.brand()
    assert not has_role(AnonymousUser(), house)
    with pytest.raises(PermissionDenied):
        brand_for(AnonymousUser(), "weft")


def test_an_unknown_brand_and_one_not_approved_are_not_found():
    with pytest.raises(Http404):
        brand_for(cast.person("Mei"), "weft")
    house = cast.brand()
    for state in (Brand.State.APPLIED, Brand.State.DECLINED):
        Brand.objects.filter(pk=house.pk).update(state=state)
        with pytest.raises(Http404):
            brand_for(cast.person("Mei"), "weft")


def test_a_suspended_brand_is_closed_to_its_owner():
    house = cast.brand()
    Brand.objects.filter(pk=house.pk).update(state=Brand.State.SUSPENDED)
    assert not may("Mei")
