"""News from production, with photos."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.clock import now
from designs.access import signed_in
from designs.forms.pictures import PictureSet
from presale import access
from presale.actions.production import News, post_update
from presale.errors import Refused
from presale.forms.console import UpdateForm

MOST_PHOTOS = 4


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Write an update; photos that were uploaded stay when the form comes back."""
    campaign = access.managed_campaign(request.user, slug, pk)
    form = UpdateForm(request.POST or None)
    photos = PictureSet(request, prefix="photos", least=0, most=MOST_PHOTOS, asks_label=False)
    status = 422 if request.method == "POST" else 200
    # Both are asked, so that all messages come at once.
    if request.method == "POST" and form.is_valid() & photos.is_valid():
        data = form.cleaned_data
        news = News(
            stage=data["stage"],
            title=data["title"],
            body=data["body"],
            pictures=[(chosen.picture, chosen.alt) for chosen in photos.chosen],
            form_key=data["form_key"],
        )
        try:
            post_update(campaign=campaign, news=news, author=signed_in(request), now=now())
        except Refused as refused:
            form.add_error(None, str(refused))
            status = refused.status
        else:
            messages.success(request, _("Posted. Everybody who ordered gets it by mail."))
            return redirect("presale:campaign-manage", slug, pk)
    context = {"campaign": campaign, "brand": campaign.brand, "form": form, "photos": photos}
    return render(request, "presale/update_new.html", context, status=status)
