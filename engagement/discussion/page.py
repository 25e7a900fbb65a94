"""A discussion as one viewer reads it: both sides face to face, questions apart, a page at a time.

The number of queries does not grow with the comments.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, zip_longest

from django.http import QueryDict
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from engagement.discussion.forms import CommentForm
from engagement.discussion.models import Comment, Silence, Stance, Support
from engagement.discussion.querysets import BEST, NEWEST
from engagement.discussion.rules import may_write, moderates_somewhere, moderates_subject
from engagement.discussion.subjects import Subject, find, token

PAGE, REPLIES, THREAD = 10, 3, 50
# Names of what an address may ask for: which comments, and in which order.
SHOWN = {
    "": (Stance.FOR, Stance.AGAINST),
    "pour": (Stance.FOR,),
    "contre": (Stance.AGAINST,),
    "questions": (Stance.QUESTION,),
}
SORTS = {"": BEST, "recents": NEWEST}
ASKED = ("avis", "tri", "suite", "ecrit")
MINE = 5


@dataclass(frozen=True)
class Viewer:
    """What somebody may do in the discussion of one subject; the subject is asked once a page."""

    user: User
    subject: Subject
    csrf_token: str

    @classmethod
    def of(cls, request, subject: Subject) -> "Viewer":
        return cls(request.user, subject, get_token(request))

    @property
    def signed_in(self) -> bool:
        return self.user.is_authenticated

    @property
    def confirmed(self) -> bool:
        return may_write(self.user)

    @cached_property
    def moderates(self) -> bool:
        return moderates_subject(self.user, self.subject)

    @cached_property
    def answers_as(self) -> str | None:
        return self.subject.answers(self.user) if self.signed_in else None


def context(request, subject_type: str, key, form: CommentForm | None = None) -> dict:
    """What discussion/discussion.html needs; {} where this viewer has nothing to discuss there."""
    subject = find(request.user, subject_type, key)
    if subject is None:
        return {}
    viewer = Viewer.of(request, subject)
    comments = Comment.objects.about(subject_type, key)
    tally, asked = comments.tally(), request.GET
    shown = asked.get("avis") if asked.get("avis") in SHOWN else ""
    sort = asked.get("tri") if asked.get("tri") in SORTS else ""
    stances = SHOWN[shown]
    pages = max(math.ceil(tally.get(one, (0, 0))[0] / PAGE) for one in stances) or 1
    number = within(asked.get("suite", ""), pages)
    begin = (number - 1) * PAGE
    rows = comments.roots().listed().select_related("author").order_by(*SORTS[sort])
    sides = [list(rows.filter(stance=one)[begin : begin + PAGE]) for one in stances]
    written = _written(request, comments)
    decorate([*chain(*sides), *written], request.user)
    link = _links(request)
    return {
        "request": request,
        "viewer": viewer,
        "subject": subject,
        "token": token(subject_type, key),
        "form": form or CommentForm(user=request.user, answers_as=viewer.answers_as, auto_id="discussion_%s"),
        "written": written[0] if written else None,
        "rows": [one for pair in zip_longest(*sides) for one in pair if one and one not in written],
        "facing": len(stances) > 1,
        "counts": {one: tally.get(one, (0, 0))[1] for one in Stance.values},
        "shown": shown,
        "sort": sort,
        "tabs": _tabs(shown, tally, link, sort),
        "sorts": [
            {"title": title, "url": link(avis=shown, tri=name), "current": sort == name}
            for name, title in (("", _("Most supported")), ("recents", _("Newest")))
        ],
        "number": number,
        "pages": pages,
        "previous": link(avis=shown, tri=sort, suite=number - 1) if number > 1 else "",
        "next": link(avis=shown, tri=sort, suite=number + 1) if number < pages else "",
    }


def _tabs(shown: str, tally: dict, link, sort: str) -> list[dict]:
    titles = {
        "": _("For and against"),
        "pour": pgettext("stance", "For"),
        "contre": pgettext("stance", "Against"),
        "questions": _("Questions"),
    }
    return [
        {
            "title": titles[name],
            "count": sum(tally.get(one, (0, 0))[1] for one in stances),
            "url": link(avis=name, tri=sort),
            "current": name == shown,
        }
        for name, stances in SHOWN.items()
    ]


def _links(request):
    """Addresses of this page with other answers to what ASKED names; what else it was asked stays."""
    others = request.GET.copy()
    for name in ASKED:
        others.pop(name, None)

    def link(**asked) -> str:
        query: QueryDict = others.copy()
        query.update({name: value for name, value in asked.items() if value})
        return f"?{query.urlencode()}#discussion"

    return link


def _written(request, comments) -> list[Comment]:
    """What this person has just written, shown whatever page and order there are."""
    reference = request.GET.get("ecrit", "")[:12]
    if not reference or not request.user.is_authenticated:
        return []
    mine = comments.roots().readable().filter(author=request.user, reference=reference.replace("\0", ""))
    return list(mine.select_related("author"))


def within(text: str, pages: int) -> int:
    """The number of a page that there is."""
    known = text.isascii() and text.isdigit() and len(text) < 9
    return min(max(int(text), 1), pages) if known else 1


def decorate(roots: list[Comment], user, replies: list[Comment] | None = None) -> None:
    """Give each root `shown_replies`, official ones apart, and their `reply_count`; and each comment `supported`.

    Two queries; one where the caller brings the `replies`, with their `total`.
    """
    if replies is None:
        replies = list(Comment.objects.first_replies([one.pk for one in roots], REPLIES))
    supported = set()
    if user.is_authenticated:
        both = [one.pk for one in (*roots, *replies)]
        supported = set(Support.objects.filter(user=user, comment__in=both).values_list("comment", flat=True))
    for one in (*roots, *replies):
        one.supported = one.pk in supported
        one.mine = user.is_authenticated and one.author_id == user.pk
    for root in roots:
        mine = [one for one in replies if one.parent_id == root.pk]
        root.official_replies = [one for one in mine if one.official]
        root.shown_replies = [one for one in mine if not one.official]
        root.reply_count = mine[0].total if mine else 0


def section(request) -> dict:
    """The part of the account page: what I wrote last, and whether mails come."""
    rows = Comment.objects.filter(author=request.user, withdrawn_at=None).order_by("-pk")
    return {
        "comments": list(rows[:MINE]),
        "silent": Silence.objects.filter(user=request.user).exists(),
        "moderates": moderates_somewhere(request.user),
        "csrf_token": get_token(request),
    }
