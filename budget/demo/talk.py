"""What residents say under proposals, and who agrees: rows as engagement.discussion writes them, without the mails."""

import datetime as dt
import random

from accounts.models import User
from budget.demo.ideas import REMARKS
from budget.proposals.models import Proposal
from engagement.discussion.models import Comment, Support

SHARE = 0.6
MOST, MOST_SUPPORTS = 4, 14
HOURS = (3, 70)


class Talk:
    """Discussions of proposals until a moment; the same `rng` gives the same ones."""

    def __init__(self, people: list[User], rng: random.Random, until: dt.datetime):
        self.people, self.rng, self.until = people, rng, until

    def about(self, proposals: list[Proposal]) -> int:
        """Something is said about most of these; returns how many comments there are."""
        said = [one for proposal in proposals if self.rng.random() < SHARE for one in self._roots(proposal)]
        roots = Comment.objects.bulk_create(root for root, _author, _answer in said)
        answers = Comment.objects.bulk_create(
            self._comment(root, author, answer) for root, author, answer in said if answer and author != root.author
        )
        self._support(roots)
        return len(roots) + len(answers)

    def _roots(self, proposal: Proposal) -> list[tuple[Comment, User, str]]:
        """(what somebody says, the proposal's author, what they answer or nothing)"""
        said = self.rng.sample(REMARKS, self.rng.randint(1, MOST))
        roots = []
        for (stance, text, answer), author in zip(said, self.rng.sample(self.people, len(said)), strict=True):
            at = proposal.created_at + (self.until - proposal.created_at) * self.rng.random() ** 2
            root = Comment(
                subject_type="proposal",
                subject_key=str(proposal.pk),
                title=proposal.title,
                territories=proposal.territories,
                stance=stance,
                author=author,
                text=text,
                created_at=at,
            )
            roots.append((root, proposal.author, answer))
        return roots

    def _comment(self, parent: Comment, author: User, text: str) -> Comment:
        later = parent.created_at + dt.timedelta(hours=self.rng.uniform(*HOURS))
        return Comment(
            subject_type=parent.subject_type,
            subject_key=parent.subject_key,
            title=parent.title,
            territories=parent.territories,
            parent=parent,
            author=author,
            text=text,
            created_at=min(later, self.until),
        )

    def _support(self, comments: list[Comment]) -> None:
        rows = []
        for comment in comments:
            others = [one for one in self.people if one.pk != comment.author_id]
            crowd = self.rng.sample(others, min(int(self.rng.paretovariate(1.2)) - 1, MOST_SUPPORTS))
            comment.supports = len(crowd)
            rows += [Support(comment=comment, user=user) for user in crowd]
        Support.objects.bulk_create(rows)
        Comment.objects.bulk_update(comments, ["supports"])
