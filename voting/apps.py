from django.apps import AppConfig


class VotingConfig(AppConfig):
    """Django's entry for rounds; registers what other apps look up."""

    name = "voting"

    def ready(self) -> None:
        from voting import live

        live.register()
