"""`@public name` in a text: people who already take part in that discussion."""

import re

from django.db.models import Value
from django.db.models.functions import Concat, Lower, StrIndex

from accounts.models import User
from engagement.discussion.models import Comment

# A text that names everybody is told to nobody beyond these.
MOST = 5


def mentioned(comment: Comment) -> list[User]:
    """Whom that comment names, at most MOST: the longest name that fits, so that “@Jean Paul” is not Jean.

    Two people of one name are both meant. One query, none where the text has no “@”.
    """
    if "@" not in comment.text:
        return []
    text = comment.text.lower()
    here = Comment.objects.about(comment.subject_type, comment.subject_key).filter(pk__lte=comment.pk)
    named = User.objects.filter(pk__in=here.values("author"), is_active=True).exclude(display_name="")
    within = StrIndex(Value(text), Concat(Value("@"), Lower("display_name")))
    people = named.alias(at=within).filter(at__gt=0).order_by("pk")[: 10 * MOST]
    found = []
    for person in sorted(people, key=lambda one: -len(one.display_name)):
        name = re.compile(rf"@{re.escape(person.display_name.lower())}(?!\w)")
        same = any(one.display_name.lower() == person.display_name.lower() for one in found)
        if same or name.search(text):
            text = name.sub("", text)
            found.append(person)
    return found[:MOST]
