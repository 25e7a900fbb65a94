"""Proposals of an edition as if residents had written them over some weeks: rows and history, without the mails."""

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from accounts.models import User, Verification
from budget.demo.ideas import FIRST, IDEAS, LAST, Idea
from budget.demo.places import Place, Places
from budget.participatory.models import Envelope, Theme
from budget.proposals.models import Price, Proposal, ProposalEvent, ProposalPhoto, Support
from budget.proposals.services.posting import estimate_lines, on_it, territories_of, total
from budget.proposals.services.steps import news
from common.images import Photo
from common.photos import keep
from engagement.activity.models import Activity

RESIDENTS = 240
# Of an envelope's ideas, how many take most of its money; and how many pictures there are of a scene.
DEAR, VARIANTS = 3, 3
# (scene of alerts.demo, variant, whether repaired) -> a photo
Pictures = Callable[[str, int, bool], Photo]
DOMAIN = "@habitants.valmore.example"


def residents(districts: list) -> list[User]:
    """People of the demo city who take part and whom nobody can sign in as; each lives in one of `districts`."""
    names = [f"{first} {last[0]}." for last in LAST for first in FIRST]
    return User.objects.bulk_create(
        User(
            email=f"habitant-{at}{DOMAIN}",
            display_name=names[at * 7 % len(names)],
            verification=Verification.RESIDENCE,
            residence=districts[at % len(districts)],
        )
        for at in range(RESIDENTS)
    )


class Writer:
    """Writes the proposals of one edition; the same `rng` gives the same ones.

    `told` is what followers would have heard of them, `pictured` the scenes of their photos by the proposal's id.
    """

    def __init__(self, budget, themes: dict[str, Theme], people: list[User], rng, pictures: Pictures | None):
        self.budget, self.themes, self.people, self.rng = budget, themes, people, rng
        self.pictures, self.told, self.pictured = pictures, [], {}
        self.places = Places(rng)
        self.prices = {price.code: price for price in Price.objects.all()}

    def write(self, envelope: Envelope, count: int, since: dt.datetime, until: dt.datetime) -> list[Proposal]:
        """Up to so many different ideas for that envelope, posted between two moments; a few of them dear."""
        ideas, made = self._ideas(), []
        for idea in ideas:
            if len(made) == count:
                break
            district = envelope.territory or self.rng.choice(self._districts())
            place = self.places.choose(district, idea.kinds, idea.shape)
            if place:
                at = since + (until - since) * self.rng.random()
                made.append(self._post(envelope, idea, place, at))
        return made

    def _ideas(self) -> list[Idea]:
        ideas = self.rng.sample(IDEAS, len(IDEAS))
        first = [idea for idea in ideas if idea.dear][:DEAR]
        return first + [idea for idea in ideas if idea not in first]

    def _districts(self):
        return [one.territory for one in self.budget.envelopes.filter(scope="territory").select_related("territory")]

    def _post(self, envelope: Envelope, idea: Idea, place: Place, at: dt.datetime) -> Proposal:
        where = (
            place.name[0].lower() + place.name[1:] if place.name.startswith(("Parc", "Bois", "Jardin")) else place.name
        )
        takes = {code: int(place.metres) if count == "m" else count for code, count in idea.takes.items()}
        lines = estimate_lines({code: count for code, count in takes.items() if code in self.prices})
        author = self.rng.choice(self.people)
        point = on_it(place.shape)
        proposal = Proposal.objects.create(
            budget=self.budget,
            envelope=envelope,
            theme=self.themes[idea.theme],
            title=idea.title.format(where=where)[:120],
            text=idea.text,
            shape=place.shape,
            point=point,
            address=place.name[0].upper() + place.name[1:],
            territories=territories_of(envelope, point),
            author=author,
            author_name=author.display_name,
            estimate_lines=lines,
            estimate=total(lines),
            created_at=at,
            updated_at=at,
        )
        event = ProposalEvent.objects.create(
            proposal=proposal, act="post", to_status=proposal.status, actor=author, created_at=at
        )
        self.told.append(Activity(**news(proposal, event) | {"object_key": str(proposal.pk)}, created_at=at))
        if self.pictures and idea.picture:
            clean = self.pictures(idea.picture, proposal.pk % VARIANTS, False)
            keep(ProposalPhoto(proposal=proposal, created_at=at), clean)
            self.pictured[proposal.pk] = idea.picture
        return proposal

    def support(self, proposals: list[Proposal], most: int) -> None:
        """Some people support each of them; a few ideas are liked by many."""
        rows = []
        for proposal in proposals:
            crowd = self.rng.sample(self.people, min(int(self.rng.paretovariate(1.3) * 4), most))
            proposal.supports = len(crowd)
            later = timezone.now() - proposal.created_at
            rows += [
                Support(proposal=proposal, user=user, created_at=proposal.created_at + later * self.rng.random())
                for user in crowd
            ]
        Support.objects.bulk_create(rows)
        Proposal.objects.bulk_update(proposals, ["supports"])
