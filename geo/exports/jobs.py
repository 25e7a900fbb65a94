"""Files too large to wait for: asked for once, made by a worker with the rights of who asked, kept a week."""

import datetime as dt
import logging
import shutil

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common import workers
from common.ratelimit import exceeded
from geo.changes import version
from geo.exports import mails, wanted
from geo.exports.formats import FORMATS
from geo.exports.locks import alone
from geo.exports.wanted import NotThere, Wanted
from geo.layers import BadParameter
from geo.models import Export

log = logging.getLogger(__name__)
KEPT = dt.timedelta(days=7)
# Of people without an account: a row that is hidden meanwhile does not stay in a file for long.
KEPT_PUBLIC = dt.timedelta(days=1)
# A file that shows the same rows is given again instead of made again; "the last 30 days" move.
GIVEN_AGAIN = dt.timedelta(hours=1)
MAX_ATTEMPTS = 3
# What a worker may have taken up by now, had one been free.
OVERLOOKED = dt.timedelta(seconds=30)
MAX_OPEN = 3  # of one person at a time
MAX_OPEN_PUBLIC = 10  # of all people without an account
HOUR = 3600


class TooManyExports(Exception):
    """This person, or everybody together, waits for too many already; the message says what to do."""


def ask(*, viewer, asked: Wanted, caller: str) -> Export:
    """The export of that person that is under way or ready; a new one where there is none. Raises TooManyExports.

    `caller` is common.caller.address(request). Two who ask at the same moment get the same.
    """
    owner = viewer if viewer.is_authenticated else None
    digest = asked.digest(viewer)
    if known := _known(digest, asked):
        return known
    refuse_floods(owner, caller)
    given = {
        "owner": owner,
        "layers": [layer.name for layer in asked.layers],
        "format": asked.form.name,
        "srid": asked.srid,
        "parameters": asked.parameters,
        "digest": digest,
    }
    try:
        with transaction.atomic():
            job = Export.objects.create(**given)
    except IntegrityError:
        return Export.objects.open().get(digest=digest)
    workers.call("geo.tasks.make_export", job.pk)
    return job


def _known(digest: str, asked: Wanted) -> Export | None:
    same = Export.objects.filter(digest=digest)
    fresh = Q(finished_at__gt=timezone.now() - GIVEN_AGAIN, version=_version(asked))
    return same.open().first() or same.ready().filter(fresh).order_by("-finished_at").first()


def _version(asked: Wanted) -> str:
    return version({model for layer in asked.layers for model in layer.tables})


def refuse_floods(owner, caller: str) -> None:
    """Count one more large export of that person (None: of nobody known). Raises TooManyExports."""
    waiting = Export.objects.open().filter(owner=owner).count()
    if waiting >= (MAX_OPEN if owner else MAX_OPEN_PUBLIC):
        raise TooManyExports(_("Other exports are being made. Come back when they are ready, in a few minutes."))
    if exceeded(f"exports:{owner.pk if owner else caller}", limit=settings.EXPORTS_LIMIT, seconds=HOUR):
        raise TooManyExports(_("You have asked for many large exports within the hour. Try again in an hour."))
    if (Export.objects.aggregate(all=Sum("size"))["all"] or 0) >= settings.EXPORTS_MAX_BYTES:
        log.error("exports take all the room they may: see EXPORTS_MAX_BYTES")
        raise TooManyExports(_("There is no room for more large exports today. Try again tomorrow."))


def run(pk: int) -> None:
    """Make that export, unless another worker is at it or it is made. May be called again at any time."""
    with alone(f"export:{pk}") as mine:
        job = Export.objects.open().filter(pk=pk).select_related("owner").first() if mine else None
        if job is None:
            return
        if job.attempts >= MAX_ATTEMPTS:
            _fail(job, _("It could not be made, though we tried several times. We have been told."))
            log.error("export %s was given up after %d attempts", pk, job.attempts)
            return
        Export.objects.filter(pk=pk).update(
            state=Export.State.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1
        )
        with translation.override(settings.LANGUAGE_CODE):
            try:
                _make(job)
            except (NotThere, BadParameter):
                # The mandate, the layer or the territory went since it was asked for.
                _fail(job, _("What you asked for is not there for you any more."))
            except Exception:
                log.exception("export %s failed", pk)
                # A connection that broke knows nothing more: the sweep takes the export up.
                if not connection.is_usable():
                    connection.close()
                    return
                _fail(job, _("It could not be made. We have been told; you may ask for it again."))
    tell()


def _make(job: Export) -> None:
    asked = again(job)
    viewer = job.owner or AnonymousUser()
    if job.owner and not job.owner.is_active:
        raise NotThere
    shown = _version(asked)
    selected = asked.select(viewer)
    if asked.digest(viewer) != job.digest:
        raise NotThere
    total = wanted.count(selected)
    Export.objects.filter(pk=job.pk).update(total=total)
    path = file_of(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{job.token}.part{path.suffix}")
    _remove_files(job.token)
    asked.write(selected, part, lambda count: cache.set(_progress_key(job), count, HOUR))
    part.replace(path)
    now = timezone.now()
    done = Export.objects.filter(pk=job.pk).update(
        state=Export.State.DONE,
        version=shown,
        size=path.stat().st_size,
        finished_at=now,
        expires_at=now + (KEPT if job.owner else KEPT_PUBLIC),
    )
    if not done:  # the person was erased meanwhile
        _remove_files(job.token)
    log.info("export %s: %d rows", job.pk, total)


def _fail(job: Export, said: str) -> None:
    _remove_files(job.token)
    Export.objects.filter(pk=job.pk).update(state=Export.State.FAILED, error=said, finished_at=timezone.now())


def again(job: Export) -> Wanted:
    """What that export is of. Raises NotThere where its layer or format is gone."""
    return wanted.again(job.layers, job.format, job.srid, job.parameters)


def file_of(job: Export):
    """Where the file of that export is, once it is made."""
    form = FORMATS.get(job.format)
    return wanted.root() / f"{job.token}.{form.file_ending if form else job.format}"


def done(job: Export) -> int:
    """The rows read so far. Never more than there are."""
    return min(cache.get(_progress_key(job)) or 0, job.total or 0)


def _progress_key(job: Export) -> str:
    return f"export:{job.pk}:{job.asked_at.timestamp()}"


def tell() -> None:
    """Write to those whose export is ready. A mail that fails waits for the next time."""
    for job in Export.objects.ready().exclude(owner=None).filter(mailed_at=None).select_related("owner"):
        with alone(f"export:{job.pk}") as mine:
            if not mine or not Export.objects.filter(pk=job.pk, mailed_at=None).exists():
                continue
            try:
                mails.ready(job, again(job)).send()
            except Exception:
                log.exception("the mail of export %s could not leave", job.pk)
                continue
            Export.objects.filter(pk=job.pk).update(mailed_at=timezone.now())


def sweep() -> list[int]:
    """Tell, forget what is past, and return those that a dead worker or an absent broker left behind."""
    tell()
    now = timezone.now()
    forget(Export.objects.filter(Q(expires_at__lte=now) | Q(state=Export.State.FAILED, finished_at__lte=now - KEPT)))
    # Looked at before the table: an export asked for meanwhile keeps its file.
    there = {path.name.partition(".")[0] for path in wanted.root().iterdir()}
    for token in there - set(Export.objects.values_list("token", flat=True)):
        _remove_files(token)
    return list(Export.objects.open().filter(asked_at__lte=now - OVERLOOKED).values_list("pk", flat=True))


def forget(exports: QuerySet) -> int:
    """Delete these and their files; returns how many."""
    rows = list(exports)
    Export.objects.filter(pk__in=[job.pk for job in rows]).delete()
    for job in rows:
        _remove_files(job.token)
    return len(rows)


def _remove_files(token: str) -> None:
    """The file of that export, and what a worker that died left of it."""
    for path in wanted.root().iterdir():
        if path.name.partition(".")[0] != token:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
