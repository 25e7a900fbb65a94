"""Writes of alerts. Each is one transaction: the act, its step in the history and its activity, or nothing."""

from alerts.services.photos import MAX_PHOTOS, KeptPhoto, drop_drafts, drop_files, join_photos, keep_photo
from alerts.services.reports import (
    MAX_DESCRIPTION,
    Changed,
    MessageMissing,
    NotForUs,
    ServiceMissing,
    TooLate,
    activity_of,
    announce,
    apply,
    locked,
    report,
    step,
    where,
)
from alerts.services.retention import anonymise, erase

__all__ = [
    "MAX_DESCRIPTION",
    "MAX_PHOTOS",
    "Changed",
    "KeptPhoto",
    "MessageMissing",
    "NotForUs",
    "ServiceMissing",
    "TooLate",
    "activity_of",
    "announce",
    "anonymise",
    "apply",
    "drop_drafts",
    "drop_files",
    "erase",
    "join_photos",
    "keep_photo",
    "locked",
    "report",
    "step",
    "where",
]
