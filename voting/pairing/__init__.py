"""Choosing among many drafts two at a time: strengths, the next question, how many are left. Pure.

Nothing in here knows Django, a clock or a database. Whoever holds a `Desk` tells it the answers
and asks it for questions; the same answers, in the same order, and the same random numbers give
the same questions on every machine.
"""

from voting.pairing.desk import Desk, Past, Question
from voting.pairing.outlook import Outlook, outlook
from voting.pairing.strengths import Strengths, chance

__all__ = ["Desk", "Outlook", "Past", "Question", "Strengths", "chance", "outlook"]
