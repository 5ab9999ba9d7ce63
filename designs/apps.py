from django.apps import AppConfig


class DesignsConfig(AppConfig):
    """Django's entry for drafts; registers what other apps look up."""

    name = "designs"
