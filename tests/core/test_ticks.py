"""The ticker: what is slow does not keep the rest from its time."""

import threading

import pytest

from core import ticks


@pytest.fixture
def alone(monkeypatch, settings):
    monkeypatch.setattr(ticks, "_due", {})
    monkeypatch.setattr(ticks, "_beat", lambda at: 0)
    settings.DEMO = False


@pytest.mark.django_db
def test_a_mail_server_that_hangs_does_not_keep_a_round_open(alone):
    stop, hangs, closed = threading.Event(), threading.Event(), threading.Event()
    answers = threading.Event()

    def send_mail(at):
        hangs.set()
        answers.wait(10)
        return 0

    def close_rounds(at):
        closed.set()
        return 1

    ticks.register(send_mail, slow=True)
    ticks.register(close_rounds, every=0)
    ticker = threading.Thread(target=ticks.loop, args=[stop])
    ticker.start()
    try:
        assert hangs.wait(5)
        closed.clear()
        assert closed.wait(5)
    finally:
        stop.set()
        answers.set()
        ticker.join(5)
    assert not ticker.is_alive()
