"""Everything that changes briefs, drafts and conversations."""

from designs.actions.briefs import (
    Axis,
    BriefWords,
    close_brief,
    close_due_briefs,
    create_brief,
    edit_brief,
    open_brief,
)
from designs.actions.comments import (
    Locked,
    TooLate,
    delete_comment,
    edit_comment,
    post_comment,
)
from designs.actions.designs import (
    BriefClosed,
    DraftWords,
    add_revision,
    choose,
    decline,
    enter_round,
    forward,
    leave_round,
    send_to_revision,
    submit_design,
    withdraw,
)

__all__ = [
    "Axis",
    "BriefClosed",
    "BriefWords",
    "DraftWords",
    "Locked",
    "TooLate",
    "add_revision",
    "choose",
    "close_brief",
    "close_due_briefs",
    "create_brief",
    "decline",
    "delete_comment",
    "edit_brief",
    "edit_comment",
    "enter_round",
    "forward",
    "leave_round",
    "open_brief",
    "post_comment",
    "send_to_revision",
    "submit_design",
    "withdraw",
]
