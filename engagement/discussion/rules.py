"""Who may write, and who may hide."""

import rules

from accounts.models import Verification
from accounts.rules import has_mandate, mandates
from engagement.discussion.querysets import MODERATORS
from engagement.discussion.subjects import Subject, find


def may_write(user) -> bool:
    """Somebody whose address is confirmed, so that each person is one."""
    return user.is_authenticated and user.verification >= Verification.EMAIL


def moderates_subject(user, subject: Subject) -> bool:
    """Whether that person may hide what is said of that subject; no query beyond the one for mandates."""
    if not user.is_authenticated:
        return False
    mandated = has_mandate(user, *MODERATORS, territory_ids=subject.territories)
    return user.is_superuser or mandated or subject.moderates(user)


def moderates_somewhere(user) -> bool:
    """Whether the desk of moderation is for that person."""
    return user.is_superuser or bool(mandates(user, *MODERATORS))


@rules.predicate
def moderates(user, comment):
    """A moderator or administrator where it was written, or who the subject's app names."""
    if has_mandate(user, *MODERATORS, territory_ids=comment.territories):
        return True
    subject = find(user, comment.subject_type, comment.subject_key)
    return subject is not None and subject.moderates(user)


rules.add_perm("discussion.moderate_comment", moderates)
