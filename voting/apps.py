from django.apps import AppConfig


class VotingConfig(AppConfig):
    """Django's entry for rounds; registers what other apps look up."""

    name = "voting"

    def ready(self) -> None:
        from core import ticks
        from fans import claims
        from voting import claims as ballot_claims
        from voting import live, sections, verify
        from voting.ticks import close_due_rounds, open_due_rounds

        live.register()
        sections.register()
        verify.register()
        claims.register(ballot_claims.settle)
        ticks.register(open_due_rounds)
        ticks.register(close_due_rounds)
