"""What pages know of a person: each room of theirs says it beside its models."""

from frontend.report import privacy  # noqa: F401
