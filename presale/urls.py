from django.urls import URLPattern

app_name = "presale"
urlpatterns: list[URLPattern] = []
