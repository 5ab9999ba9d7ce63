from django.urls import path

from core import views

app_name = "core"
urlpatterns = [path("progress/", views.progress_fragment, name="progress")]
