from django.urls import path

from designs.views import pictures

app_name = "designs"
urlpatterns = [
    path("pictures/", pictures.upload, name="picture-upload"),
    path("pictures/<uuid:pk>/original/", pictures.original, name="picture-original"),
    path("pictures/<uuid:pk>/<str:name>", pictures.picture_file, name="picture-file"),
]
