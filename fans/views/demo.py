"""Only with DEMO=1: sign in as anybody of the demo with one click, and read their mail."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from core.clock import now
from core.models import Outbox
from fans import actions, queries
from fans.adapter import AccountAdapter
from fans.models import User
from fans.views.preferences import next_page

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """404 unless this is a demo."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """Everybody of the demo, by what they are; POST signs in as one of them."""
    if request.method == "POST":
        return _sign_in(request)
    return render(
        request,
        "fans/demo.html",
        {"groups": queries.demo_groups(now()), "next": request.GET.get("next", "")},
    )


@demo_only
@never_cache
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mail of the demo, newest first, or that of one address."""
    address = request.GET.get("to", "").strip()
    mails = Outbox.objects.order_by("-created_at", "-pk")
    if address:
        mails = mails.filter(to__icontains=address)
    page = Paginator(mails, 20).get_page(request.GET.get("page"))
    here = request.build_absolute_uri("/").rstrip("/")
    for mail in page:
        # The links work under whatever address the demo was opened.
        mail.text = mail.text.replace(settings.PUBLIC_URL, here)
    return render(request, "fans/demo_mail.html", {"page": page, "address": address})


def _sign_in(request: HttpRequest) -> HttpResponse:
    people = User.objects.filter(email__endswith=queries.DEMO_DOMAIN, is_active=True)
    which = request.POST.get("user", "")
    user = get_object_or_404(people, pk=which if which.isdecimal() else 0)
    if request.user.is_authenticated:
        # Another role is another person: as at sign-out, the guest of this browser is forgotten.
        AccountAdapter().logout(request)
    login(request, user, backend=BACKEND)
    actions.confirm_address(user)
    UserSession.objects.create_from_request(request)
    return HttpResponseRedirect(next_page(request))
