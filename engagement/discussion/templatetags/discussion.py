"""`{% discussion "proposal" key %}`: the whole discussion of a thing, on the page of that thing."""

from django import template

from engagement.discussion import page

register = template.Library()


@register.inclusion_tag("discussion/discussion.html", takes_context=True)
def discussion(context, subject_type: str, key) -> dict:
    """Nothing where this viewer may not see the thing."""
    return page.context(context["request"], subject_type, key)
