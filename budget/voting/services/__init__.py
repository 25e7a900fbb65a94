"""What is done with a vote: its paper printed, ballots cast, the vote closed; codes and booths."""

from budget.voting.services.booths import accept_booth, add_booth, add_bundle, set_signatures, settle, type_ballot
from budget.voting.services.casting import NotOpen, NotYours, VoteError, Wrong, cast, keep_cart
from budget.voting.services.closing import adopt, call_to_close, confirm_closing, lay_paper, withdraw_call
from budget.voting.services.codes import desk_code, known_code, make_codes, replace_code, revoke_batch
from budget.voting.services.paper import PaperError, print_paper

__all__ = [
    "NotOpen",
    "NotYours",
    "PaperError",
    "VoteError",
    "Wrong",
    "accept_booth",
    "add_booth",
    "add_bundle",
    "adopt",
    "call_to_close",
    "cast",
    "confirm_closing",
    "desk_code",
    "keep_cart",
    "known_code",
    "lay_paper",
    "make_codes",
    "print_paper",
    "replace_code",
    "revoke_batch",
    "set_signatures",
    "settle",
    "type_ballot",
    "withdraw_call",
]
