"""`{% me_too alert %}`: how many have the problem too, and the button to be one of them."""

from django import template
from django.middleware.csrf import get_token

from alerts.me_too import me_too_context

register = template.Library()


@register.inclusion_tag("alerts/_me_too_box.html", takes_context=True)
def me_too(context, alert, **known) -> dict:
    """`supported`, `own` and `inside` as in alerts.me_too."""
    request = context["request"]
    return me_too_context(request, alert, **known) | {"csrf_token": get_token(request)}
