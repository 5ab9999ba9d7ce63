"""Limits on bursts."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from core.ratelimit import Limit, TooMany, spend, who_is

TWO = Limit("two", 2, 60)


def test_the_limit_holds_within_the_window_and_says_when_to_come_back():
    spend("ada", TWO, at=120.0)
    spend("ada", TWO, at=130.0)
    with pytest.raises(TooMany) as refused:
        spend("ada", TWO, at=150.0)
    assert refused.value.retry_after == 30
    spend("ada", TWO, at=180.0)


def test_everybody_and_every_thing_is_counted_apart():
    for _time in range(2):
        spend("ada", TWO, at=120.0)
    spend("kenji", TWO, at=120.0)
    spend("ada", Limit("other", 2, 60), at=120.0)


def test_several_limits_all_hold():
    many = Limit("many", 100, 10)
    for _time in range(2):
        spend("ada", many, TWO, at=120.0)
    with pytest.raises(TooMany):
        spend("ada", many, TWO, at=120.0)


def visit(**meta):
    request = RequestFactory().get("/", **meta)
    request.user = AnonymousUser()
    return request


def test_an_ipv4_address_in_the_dress_of_ipv6_is_itself_and_no_network_of_all():
    assert who_is(visit(REMOTE_ADDR="::ffff:192.0.2.1")) == who_is(visit(REMOTE_ADDR="192.0.2.1"))
    assert who_is(visit(REMOTE_ADDR="::ffff:192.0.2.2")) != who_is(visit(REMOTE_ADDR="192.0.2.1"))


def test_a_visitor_is_their_address_and_in_ipv6_their_network():
    assert who_is(visit(REMOTE_ADDR="203.0.113.7")) == "ip:203.0.113.7"
    one, other = "2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::2"
    assert who_is(visit(REMOTE_ADDR=one)) == who_is(visit(REMOTE_ADDR=other))
    assert who_is(visit(REMOTE_ADDR=one)) != who_is(visit(REMOTE_ADDR="2001:db8:1:3::1"))


def test_only_our_own_proxy_is_believed_about_the_address(settings):
    said = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.9, 203.0.113.7"}
    assert who_is(visit(**said)) == "ip:10.0.0.1"
    settings.BEHIND_PROXY = True
    assert who_is(visit(**said)) == "ip:203.0.113.7"
