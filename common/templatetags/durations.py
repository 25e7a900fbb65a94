"""`{{ span|in_words }}`: a duration as people say it."""

from django import template

from common.durations import in_words

register = template.Library()
register.filter("in_words", in_words)
