"""What was said and decided, to read. Moderators decide at their desk."""

from django.contrib import admin

from engagement.activity.admin import ReadOnly
from engagement.discussion.models import Comment, Decision


@admin.register(Comment)
class CommentAdmin(ReadOnly):
    ordering = ["-pk"]
    list_display = ["created_at", "title", "stance", "official", "supports", "hidden"]
    list_filter = ["stance", "hidden", "subject_type"]
    search_fields = ["reference", "title"]
    fields = [
        "reference",
        "title",
        "stance",
        "official",
        "text",
        "supports",
        "hidden",
        "created_at",
        "edited_at",
        "withdrawn_at",
    ]
    show_full_result_count = False


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    ordering = ["-pk"]
    list_display = ["created_at", "comment", "reason", "note"]
    list_filter = ["reason"]
    list_select_related = ["comment"]
    fields = ["comment", "reason", "note", "created_at"]
    show_full_result_count = False
