"""What everybody may see of a vote: how many voted, the chain, the closing, the ballots, one's receipt among them."""

from pathlib import Path

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from budget.voting import checking, published
from budget.voting.choices import read
from budget.voting.models import CountedBallot
from budget.voting.polls import lines_by_envelope, lines_of
from budget.voting.sections import state_of
from budget.voting.services.paper import paper_hash
from budget.voting.sheets import chosen_rows
from budget.voting.views.casting import poll_or_404
from common.text import clean_text
from geo.exports import streams


def envelope_or_404(slug: str, address: str):
    """An envelope that has a paper. Raises Http404."""
    found = next((one for one in poll_or_404(slug).envelopes if one.slug == address), None)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def proof(request, slug):
    """The vote as observers follow it; `recu` looks for a receipt once it is closed.

    It is posted: in an address it would stand in the log of the web server, beside who asked.
    """
    poll = poll_or_404(slug)
    closing = getattr(poll.budget, "closing", None)
    turnout = published.turnout(poll.budget)
    lines, heads = lines_by_envelope(poll.envelopes), published.heads(poll.envelopes)
    wanted = clean_text(request.POST.get("recu", "")).strip().upper()[:20]
    context = {
        "budget": poll.budget,
        **state_of(poll.budget),
        "envelopes": [
            {
                "envelope": one,
                "channels": turnout.get(one.pk, {}),
                "ballots": sum(turnout.get(one.pk, {}).values()),
                "heads": heads[one.pk],
                "start": paper_hash(one, lines[one.pk]),
                "record": closing.envelopes.get(one.slug) if closing else None,
            }
            for one in poll.envelopes
        ],
        "wanted": wanted,
        "found": _found(poll, wanted) if closing and wanted else None,
    }
    return render(request, "voting/proof.html", context)


def _found(poll, wanted: str) -> dict | None:
    bare = wanted.replace("-", "").replace(" ", "")
    row = CountedBallot.objects.filter(envelope__in=poll.envelopes, receipt=f"{bare[:5]}-{bare[5:]}").first()
    if row is None:
        return None
    envelope = next(one for one in poll.envelopes if one.pk == row.envelope_id)
    given = read(envelope.ballot, row.choices)
    return {"ballot": row, "envelope": envelope, "chosen": chosen_rows(envelope, lines_of(envelope), given)}


@require_safe
def chain_json(request, slug, envelope):
    """The paper and the chain of an envelope, at any moment."""
    answer = JsonResponse(published.chain_file(envelope_or_404(slug, envelope)))
    answer["Content-Disposition"] = f'attachment; filename="chaine-{slug}-{envelope}.json"'
    return answer


@require_safe
def ballots_csv(request, slug, envelope):
    """The ballots of an envelope, once the vote is closed; 404 before."""
    try:
        lines = published.ballot_file(envelope_or_404(slug, envelope))
    except published.NotClosed:
        raise Http404 from None
    answer = streams.of_rows(request, (line.encode() for line in lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="bulletins-{slug}-{envelope}.csv"'
    return answer


@require_safe
def ballots_json(request, slug, envelope):
    """The same as JSON, one list of [receipt, channel, choices, salt]."""
    try:
        rows = published.ballot_rows(envelope_or_404(slug, envelope))
    except published.NotClosed:
        raise Http404 from None
    return JsonResponse({"columns": checking.COLUMNS, "ballots": list(rows)})


@require_safe
def verifier(request):
    """The program that checks the files, to be read and run by anybody."""
    answer = HttpResponse(Path(checking.__file__).read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="verifier.py"'
    return answer
