from django.apps import AppConfig


class FansConfig(AppConfig):
    """Django's entry for people and brands; registers what other apps look up."""

    name = "fans"

    def ready(self) -> None:
        from core import ticks
        from fans import actions

        ticks.register(actions.forget_unconfirmed, every=3600)
