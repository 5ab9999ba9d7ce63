import datetime as dt

import pytest
from django.utils import timezone

from fans import queries
from fans.actions import lift_suspension, record_contribution, suspend_person
from fans.models import Contribution
from fans.tiers import POINTS, TO_DO, Deed, Thresholds, Tier, lacking, score, tier_for, tier_of
from tests import cast

AT = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
TERMS = Thresholds(fan=10, honorary=60, window_days=180)


def deed(kind: str, points: int, days_ago: float = 1, subject: str = "x") -> Deed:
    return Deed(kind, points, AT - dt.timedelta(days=days_ago), subject)


@pytest.mark.parametrize(
    ("deeds", "tier"),
    [
        ([], Tier.USER),
        ([deed("voted", 9)], Tier.USER),
        ([deed("voted", 10)], Tier.FAN),
        ([deed("voted", 59)], Tier.FAN),
        ([deed("voted", 60)], Tier.HONORARY),
        # Too old by a second, or exactly at the edge: no longer counted.
        ([deed("voted", 10, 180)], Tier.USER),
        ([deed("voted", 10, 179.99)], Tier.FAN),
        # What has not happened yet does not count.
        ([deed("voted", 10, -1)], Tier.USER),
        # Money alone lifts nobody; half of an honorary developer comes from taking part.
        ([deed("order-paid", 500)], Tier.USER),
        ([deed("order-paid", 500), deed("voted", 1)], Tier.FAN),
        ([deed("order-paid", 500), deed("voted", 29)], Tier.FAN),
        ([deed("order-paid", 500), deed("voted", 30)], Tier.HONORARY),
        # Talk is capped at ten.
        ([deed("commented", 200)], Tier.FAN),
        ([deed("commented", 200), deed("voted", 49)], Tier.FAN),
        ([deed("commented", 200), deed("voted", 50)], Tier.HONORARY),
        # A suspension takes everything away until it is lifted or leaves the window.
        ([deed("voted", 99), deed("suspended", 0, 2, "s:1")], Tier.USER),
        ([deed("voted", 99), deed("suspended", 0, 181, "s:1")], Tier.HONORARY),
        (
            [
                deed("voted", 99),
                deed("suspended", 0, 2, "s:1"),
                deed("granted", 0, 1, "lift:s:1"),
            ],
            Tier.HONORARY,
        ),
        (
            [
                deed("voted", 99),
                deed("granted", 0, 3, "lift:s:1"),
                deed("suspended", 0, 2, "s:2"),
            ],
            Tier.USER,
        ),
    ],
)
def test_the_tier_that_deeds_make(deeds: list[Deed], tier: Tier):
    assert tier_for(score(deeds, TERMS.window_days, AT), TERMS) == tier
    backwards = list(reversed(deeds))
    assert tier_for(score(backwards, TERMS.window_days, AT), TERMS) == tier


@pytest.mark.parametrize(
    ("deeds", "missing"),
    [
        ([], (10, 1)),
        ([deed("voted", 4)], (6, 0)),
        ([deed("order-paid", 40)], (0, 1)),
        ([deed("voted", 12)], (48, 18)),
        ([deed("order-paid", 70), deed("voted", 2)], (0, 28)),
        ([deed("voted", 60)], (0, 0)),
    ],
)
def test_what_is_missing_for_the_next_tier(deeds: list[Deed], missing: tuple[int, int]):
    assert lacking(score(deeds, TERMS.window_days, AT), TERMS) == missing


def test_every_kind_has_its_points():
    assert set(POINTS) == set(Contribution.Kind.values)
    assert set(TO_DO) == set(POINTS) - {"granted", "suspended"}


@pytest.mark.django_db
def test_the_same_deed_is_recorded_once():
    house, ada = cast.brand(), cast.person("Ada")
    for _again in range(2):
        record_contribution(
            user=ada, brand=house, kind="voted", subject="round:1", at=timezone.now()
        )
    row = Contribution.objects.get()
    assert (row.points, row.subject) == (2, "round:1")


@pytest.mark.django_db
def test_tier_of_reads_one_brand_only():
    weft, kettle = cast.brand(), cast.brand("Kettle", "Ruth")
    kenji = cast.honorary(weft)
    now = timezone.now()
    assert tier_of(kenji, weft, now) == Tier.HONORARY
    assert tier_of(kenji, kettle, now) == Tier.USER
    assert tier_of(None, weft, now) == Tier.USER


@pytest.mark.django_db
def test_a_suspension_is_an_entry_and_so_is_its_end():
    weft = cast.brand()
    kenji, now = cast.honorary(weft), timezone.now()
    told = {"user": kenji, "brand": weft, "actor": "user:1"}
    suspend_person(**told, reason="Bought votes.", at=now)
    assert tier_of(kenji, weft, now) == Tier.USER
    assert lift_suspension(**told, reason="A mistake.", at=now) == 1
    assert lift_suspension(**told, reason="Again.", at=now) == 0
    assert tier_of(kenji, weft, now) == Tier.HONORARY
    suspend_person(**told, reason="Again.", at=now)
    assert tier_of(kenji, weft, now) == Tier.USER
    assert Contribution.objects.filter(user=kenji).count() == 4


@pytest.mark.django_db
def test_standing_names_reasons_and_what_is_missing():
    weft, now = cast.brand(), timezone.now()
    ada = cast.person("Ada")
    for n in range(3):
        record_contribution(
            user=ada, brand=weft, kind="voted", subject=f"round:{n}", label=f"Round {n}", at=now
        )
    it = queries.standing(ada, weft, now)
    assert (it.tier, it.next_tier, it.points, it.missing) == (Tier.USER, Tier.FAN, 6, 4)
    assert [row.label for row in it.reasons] == ["Round 2", "Round 1", "Round 0"]


@pytest.mark.django_db
def test_thresholds_can_be_tried_out():
    weft = cast.brand()
    cast.fan(weft)
    cast.honorary(weft)
    now = timezone.now()
    now_terms, harder = Thresholds(10, 60, 180), Thresholds(11, 61, 180)
    before, after = queries.people_by_tier(weft, [now_terms, harder], now)
    assert before == {Tier.USER: 0, Tier.FAN: 1, Tier.HONORARY: 1}
    assert after == {Tier.USER: 1, Tier.FAN: 1, Tier.HONORARY: 0}
