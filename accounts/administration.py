"""What a mandate of administrator opens of the administration site, for as long as it is in force.

It is for those who administer the whole town: every territory of the home level where somebody acts for a public body
on this platform (two towns that share it are set up by who administers both, or by a superuser). They set up what the
town shares; who acts for it they decide inside their own territories alone. A superuser may do all.
"""

import rules
from django.db.models import Q

from accounts.models import STAFF_ROLES, Mandate, Role, User
from accounts.rules import mandates
from geo.models import Territory

VIEW, ADD, CHANGE, DELETE = "view", "add", "change", "delete"
WRITE = (VIEW, ADD, CHANGE)
ALL = (*WRITE, DELETE)


def administered(user) -> frozenset[int]:
    """Ids of the territories that user administers, with all inside them; read once per user object."""
    if not hasattr(user, "_administered"):
        found = new = {mandate.territory_id for mandate in mandates(user, Role.ADMINISTRATOR)}
        while new:
            new = set(Territory.objects.filter(parent__in=new).values_list("pk", flat=True)) - found
            found = found | new
        user._administered = frozenset(found)
    return user._administered


@rules.predicate
def runs_the_town(user):
    """Administers the home level's territories: each where somebody acts, and one at least."""
    if not administered(user):
        return False
    acting = Mandate.objects.in_force().filter(role__in=STAFF_ROLES)
    home = Territory.objects.filter(level__is_home=True)
    others = home.exclude(pk__in=administered(user))
    acted_in = others.filter(Q(mandates__in=acting) | Q(bodies__mandates__in=acting))
    return home.filter(pk__in=administered(user)).exists() and not acted_in.exists()


def open_to_administrators(app: str, **models: tuple[str, ...]) -> None:
    """The administration site of these models of `app` is open for these acts to who runs the town."""
    if not rules.perm_exists(app):
        rules.add_perm(app, runs_the_town)
    for model, acts in models.items():
        for act in acts:
            rules.add_perm(f"{app}.{act}_{model}", runs_the_town)


def may_enter(request) -> bool:
    """Whether the administration site opens: to staff, as Django has it, and to who runs the town."""
    user = request.user
    return user.is_active and (user.is_staff or runs_the_town(user))


def holds_less(user, person: User) -> bool:
    """Whether `user` may change that person's account: a superuser any, others who acts in their territories alone."""
    if user.is_superuser or not administered(user):
        return True
    elsewhere = person.mandates.exclude(territory__in=administered(user)).exists()
    return not (person.is_superuser or person.is_staff or person == user or elsewhere)


def gives(user, mandate: Mandate) -> bool:
    """Whether `user` may give or change that mandate: inside their territories, and never their own."""
    if user.is_superuser or not administered(user):
        return True
    return mandate.territory_id in administered(user) and mandate.user_id != user.pk


open_to_administrators(
    "geo",
    level=WRITE,
    territory=(VIEW, CHANGE),
    body=ALL,
    competence=ALL,
    jurisdiction=ALL,
    assetkind=WRITE,
    asset=(VIEW, CHANGE),
    street=(VIEW,),
    exportschedule=ALL,
)
open_to_administrators("accounts", user=WRITE, mandate=WRITE)
