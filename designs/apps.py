from django.apps import AppConfig


class DesignsConfig(AppConfig):
    """Django's entry for drafts; registers what other apps look up."""

    name = "designs"

    def ready(self) -> None:
        from core import ticks
        from designs import pictures

        ticks.register(pictures.prepare_due, every=5)
        ticks.register(pictures.remove_unused, every=3600)
