"""What pages know of a person: each room of theirs says it beside its models."""

from frontend.dashboard import privacy as visits  # noqa: F401
from frontend.report import privacy as reports  # noqa: F401
