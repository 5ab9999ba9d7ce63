"""The running site itself: pages, sockets and windows."""

from playwright.sync_api import expect


def test_home_page_loads_without_complaint(window):
    page = window()
    page.goto("/")
    expect(page.locator("h1")).to_be_visible()
