from django.apps import AppConfig


class VotingConfig(AppConfig):
    """Django's entry for rounds; registers what other apps look up."""

    name = "voting"

    def ready(self) -> None:
        from core import ticks
        from designs import threads
        from fans import claims, joining
        from voting import (
            actions,
            comparisons,
            live,
            presses,
            queries,
            sections,
            triggers,
            verify,
        )
        from voting import checks as _checks  # noqa: F401
        from voting import claims as ballot_claims
        from voting.ticks import (
            cancel_missed_rounds,
            close_due_rounds,
            close_settled_rounds,
            count_closed_rounds,
            count_unanswered,
            forget_traces,
            judge_ballots,
            mail_closes,
            mail_notices,
            open_due_rounds,
        )

        triggers.GUARD.register(self)
        live.register()
        presses.register()
        comparisons.register()
        threads.register(queries.place_of_round)
        sections.register()
        verify.register()
        joining.on_join(
            lambda member: actions.take_back_ballots(brand=member.brand, user_id=member.user_id)
        )
        claims.register(ballot_claims.KIND, ballot_claims.settle, ballot_claims.refuse)
        ticks.register(open_due_rounds)
        ticks.register(cancel_missed_rounds)
        # In threads of their own: a close does not wait for other jobs, nor for a count.
        ticks.register(close_due_rounds, slow=True)
        ticks.register(count_closed_rounds, slow=True)
        ticks.register(close_settled_rounds, every=5)
        ticks.register(judge_ballots, every=5)
        ticks.register(mail_closes)
        ticks.register(mail_notices)
        ticks.register(count_unanswered, every=3, slow=True)
        ticks.register(forget_traces, every=60)
