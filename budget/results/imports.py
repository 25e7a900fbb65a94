"""Real elections from Pabulib files made into a finished budget on the map. All files of one call, or none.

Files are read one at a time, twice: for their paper, then for their votes. Memory grows with the largest of them.
"""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from budget.counting.pabulib import PabulibFile
from budget.participatory import services as budgets
from budget.participatory.models import Budget, Envelope, Scope
from budget.participatory.phases import Window
from budget.proposals.models import MAX_TITLE, Proposal
from budget.proposals.services.posting import territories_of
from budget.recount.refusals import in_words
from budget.results import services
from budget.results.ballots import ImportRefused, ballot_kind, read, votes
from budget.results.matching import Matcher, NoTerritory, plain
from budget.results.models import Count, Source
from budget.voting import choices
from budget.voting.services.closing import adopt, lay_paper
from geo.models import Level, Territory

DAY = dt.timedelta(days=1)
CENTS = 100
RULES = {
    "greedy": ("greedy", False),
    "greedy-no-skip": ("greedy-no-skip", False),
    "greedy-threshold": ("greedy-threshold", False),
    "equalshares": ("equal-shares", False),
    "equalshares-comparison": ("equal-shares", True),
    "equalshares/add1": ("equal-shares-add1", False),
    "equalshares/add1-comparison": ("equal-shares-add1", True),
}
NEEDED = ("unit", "instance", "date_begin", "date_end")


class Known(ImportRefused):
    """These very files were imported before."""

    def __init__(self, message: str, budget: Budget | None = None):
        super().__init__(message)
        self.budget = budget


@dataclass
class Report:
    """What was made: the budget, its counts, and what to know about the files (name, sentence)."""

    budget: Budget
    counts: list[Count] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class File:
    """One file: where it is, the SHA-256 of its bytes, what its META says."""

    path: Path
    digest: str
    meta: dict

    @property
    def name(self) -> str:
        """Of the place it is about; empty for a whole town."""
        return self.meta.get("subunit") or self.meta.get("district") or ""


def import_files(
    *, paths: list[Path], level: Level | None = None, territory: Territory | None = None, title: str = "", say=str
) -> Report:
    """Make a finished budget of these elections, one envelope for each file.

    With `level` each file that names a district becomes the envelope of that territory. `territory` is the budget's
    own; without it the districts' parent, or the one named as the files' town. `say` is told how it goes. Raises
    ImportRefused, and Known for files that were imported already.
    """
    with transaction.atomic():
        # Two imports of the same files at once: the second waits here, then finds them.
        _lock()
        found = _refuse_known([(path, _digest(path)) for path in sorted(paths, key=_natural)])
        matcher = Matcher(level) if level else None
        maker = _Maker(territory, title, say)
        for path, digest in found:
            maker.take(path, digest, matcher)
        return maker.finish()


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE results_source IN SHARE ROW EXCLUSIVE MODE")


def _natural(path: Path) -> list:
    """“9” before “10”."""
    parts = re.split(r"(\d+)", path.name)
    return [*parts[0:1], *(int(one) if at % 2 == 0 else one for at, one in enumerate(parts[1:]))]


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise ImportRefused(f"{path}: {problem.strerror}") from None


def _refuse_known(found: list[tuple[Path, str]]) -> list[tuple[Path, str]]:
    digests = [digest for _path, digest in found]
    if len(set(digests)) != len(digests):
        raise ImportRefused(_("The same file is given twice."))
    rows = list(Source.objects.filter(digest__in=digests).select_related("envelope__budget"))
    if rows:
        names = ", ".join(sorted(one.file_name for one in rows))
        message = _("Imported already, as “%(budget)s”: %(names)s.") % {
            "budget": rows[0].envelope.budget,
            "names": names,
        }
        raise Known(message, rows[0].envelope.budget if len(rows) == len(found) else None)
    return found


class _Maker:
    """Builds the budget file by file, in one transaction. Phases come last: they freeze what was made."""

    def __init__(self, territory: Territory | None, title: str, say):
        self.territory, self.title, self.say = territory, title, say
        self.files: list[tuple[File, Envelope, dict]] = []
        self.budget: Budget | None = None
        self.remarks: list[tuple[str, str]] = []
        self.begin, self.end = dt.date.max, dt.date.min

    def take(self, path: Path, digest: str, matcher: Matcher | None) -> None:
        """Read a file and lay its paper."""
        self.say(_("Reading %(name)s") % {"name": path.name})
        found = read(path, voters=False)
        if len(found.projects) > choices.MOST:
            said = _("%(name)s: a ballot paper has at most %(most)s projects here.")
            raise ImportRefused(said % {"name": path.name, "most": choices.MOST})
        file = File(path, digest, dict(found.meta))
        begin, end = _dates(file)
        self._refuse_other(file)
        self.begin, self.end = min(self.begin, begin), max(self.end, end)
        try:
            place = matcher.find(name=file.name, unit=file.meta["unit"], path=path) if matcher and file.name else None
        except NoTerritory as problem:
            raise ImportRefused(f"{path.name}: {problem}") from None
        if self.budget is None:
            self.budget = self._budget(file, place)
        elif place and place.parent_id != self.budget.territory_id and not self.territory:
            raise ImportRefused(
                _("%(name)s: %(place)s is not in %(town)s. Import the districts of one town together.")
                % {"name": path.name, "place": place, "town": self.budget.territory}
            )
        envelope = self._envelope(file, found, place)
        codes = self._paper(envelope, found, path)
        Source.objects.create(
            envelope=envelope,
            file_name=path.name[:255],
            digest=digest,
            meta=file.meta,
            codes=codes,
            selected=found.selected,
        )
        self.files.append((file, envelope, {code: number for number, code in enumerate(codes.values(), 1)}))
        self.remarks += [(path.name, in_words(remark)) for remark in found.warnings[:20]]
        if (currency := file.meta.get("currency", "EUR")) != "EUR":
            said = _("amounts are in %(currency)s; pages write them with the sign of the euro")
            self.remarks.append((path.name, said % {"currency": currency}))

    def _refuse_other(self, file: File) -> None:
        """Files of two elections make no budget: their sums and dates would be of neither."""
        for key in ("unit", "instance", "currency"):
            first = self.files[0][0].meta.get(key) if self.files else file.meta.get(key)
            if first != file.meta.get(key):
                raise ImportRefused(
                    _("%(name)s is of another election (%(key)s: %(this)s, not %(first)s). Import each on its own.")
                    % {"name": file.path.name, "key": key, "this": file.meta.get(key) or "–", "first": first or "–"}
                )

    def _budget(self, file: File, place: Territory | None) -> Budget:
        town = self.territory or (place.parent if place else None) or _town(file)
        title = self.title or _("Participatory budget of %(unit)s, %(instance)s") % {
            "unit": file.meta["unit"],
            "instance": file.meta["instance"],
        }
        return Budget.objects.create(
            slug=_free_slug(title),
            title=title[:200],
            summary=file.meta.get("description", "")[:600],
            territory=town,
            total=0,
        )

    def _envelope(self, file: File, found: PabulibFile, place: Territory | None) -> Envelope:
        taken = place and self.budget.envelopes.filter(scope=Scope.TERRITORY, territory=place).exists()
        rule, comparison = RULES.get(file.meta.get("rule", ""), ("greedy", False))
        if file.meta.get("rule") not in RULES:
            said = _("the rule “%(rule)s” is not one of ours: counted with most votes first")
            self.remarks.append((file.path.name, said % {"rule": file.meta.get("rule", "")}))
        return budgets.add_envelope(
            budget=self.budget,
            scope=Scope.TERRITORY if place and not taken else Scope.CITY,
            territory=place,
            title=(file.name or file.meta["unit"])[:200],
            amount=_cents(found.election.budget, found, file.path),
            ballot=ballot_kind(found),
            rule=rule,
            comparison=comparison,
            stop="overshoot",
            threshold=(found.threshold or None) if rule.startswith("greedy") else None,
            max_choices=_whole(file.meta.get("max_length")),
            max_points=_whole(file.meta.get("max_sum_points")),
            max_points_each=_whole(file.meta.get("max_points")),
            # Without a lot the order of the file decides between equals, as where nobody published a seed.
            seed="",
        )

    def _paper(self, envelope: Envelope, found: PabulibFile, path: Path) -> dict[str, str]:
        """The proposals in the order of the file; returns its ids by our references."""
        moment, rows = _morning(self.begin), []
        envelope.budget = self.budget
        own = territories_of(envelope, None)
        for project in found.election.projects:
            point = self._point(project, path)
            name = project.name or project.id
            rows.append(
                Proposal(
                    budget=self.budget,
                    envelope=envelope,
                    title=name if len(name) <= MAX_TITLE else name[: MAX_TITLE - 1].rstrip() + "…",
                    text="\n\n".join(
                        filter(None, [name if len(name) > MAX_TITLE else "", project.extra.get("description")])
                    ),
                    shape=point,
                    point=point,
                    territories=territories_of(envelope, point) if point else own,
                    status="feasible",
                    cost=_cents(project.cost, found, path),
                    created_at=moment,
                    updated_at=moment,
                )
            )
        rows = Proposal.objects.bulk_create(rows)
        lay_paper(envelope=envelope, proposals=rows)
        return {row.reference: project.id for row, project in zip(rows, found.election.projects, strict=True)}

    def _point(self, project, path: Path) -> Point | None:
        """The place the file gives; none is made up where it gives none."""
        said = project.extra.get("latitude"), project.extra.get("longitude")
        if not any(said):
            return None
        try:
            latitude, longitude = (float(one.replace(",", ".")) for one in said)
            if abs(latitude) <= 90 and abs(longitude) <= 180:
                return Point(longitude, latitude, srid=4326)
        except (ValueError, AttributeError):
            pass
        self.remarks.append((path.name, _("project %(id)s has no usable coordinates") % {"id": project.id}))
        return None

    def finish(self) -> Report:
        """Phases, ballots, counts; then everybody may see it."""
        closes = _morning(self.end + DAY)
        if closes + DAY > timezone.now():
            raise ImportRefused(_("The vote of these files is not over yet: only finished elections are imported."))
        self.budget.total = sum(self.budget.envelopes.values_list("amount", flat=True))
        self.budget.save(update_fields=["total"])
        budgets.set_phases(
            budget=self.budget,
            windows=[
                Window("voting", _morning(self.begin), closes),
                Window("counting", closes, closes + DAY),
            ],
        )
        source = ", ".join(file.path.name for file, *_rest in self.files)
        adopt(
            budget=self.budget,
            ballots={envelope: votes(file.path, envelope, numbers) for file, envelope, numbers in self.files},
            source=f"Pabulib: {source}"[:300],
            now=closes,
        )
        budgets.publish(budget=self.budget, now=closes)
        self.budget.refresh_from_db()
        counts = []
        for file, envelope, _numbers in self.files:
            self.say(_("Counting %(name)s") % {"name": file.path.name})
            envelope.budget = self.budget
            counts.append(services.count_past(envelope=envelope))
        return Report(self.budget, counts, self.remarks)


def _dates(file: File) -> tuple[dt.date, dt.date]:
    missing = [key for key in NEEDED if not file.meta.get(key)]
    if missing:
        raise ImportRefused(
            _("%(name)s: META does not say %(keys)s.") % {"name": file.path.name, "keys": ", ".join(missing)}
        )
    begin, end = _day(file, "date_begin"), _day(file, "date_end")
    # A year alone is the whole year.
    end = end.replace(month=12, day=31) if re.fullmatch(r"\d{4}", file.meta["date_end"]) else end
    if end < begin:
        raise ImportRefused(_("%(name)s: the vote ends before it begins.") % {"name": file.path.name})
    return begin, end


def _day(file: File, key: str) -> dt.date:
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%Y"):
        try:
            return dt.datetime.strptime(file.meta[key], form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    raise ImportRefused(
        _("%(name)s: “%(value)s” is no day (%(key)s).") % {"name": file.path.name, "value": file.meta[key], "key": key}
    )


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _town(file: File) -> Territory:
    unit = plain(file.meta["unit"])
    rows = [one for one in Territory.objects.current().filter(level__is_home=True) if plain(one.name) == unit]
    if len(rows) != 1:
        raise ImportRefused(
            _("%(name)s: which territory is “%(unit)s”? Name it with --territory.")
            % {"name": file.path.name, "unit": file.meta["unit"]}
        )
    return rows[0]


def _free_slug(title: str) -> str:
    base = slugify(title)[:70] or "budget"
    taken = set(Budget.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in [base, *(f"{base}-{n}" for n in range(2, 10_000))] if slug not in taken)


def _cents(amount: int, found: PabulibFile, path: Path) -> int:
    cents, rest = divmod(amount * CENTS, found.election.scale)
    if rest:
        raise ImportRefused(_("%(name)s: an amount has parts of a cent.") % {"name": path.name})
    return cents


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and 0 < int(text) <= 32_767 else None
