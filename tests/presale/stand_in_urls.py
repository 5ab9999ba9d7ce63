from django.http import HttpResponse
from django.urls import include, path

from config.urls import urlpatterns as usual


def page(request, **kwargs):
    return HttpResponse("")


app_name = "presale"
shop = (
    [
        path("orders/<str:code>/", page, name="order"),
        path("pay/<str:token>/", page, name="pay-link"),
        path("demo/bank/<str:ref>/", page, name="bank"),
        path("m/<slug:slug>/campaigns/<int:pk>/", page, name="campaign-manage"),
    ],
    "presale",
)
urlpatterns = [
    path("", include(shop)),
    *[u for u in usual if getattr(u, "app_name", "") != "presale"],
]
