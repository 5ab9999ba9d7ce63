from django.urls import path, re_path

from voting.views import ballots, claims, earlier, merchant, pairs, proof, rounds, setting_aside

app_name = "voting"
urlpatterns = [
    path("rounds/", rounds.round_list, name="round-list"),
    path("r/<int:pk>/", rounds.round_page, name="round"),
    path("r/<int:pk>/ballot/", ballots.ballot, name="ballot"),
    path("r/<int:pk>/pair/", pairs.pair, name="pair"),
    path("r/<int:pk>/mine/", ballots.mine, name="round-mine"),
    path("r/<int:pk>/held/", ballots.held, name="round-held"),
    path("r/<int:pk>/drafts/<int:entry_pk>/would-buy/", ballots.would_buy, name="would-buy"),
    path("r/<int:pk>/receipt/", proof.receipt, name="receipt"),
    path("r/<int:pk>/receipt/mail/", proof.receipt_mail, name="receipt-mail"),
    path("r/<int:pk>/files/<str:name>", proof.round_file, name="round-file"),
    path("recount.py", proof.script, name="recount-script"),
    path("ops/ballots/", setting_aside.ballots, name="ops-ballots"),
    path("ops/ballots/<int:pk>/", setting_aside.judge, name="ops-ballots-judge"),
    path("r/<int:pk>/earlier/", earlier.round_earlier, name="round-earlier"),
    path("r/<int:pk>/merge/", claims.round_merge, name="round-merge"),
    path("m/<slug:slug>/briefs/<int:pk>/rounds/new/", merchant.round_new, name="round-new"),
    path("m/<slug:slug>/rounds/<int:pk>/", merchant.round_manage, name="round-manage"),
    path("m/<slug:slug>/rounds/<int:pk>/edit/", merchant.round_edit, name="round-edit"),
    path("m/<slug:slug>/rounds/<int:pk>/close/", merchant.round_close, name="round-close"),
    path("m/<slug:slug>/rounds/<int:pk>/pause/", merchant.round_pause, name="round-pause"),
    path("m/<slug:slug>/rounds/<int:pk>/resume/", merchant.round_resume, name="round-resume"),
    path("m/<slug:slug>/rounds/<int:pk>/extend/", merchant.round_extend, name="round-extend"),
    path("m/<slug:slug>/rounds/<int:pk>/cancel/", merchant.round_cancel, name="round-cancel"),
    path("m/<slug:slug>/rounds/<int:pk>/decide/", merchant.round_decide, name="round-decide"),
    re_path(
        r"^m/(?P<slug>[-\w]+)/rounds/(?P<pk>\d+)/(?P<step>schedule|unschedule|open)/$",
        merchant.round_step,
        name="round-step",
    ),
]
