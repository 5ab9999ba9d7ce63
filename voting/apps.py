from django.apps import AppConfig


class VotingConfig(AppConfig):
    """Django's entry for rounds; registers what other apps look up."""

    name = "voting"
