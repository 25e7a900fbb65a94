"""Administration: categories are edited, alerts are only read. Their life is in alerts.services."""

from django.contrib import admin

from alerts.models import Alert, AlertEvent, Category, Team


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "parent", "competence", "position", "is_active"]
    list_editable = ["position", "is_active"]
    list_filter = ["parent", "is_active"]
    list_select_related = ["competence", "parent"]
    search_fields = ["name", "code"]
    prepopulated_fields = {"code": ["name"]}


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ["name", "body"]
    list_filter = ["body"]
    list_select_related = ["body"]
    search_fields = ["name"]
    filter_horizontal = ["members"]


class ReadOnly:
    """Looking without touching."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class EventInline(ReadOnly, admin.TabularInline):
    model = AlertEvent
    fields = ["created_at", "transition", "to_status", "message", "note", "planned_for", "actor"]
    readonly_fields = ["created_at"]


@admin.register(Alert)
class AlertAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["reference", "category", "status", "body", "created_at"]
    list_filter = ["status", "category"]
    list_select_related = ["category", "body"]
    search_fields = ["reference"]
    date_hierarchy = "created_at"
    exclude = ["tracking_token"]
    inlines = [EventInline]
