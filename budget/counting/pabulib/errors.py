"""What can be wrong with a .pb file, each with a code that a caller can translate."""

MESSAGES = {
    "too_large": "the file is larger than {megabytes} MB",
    "too_many_lines": "there are more than {most} lines in {section}",
    "long_line": "the line is longer than {most} characters",
    "encoding": "the text is not UTF-8",
    "csv": "the line cannot be split into columns; is a quotation mark left open?",
    "before_section": "there is data before the first section; a file begins with META",
    "section_twice": "there is a second section {section}",
    "section_missing": "the section {section} is missing",
    "section_order": "the section {missing} is missing before {section}",
    "no_header": "the section {section} has no line with the names of its columns",
    "column_missing": "the section {section} has no column {column}",
    "column_twice": "the section {section} has the column {column} twice",
    "key_missing": "META does not say {key}",
    "key_twice": "META says {key} twice",
    "not_whole": "{key} must be a whole number, not “{value}”",
    "not_amount": "{key} must be an amount, not “{value}”",
    "negative": "{key} is negative: {value}",
    "vote_type": "the vote type “{value}” is not one of approval, choose-1, ordinal, cumulative, scoring",
    "project_empty": "a project has no id",
    "project_twice": "there is a second project {project}",
    "project_comma": "the id of a project holds a comma: {project}",
    "selected": "“selected” must be 0, 1, 2 or 3, not “{value}”",
    "voter_empty": "a voter has no id",
    "voter_twice": "there is a second vote of the voter {voter}",
    "project_unknown": "the vote names the project {project}, which is not in PROJECTS",
    "project_repeated": "the vote names the project {project} twice",
    "choose_one": "the vote names {count} projects, but the vote type is choose-1",
    "points_missing": "the vote gives {points} points to {count} projects",
    "not_points": "“{value}” is not a number of points",
    "negative_points": "the vote gives negative points: {value}",
    "too_many_points": "the points of all votes together are too many to count exactly",
    "num_projects": "META says {said} projects, the file has {count}",
    "num_votes": "META says {said} votes, the file has {count}",
    # Remarks, never raised.
    "default_score": "default_score is not counted",
    "more_cells": "the line has more cells than there are columns",
    "more_remarks": "and more from here on",
    "other_sum": "project {project}: {column} {said}, counted {counted}",
}


class PabulibError(ValueError):
    """A file that is not read: `code` and `params` for a translator, `line` (1 for the first) for who mends it."""

    def __init__(self, code: str, line: int, **params):
        self.code, self.line, self.params = code, line, params
        self.message = MESSAGES[code].format(**params)
        super().__init__(f"line {line}: {self.message}")
