from django.apps import AppConfig


class FansConfig(AppConfig):
    """Django's entry for people and brands; registers what other apps look up."""

    name = "fans"
