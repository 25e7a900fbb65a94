"""What is wrong with a .pb file, in the language of who brings it (budget.counting.pabulib.errors has the codes)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budget.counting.pabulib import PabulibError

WORDS = {
    "too_large": gettext_lazy("the file is larger than {megabytes} MB"),
    "too_many_lines": gettext_lazy("there are more than {most} lines in {section}"),
    "long_line": gettext_lazy("the line is longer than {most} characters"),
    "encoding": gettext_lazy("the text is not UTF-8"),
    "csv": gettext_lazy("the line cannot be split into columns; is a quotation mark left open?"),
    "before_section": gettext_lazy("there is data before the first section; a file begins with META"),
    "section_twice": gettext_lazy("there is a second section {section}"),
    "section_missing": gettext_lazy("the section {section} is missing"),
    "section_order": gettext_lazy("the section {missing} is missing before {section}"),
    "no_header": gettext_lazy("the section {section} has no line with the names of its columns"),
    "column_missing": gettext_lazy("the section {section} has no column {column}"),
    "column_twice": gettext_lazy("the section {section} has the column {column} twice"),
    "key_missing": gettext_lazy("META does not say {key}"),
    "key_twice": gettext_lazy("META says {key} twice"),
    "not_whole": gettext_lazy("{key} must be a whole number, not “{value}”"),
    "not_amount": gettext_lazy("{key} must be an amount, not “{value}”"),
    "negative": gettext_lazy("{key} is negative: {value}"),
    "vote_type": gettext_lazy(
        "the vote type “{value}” is not one of approval, choose-1, ordinal, cumulative, scoring"
    ),
    "project_empty": gettext_lazy("a project has no id"),
    "project_twice": gettext_lazy("there is a second project {project}"),
    "project_comma": gettext_lazy("the id of a project holds a comma: {project}"),
    "selected": gettext_lazy("“selected” must be 0, 1, 2 or 3, not “{value}”"),
    "voter_empty": gettext_lazy("a voter has no id"),
    "voter_twice": gettext_lazy("there is a second vote of the voter {voter}"),
    "project_unknown": gettext_lazy("the vote names the project {project}, which is not in PROJECTS"),
    "project_repeated": gettext_lazy("the vote names the project {project} twice"),
    "choose_one": gettext_lazy("the vote names {count} projects, but the vote type is choose-1"),
    "points_missing": gettext_lazy("the vote gives {points} points to {count} projects"),
    "not_points": gettext_lazy("“{value}” is not a number of points"),
    "negative_points": gettext_lazy("the vote gives negative points: {value}"),
    "too_many_points": gettext_lazy("the points of all votes together are too many to count exactly"),
    "num_projects": gettext_lazy("META says {said} projects, the file has {count}"),
    "num_votes": gettext_lazy("META says {said} votes, the file has {count}"),
    "default_score": gettext_lazy("default_score is not counted"),
    "more_cells": gettext_lazy("the line has more cells than there are columns"),
    "more_remarks": gettext_lazy("and more from here on"),
    "other_sum": gettext_lazy("project {project}: {column} {said}, counted {counted}"),
}


def in_words(problem: PabulibError) -> str:
    """“line 12: there is a second project 7”; the kernel's own words for a code that is not known here."""
    words = WORDS.get(problem.code)
    text = str(words).format(**problem.params) if words else problem.message
    return _("line %(line)s: %(text)s") % {"line": problem.line, "text": text}
