"""The agents' desk."""

from alerts.views.desk.bulk import bulk
from alerts.views.desk.duplicates import join, separate
from alerts.views.desk.moderation import blur, moderate, waiting
from alerts.views.desk.one import handle, organise
from alerts.views.desk.queue import queue, queue_map, saved_filters, star
from alerts.views.desk.round import sheet

__all__ = [
    "blur",
    "bulk",
    "handle",
    "join",
    "moderate",
    "organise",
    "queue",
    "queue_map",
    "saved_filters",
    "separate",
    "sheet",
    "star",
    "waiting",
]
