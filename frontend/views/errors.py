"""Pages for what went wrong; nothing a person typed is lost."""

from django.shortcuts import render
from django.urls import Resolver404, resolve


def csrf_failure(request, reason=""):
    """An expired form. A view may keep what was typed: `view.on_csrf_failure(request)` returns its own answer."""
    try:
        view = resolve(request.path).func
    except Resolver404:
        view = None
    if keep := getattr(view, "on_csrf_failure", None):
        return keep(request)
    return render(request, "403_csrf.html", status=403)
