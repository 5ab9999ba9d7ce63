"""Every address of the site. Each app brings its own pages; the few below belong to nobody."""

from django.contrib import admin
from django.urls import include, path

from config import styleguide, views

urlpatterns = [
    path("", views.home, name="home"),
    path("how-it-works/", views.page, {"template": "how_it_works"}, name="how-it-works"),
    path("fairness/", views.page, {"template": "fairness"}, name="fairness"),
    path("refunds/", views.page, {"template": "refunds"}, name="refunds"),
    path("accessibility/", views.page, {"template": "accessibility"}, name="accessibility"),
    path("live/", views.live_now, name="live"),
    path("robots.txt", views.robots, name="robots"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("", include("core.urls")),
    path("", include("fans.urls")),
    path("", include("designs.urls")),
    path("", include("voting.urls")),
    path("", include("presale.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
