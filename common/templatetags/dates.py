"""`{{ day|long_date }}`, `{{ day|long_date:"l j F" }}`, `{{ moment|ago }}`: see common.dates."""

from django import template

from common import dates

register = template.Library()
register.filter("long_date", dates.long_date)
register.filter("ago", dates.ago)
