from django.urls import path

from designs.views import briefs, designs, pictures, pins, search, studio, threads

app_name = "designs"
urlpatterns = [
    path("briefs/", briefs.brief_list, name="brief-list"),
    path("briefs/<int:pk>/", briefs.brief, name="brief"),
    path("briefs/<int:pk>/answer/", designs.design_new, name="design-new"),
    path("m/<slug:slug>/briefs/new/", briefs.brief_new, name="brief-new"),
    path("m/<slug:slug>/briefs/<int:pk>/", briefs.brief_manage, name="brief-manage"),
    path("m/<slug:slug>/briefs/<int:pk>/open/", briefs.brief_open, name="brief-open"),
    path("m/<slug:slug>/briefs/<int:pk>/close/", briefs.brief_close, name="brief-close"),
    path("d/<int:pk>/", designs.design, name="design"),
    path("d/<int:pk>/revisions/<int:number>/", designs.design_revision, name="design-revision"),
    path("d/<int:pk>/revisions/<int:number>/compare/", designs.compare, name="compare"),
    path("d/<int:pk>/revisions/<int:number>/feedback/", pins.feedback, name="feedback"),
    path("d/<int:pk>/pins/new/", pins.pin_new, name="pin-new"),
    path("pins/<int:pk>/", pins.pin, name="pin"),
    path("pins/<int:pk>/judge/", pins.judge, name="pin-judge"),
    path("d/<int:pk>/revise/", designs.revise, name="revise"),
    path("d/<int:pk>/ask/", designs.ask, name="ask"),
    path("d/<int:pk>/withdraw/", designs.withdraw, name="withdraw"),
    path("search/", search.search, name="search"),
    path("studio/", studio.studio, name="studio"),
    path("designers/<slug:handle>/", studio.portfolio, name="portfolio"),
    path("threads/<int:pk>/comments/", threads.comments, name="comment-post"),
    path("comments/<int:pk>/", threads.comment, name="comment"),
    path("comments/<int:pk>/history/", threads.history, name="comment-history"),
    path("comments/<int:pk>/edit/", threads.edit, name="comment-edit"),
    path("comments/<int:pk>/react/", pins.react, name="comment-react"),
    path("comments/<int:pk>/delete/", threads.delete, name="comment-delete"),
    path("pictures/", pictures.upload, name="picture-upload"),
    path("pictures/<uuid:pk>/original/", pictures.original, name="picture-original"),
    path("pictures/<uuid:pk>/<str:name>", pictures.picture_file, name="picture-file"),
]
