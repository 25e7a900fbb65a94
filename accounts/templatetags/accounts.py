"""Words for keys in templates."""

from django import template

from accounts import keys

register = template.Library()
register.simple_tag(keys.scope_title)
