from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class PresaleConfig(AppConfig):
    """Django's entry for the pre-sale; registers what other apps look up."""

    name = "presale"

    def ready(self) -> None:
        from presale import audit, checks, ticks, triggers  # noqa: F401

        pre_migrate.connect(triggers.drop_before_rebuild, sender=self)
        post_migrate.connect(triggers.install, sender=self)
        ticks.register()
        audit.register()
