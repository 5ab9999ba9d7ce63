from django.urls import URLPattern

app_name = "fans"
urlpatterns: list[URLPattern] = []
