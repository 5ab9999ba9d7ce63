from django.urls import path

from fans.views import accounts, demo, preferences

app_name = "fans"
urlpatterns = [
    # The way in is ours; allauth's own address of the same path stands behind it.
    path("accounts/login/", accounts.enter, name="enter"),
    path("accounts/login/code/", accounts.to_enter),
    path("accounts/signup/", accounts.to_enter),
    path("accounts/login/password/", accounts.by_password, name="enter-by-password"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("demo/", demo.demo, name="demo"),
    path("demo/mail/", demo.mailbox, name="demo-mail"),
]
