from django.urls import path

from fans.views import accounts, brand_settings, brands, demo, operator, people, preferences, team

app_name = "fans"
urlpatterns = [
    # The way in is ours; allauth's own address of the same path stands behind it.
    path("accounts/login/", accounts.enter, name="enter"),
    path("accounts/login/code/", accounts.to_enter),
    path("accounts/signup/", accounts.to_enter),
    path("accounts/login/password/", accounts.by_password, name="enter-by-password"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("me/settings/", people.settings, name="settings"),
    path("u/<slug:handle>/", people.profile, name="profile"),
    path("brands/", brands.brand_list, name="brand-list"),
    path("brands/apply/", brands.brand_apply, name="brand-apply"),
    path("brands/<slug:slug>/", brands.brand, name="brand"),
    path("brands/<slug:slug>/tiers/", brands.tiers, name="brand-tiers"),
    path("brands/<slug:slug>/follow/", brands.follow, name="brand-follow"),
    path("m/<slug:slug>/team/", team.team, name="team"),
    path("m/<slug:slug>/team/<int:pk>/role/", team.change_role, name="member-role"),
    path("m/<slug:slug>/team/<int:pk>/remove/", team.remove_member, name="member-remove"),
    path("m/<slug:slug>/invitations/<int:pk>/revoke/", team.revoke, name="invitation-revoke"),
    path("m/<slug:slug>/settings/", brand_settings.brand_settings, name="brand-settings"),
    path("m/<slug:slug>/settings/shipping/", brand_settings.zones, name="brand-zones"),
    path("m/<slug:slug>/settings/tiers/", brand_settings.thresholds, name="brand-thresholds"),
    path("m/<slug:slug>/people/", people.people, name="people"),
    path("m/<slug:slug>/people/<slug:handle>/", people.person, name="person"),
    path("invitations/<str:code>/", team.invitation, name="invitation"),
    path("ops/brands/", operator.brands, name="operator-brands"),
    path("ops/brands/<int:pk>/decide/", operator.decide, name="operator-brand-decide"),
    path("demo/", demo.demo, name="demo"),
    path("demo/mail/", demo.mailbox, name="demo-mail"),
]
