"""What the pages about campaigns show: read models, computed from rows, carrying no viewer."""

from presale.pages.choices import axes, dearer, picked, scarce, variant_for
from presale.pages.delivery import Arrival, Punctuality, arrival, punctuality
from presale.pages.fallbacks import fallback_of, fallback_words
from presale.pages.ladders import LadderView, ladder_view
from presale.pages.locks import Leaving, Lock, leaving, locks
from presale.pages.offers import (
    MoneyBlock,
    has_sample,
    money_block,
    offer,
    overview,
    placements,
    shipping_table,
    updates,
    voters_of,
    worst_case,
)
from presale.pages.orders import about_order, may_cancel, may_change, may_move, takes_changes
from presale.pages.outcomes import Outcome, outcomes
from presale.pages.phases import Phase, balance_closes_at, dates, phase
from presale.pages.rhythm import Rhythm, rhythm
from presale.pages.slips import Question, Tally, answers_to, question, slips
from presale.pages.terms import auto_charge_text, consent_text, said_once

__all__ = [
    "Arrival",
    "Punctuality",
    "arrival",
    "punctuality",
    "about_order",
    "may_cancel",
    "may_change",
    "may_move",
    "takes_changes",
    "LadderView",
    "Leaving",
    "Lock",
    "MoneyBlock",
    "Outcome",
    "Phase",
    "Question",
    "Rhythm",
    "Tally",
    "answers_to",
    "auto_charge_text",
    "axes",
    "balance_closes_at",
    "consent_text",
    "dates",
    "dearer",
    "fallback_of",
    "fallback_words",
    "has_sample",
    "ladder_view",
    "leaving",
    "locks",
    "money_block",
    "offer",
    "outcomes",
    "overview",
    "phase",
    "picked",
    "placements",
    "question",
    "rhythm",
    "said_once",
    "scarce",
    "shipping_table",
    "slips",
    "updates",
    "variant_for",
    "voters_of",
    "worst_case",
]
