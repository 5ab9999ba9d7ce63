"""Every write of rounds, ballots and decisions."""

from voting.actions.ballots import NotCounted, NotKnownYet, cast_ballot
from voting.actions.claims import keep_guest_ballot, replace_with_guest_ballot
from voting.actions.closing import close_round, close_round_early, close_settled_round
from voting.actions.counting import count_round
from voting.actions.course import extend_round, pause_round, resume_round
from voting.actions.decisions import Decision, decide_round
from voting.actions.earlier import keep_earlier, withdraw_earlier
from voting.actions.members import take_back_ballots
from voting.actions.rounds import (
    NotPossible,
    Plan,
    cancel_round,
    change_round,
    open_round,
    plan_round,
    schedule_round,
    unschedule_round,
)
from voting.actions.setting_aside import (
    Judgement,
    judge_new_ballots,
    may_judge,
    release_ballots,
    uphold_ballots,
)
from voting.actions.telling import ask_for_receipt, mail_close, mail_notice

__all__ = [
    "Decision",
    "Judgement",
    "NotCounted",
    "NotKnownYet",
    "NotPossible",
    "Plan",
    "ask_for_receipt",
    "cancel_round",
    "cast_ballot",
    "change_round",
    "close_round",
    "close_round_early",
    "close_settled_round",
    "count_round",
    "decide_round",
    "extend_round",
    "judge_new_ballots",
    "keep_earlier",
    "keep_guest_ballot",
    "mail_close",
    "mail_notice",
    "may_judge",
    "open_round",
    "pause_round",
    "plan_round",
    "release_ballots",
    "replace_with_guest_ballot",
    "resume_round",
    "schedule_round",
    "take_back_ballots",
    "unschedule_round",
    "uphold_ballots",
    "withdraw_earlier",
]
