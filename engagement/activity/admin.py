"""What happened and which news left, to read. Neither is ever edited."""

from django.contrib import admin

from engagement.activity.models import Activity, Digest, Notification


class ReadOnly(admin.ModelAdmin):
    """Looked at, never changed."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Activity)
class ActivityAdmin(ReadOnly):
    list_display = ["created_at", "verb", "title", "public"]
    list_filter = ["verb", "public"]
    search_fields = ["title", "object_key"]
    date_hierarchy = "created_at"
    fields = [
        "created_at",
        "verb",
        "title",
        "summary",
        "url",
        "object_type",
        "object_key",
        "topic",
        "actor_id",
        "public",
        "data",
    ]
    show_full_result_count = False


@admin.register(Notification)
class NotificationAdmin(ReadOnly):
    ordering = ["-pk"]
    list_display = ["created_at", "email", "reason", "sent_at", "attempts"]
    list_filter = ["reason", "attempts"]
    search_fields = ["email"]
    fields = ["key", "email", "reason", "created_at", "due_at", "sent_at", "attempts"]
    show_full_result_count = False


@admin.register(Digest)
class DigestAdmin(ReadOnly):
    ordering = ["-pk"]
    list_display = ["created_at", "email", "sent_at", "attempts"]
    list_filter = ["attempts"]
    search_fields = ["email"]
    fields = ["key", "email", "created_at", "sent_at", "attempts"]
    show_full_result_count = False
