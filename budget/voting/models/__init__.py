"""The vote: its paper, its ballots and their chain, its codes, its booths, its closing."""

from budget.voting.models.ballots import Ballot, BallotKey, Cart, ChainLink, Channel, CountedBallot, Unsealed
from budget.voting.models.booths import Booth, Bundle, PaperEntry, Typing
from budget.voting.models.closing import Closing, ClosingCall
from budget.voting.models.codes import CodeBatch, VotingCode
from budget.voting.models.paper import PaperLine

__all__ = [
    "Ballot",
    "BallotKey",
    "Booth",
    "Bundle",
    "Cart",
    "ChainLink",
    "Channel",
    "Closing",
    "ClosingCall",
    "CodeBatch",
    "CountedBallot",
    "PaperEntry",
    "PaperLine",
    "Typing",
    "Unsealed",
    "VotingCode",
]
