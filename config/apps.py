from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root: checks over the whole installation."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401
