"""Territories, bodies, who is competent where and equipment, for administrators. Outlines come from files alone."""

from django.contrib import admin
from django.db.models import Count

from geo.exports import administration  # noqa: F401
from geo.models import Asset, AssetKind, Body, Boundary, Competence, Jurisdiction, Level, Street, Territory


@admin.register(Level)
class LevelAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "rank", "is_home"]
    search_fields = ["name", "code"]


class OutlineInline(admin.TabularInline):
    """The generations of the outline, to read."""

    model = Boundary
    fields = ["validity", "repaired"]
    readonly_fields = ["validity", "repaired"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("geometry").order_by("-validity")


@admin.register(Territory)
class TerritoryAdmin(admin.ModelAdmin):
    list_display = ["name", "level", "code", "parent", "population", "electors"]
    list_filter = ["level"]
    list_select_related = ["level", "parent"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["parent"]
    inlines = [OutlineInline]

    def has_add_permission(self, request):
        # A territory without an outline would be found by nobody: they come from import_territories.
        return False

    def get_readonly_fields(self, request, obj=None):
        # What contains what decides how far mandates reach.
        return ["level", "code", *([] if request.user.is_superuser else ["parent"])]


@admin.register(Competence)
class CompetenceAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "parent"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["parent"]


class JurisdictionInline(admin.TabularInline):
    """What a body is competent for, where."""

    model = Jurisdiction
    autocomplete_fields = ["competence", "territory"]
    fields = ["competence", "territory", "validity", "priority", "source"]
    extra = 0


@admin.register(Body)
class BodyAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "territory", "email", "is_triage", "rules"]
    list_filter = ["kind", "is_triage", "territory__level"]
    list_select_related = ["territory"]
    search_fields = ["name", "slug", "email"]
    autocomplete_fields = ["territory"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [JurisdictionInline]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(rules=Count("jurisdictions"))

    @admin.display(description=Jurisdiction._meta.verbose_name_plural, ordering="rules")
    def rules(self, body):
        return body.rules


@admin.register(Jurisdiction)
class JurisdictionAdmin(admin.ModelAdmin):
    list_display = ["competence", "territory", "body", "priority", "validity", "source"]
    list_filter = ["competence", "territory__level"]
    list_select_related = ["competence", "territory", "body"]
    search_fields = ["body__name", "competence__name", "territory__name", "source"]
    autocomplete_fields = ["body", "competence", "territory"]


@admin.register(AssetKind)
class AssetKindAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "icon", "known"]
    search_fields = ["name", "code"]
    prepopulated_fields = {"code": ["name"]}

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(known=Count("assets"))

    @admin.display(description=Asset._meta.verbose_name_plural, ordering="known")
    def known(self, kind):
        return kind.known


@admin.register(Asset)
class AssetAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "kind", "is_active"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["kind"]
    search_fields = ["code", "name"]
    readonly_fields = ["point", "properties"]

    def has_add_permission(self, request):
        # It comes from import_assets, with its place.
        return False

    def has_delete_permission(self, request, obj=None):
        # What reports were made about stays: it can be made inactive.
        return False


@admin.register(Street)
class StreetAdmin(admin.ModelAdmin):
    """To look at what import_addresses brought."""

    list_display = ["name", "postcode", "city"]
    list_select_related = ["city"]
    search_fields = ["name", "city__name"]
    fields = ["name", "city", "postcode", "former_code", "point"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
