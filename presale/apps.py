from django.apps import AppConfig


class PresaleConfig(AppConfig):
    """Django's entry for the pre-sale; registers what other apps look up."""

    name = "presale"
