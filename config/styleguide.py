"""The gallery of components: every one in every state, on one page, for eyes and for tests."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(max_length=60, help_text="What people call it.")
    email = forms.EmailField(label="E-mail")
    body = forms.CharField(label="Description", widget=forms.Textarea, required=False)
    units = forms.IntegerField(label="Minimum", min_value=1, initial=200)
    closes = forms.DateTimeField(
        label="Closes", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    who = forms.ChoiceField(
        label="Who may vote", choices=[("all", "Everyone"), ("fans", "Fans")], required=False
    )
    results = forms.ChoiceField(
        label="Results",
        widget=forms.RadioSelect,
        choices=[("after", "After your own vote"), ("close", "After the close")],
        initial="after",
    )
    sizes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, choices=[("s", "S"), ("m", "M")], required=False
    )
    terms = forms.BooleanField(label="I have read the terms")


def styleguide(request: HttpRequest) -> HttpResponse:
    """The gallery; only in development and in the demo."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    typed = {"title": "Windbreaker", "email": "ada", "units": "0"}
    wrong = SampleForm({f"wrong-{name}": value for name, value in typed.items()}, prefix="wrong")
    page = Paginator(range(60), 24).page(2)
    return render(
        request,
        "styleguide/page.html",
        {"form": SampleForm(), "wrong": wrong, "pages": page, **_samples(timezone.now())},
    )


def _samples(now: dt.datetime) -> dict[str, Any]:
    return {
        "now": now,
        "soon": now + dt.timedelta(days=7),
        "minutes": now + dt.timedelta(minutes=8),
        "cards": _cards(),
        "votes": [
            _vote(state, note)
            for state, note in [
                ("idle", ""),
                ("pressed", ""),
                ("pending", "Counting …"),
                ("held", "Held until you add an e-mail."),
                ("failed", "Not counted: no connection. Try again."),
                ("closed", "Closed on Sun 29 Nov, 20:00 UTC+8."),
            ]
        ],
        "tallies": [
            {"hidden": "Score shows after you vote"},
            {"few": True, "votes": 7},
            _tally(58, 5, 612),
            {**_tally(61, 3, 1284), "final": True},
        ],
        "phases": [
            {"label": "Draft", "note": "24 drafts", "state": "done"},
            {"label": "Revise", "note": "8 went on", "state": "done"},
            {"label": "Vote", "note": "until 29 Nov", "state": "now"},
            {"label": "Final", "note": "1 December"},
            {"label": "Pre-order", "note": "6 December"},
        ],
        "stations": [
            {"label": "Deposit paid", "at": "Sun 29 Nov", "note": "¥50", "state": "done"},
            {"label": "Balance due", "at": "until 14 Dec, 20:00", "note": "¥239", "state": "now"},
            {"label": "Production", "at": "February"},
            {"label": "Shipped", "at": "March"},
        ],
        "ladder": [
            {"price": "¥329", "note": "1–199 orders", "state": "done"},
            {"price": "¥289", "note": "200–499 · now 312", "state": "now"},
            {"price": "¥259", "note": "500–999 · 188 to go"},
            {"price": "¥229", "note": "from 1,000"},
        ],
        "colours": [
            {"value": "blue", "label": "Blue", "colour": "#3f66b5"},
            {"value": "sand", "label": "Sand", "colour": "#cdb58c"},
            {"value": "moss", "label": "Moss", "colour": "#5d7048", "closed": True},
        ],
        "sizes": [{"value": size, "label": size} for size in ("S", "M", "L", "XL")],
        "columns": ["S", "M", "L", "XL"],
        "rows": [
            {"label": "Blue", "cells": [21, 88, 54, 12], "total": 175},
            {"label": "Sand", "cells": [14, 61, 62, 0], "total": 137},
        ],
        "sums": [35, 149, 116, 12],
        "size_rows": [
            {
                "label": colour,
                "cells": [{"name": f"{colour}-{s}", "label": s, "value": 0} for s in "SML"],
            }
            for colour in ("Blue", "Sand")
        ],
        "tabs": [
            {"label": "All", "href": "#tabs", "count": 38, "current": True},
            {"label": "Unresolved", "href": "#tabs", "count": 4},
            {"label": "Mine", "href": "#tabs", "count": 0},
        ],
        "crumbs": [
            {"label": "Weft", "href": "#tabs"},
            {"label": "Autumn outerwear", "href": "#tabs"},
        ],
        "unlocks": [
            {"label": "Vote in 3 rounds", "note": "3 of 3", "done": True},
            {"label": "Have 2 comments taken up", "note": "1 of 2", "href": "#"},
        ],
        "comments": [
            {
                "author": "Ada",
                "href": "#comment",
                "tier": "fan",
                "at": now - dt.timedelta(hours=2),
                "body": "The sleeve is too wide for cycling.",
            },
            {
                "author": "Lin Qiao",
                "href": "#comment",
                "at": now - dt.timedelta(hours=1),
                "body": "Taken up in revision 3.",
                "reply": True,
            },
            {
                "author": "Kenji",
                "href": "#comment",
                "tier": "honorary",
                "at": now,
                "body": "Deleted by its author.",
                "deleted": True,
            },
        ],
    }


def _cards() -> list[dict[str, Any]]:
    names = [
        ("windbreaker", "Half-zip windbreaker, storm flap", "Lin Qiao"),
        ("overshirt", "Wool overshirt", "Marta Okafor"),
        ("vest", "Quilted vest, four channels", "Sora T."),
        ("smock", "Canvas smock", "Yara B."),
    ]
    return [
        {
            "number": f"014{n}",
            "revision": 3,
            "title": title,
            "designer": designer,
            "href": "#cards",
            "image": f"{settings.STATIC_URL}styleguide/{name}.svg",
            "alt": f"{title}, front view",
            "vote": _vote("pressed" if n == 1 else "idle", "", key=f"card-{n}"),
            "tally": _tally(58 - 3 * n, 5, 612) if n < 3 else {"few": True, "votes": 7},
            "winner": n == 1,
        }
        for n, (name, title, designer) in enumerate(names)
    ]


def _vote(state: str, note: str, key: str = "") -> dict[str, Any]:
    return {
        "state": state,
        "note": note,
        "id": key or f"vote-{state}",
        "form": "sample",
        "value": "1",
        "title": "Half-zip windbreaker",
        "buys": state == "pressed",
    }


def _tally(value: int, spread: int, votes: int) -> dict[str, Any]:
    return {
        "value": value,
        "low": value - spread,
        "high": value + spread,
        "spread": spread,
        "votes": votes,
    }
