from django.urls import path

from voting.views import ballots, rounds

app_name = "voting"
urlpatterns = [
    path("rounds/", rounds.round_list, name="round-list"),
    path("r/<int:pk>/", rounds.round_page, name="round"),
    path("r/<int:pk>/ballot/", ballots.ballot, name="ballot"),
    path("r/<int:pk>/held/", ballots.held, name="round-held"),
    path("r/<int:pk>/drafts/<int:entry_pk>/would-buy/", ballots.would_buy, name="would-buy"),
]
