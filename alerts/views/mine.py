"""All that a person reported, and what they joined."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alerts.models import Alert
from alerts.workflow import WORKFLOW

PAGE = 20


def _tabs(user):
    """(name, title, rows) of each tab."""
    reported = Alert.objects.of_person(user)
    return [
        ("ouverts", pgettext("several reports", "Open"), reported.waiting()),
        ("clos", pgettext("several reports", "Closed"), reported.filter(status__in=WORKFLOW.names(final=True))),
        ("rejoints", pgettext("several reports", "Joined"), Alert.objects.joined_by(user)),
    ]


@never_cache
@login_required
@require_safe
def mine(request):
    """My reports: those that ask me something on top; open, closed, or the ones I joined."""
    tabs = {name: (title, rows) for name, title, rows in _tabs(request.user)}
    chosen = request.GET.get("etat", "")
    chosen = chosen if chosen in tabs else "ouverts"
    context = {
        "page": Paginator(tabs[chosen][1].asked_first(), PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "tabs": [
            {"name": name, "title": title, "count": rows.count(), "current": name == chosen}
            for name, (title, rows) in tabs.items()
        ],
    }
    return render(request, "alerts/mine.html", context)
