"""People and their mandates, for administrators. Nothing is deleted here: mandates end, accounts are closed."""

from allauth.account import admin as allauth_account
from allauth.mfa import admin as allauth_mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import admin as allauth_social
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.auth import admin as auth_admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.forms import ModelForm
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from accounts.administration import administered, gives, holds_less, may_enter
from accounts.keys import revoke
from accounts.models import ApiKey, Confirmation, Mandate, MandateEvent, User
from accounts.services import known_address

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
admin.site.has_permission = may_enter
# Django's own words do not agree with a feminine name.
delete_selected.short_description = _("Delete the lines chosen")
# Rights come from mandates, and what proves who somebody is, secrets included, is no administrator's to read or write.
admin.site.unregister(
    [
        auth_admin.Group,
        allauth_account.EmailAddress,
        allauth_mfa.Authenticator,
        allauth_social.SocialAccount,
        allauth_social.SocialApp,
        allauth_social.SocialToken,
    ]
)


class Undeletable(admin.ModelAdmin):
    """Rows that history needs."""

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(User)
class UserAdmin(Undeletable):
    ordering = ["email"]
    list_display = ["email", "display_name", "verification", "residence", "is_active", "is_staff", "last_login"]
    list_filter = ["verification", "is_active", "is_staff"]
    list_select_related = ["residence"]
    search_fields = ["email", "display_name"]
    autocomplete_fields = ["residence"]
    readonly_fields = ["last_login", "date_joined", "mandates_held"]
    actions = ["remove_second_factor"]
    fieldsets = [
        (None, {"fields": ["email", "display_name", "verification", "residence", "mandates_held"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"]}),
    ]

    @admin.display(description=_("mandates"))
    def mandates_held(self, user):
        rows = user.mandates.select_related("territory", "body") if user.pk else ()
        return render_to_string("admin/accounts/mandates_held.html", {"mandates": rows})

    @admin.action(description=_("Remove the second factor (lost phone)"), permissions=["change"])
    def remove_second_factor(self, request, users):
        if not all(holds_less(request.user, one) for one in users):
            messages.error(request, _("Not all of them are yours to help: nothing was changed."))
            return
        Authenticator.objects.filter(user__in=users).delete()
        messages.success(request, _("They will set up a new one when they sign in."))

    def get_readonly_fields(self, request, obj=None):
        # The address is what the person proved; the power to enter here is given only by those who hold all of it.
        fields = [*self.readonly_fields, *(["email"] if obj else [])]
        return fields if request.user.is_superuser else [*fields, "is_staff", "is_superuser"]

    def get_queryset(self, request):
        people = super().get_queryset(request)
        if request.user.is_superuser or not administered(request.user):
            return people
        # An administrator's are those who act for the town; a resident is nobody's to look at.
        here = Mandate.objects.filter(user=OuterRef("pk"), territory__in=administered(request.user))
        return people.filter(Exists(here))

    def get_search_results(self, request, queryset, search_term):
        """Also the one person whose whole address was typed: a first mandate is given so."""
        search_term = search_term.replace("\0", "")
        found, many = super().get_search_results(request, queryset, search_term)
        address = search_term.strip().lower()
        if "@" not in address or found.exists():
            return found, many
        return User.objects.filter(email=address, is_active=True).order_by("email"), False

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or holds_less(request.user, obj))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        known_address(obj)


class MandateForm(ModelForm):
    """A mandate as `giver` may give it."""

    giver: User

    def clean(self):
        cleaned = super().clean()
        # The instance gets what was typed only after this.
        wished = Mandate(user=cleaned.get("user"), territory=cleaned.get("territory")) if not self.errors else None
        if wished and not gives(self.giver, wished):
            raise ValidationError(_("You give mandates inside your own territory, and none to yourself."))
        return cleaned


@admin.register(Mandate)
class MandateAdmin(Undeletable):
    form = MandateForm
    ordering = ["-valid_from", "-pk"]
    list_display = ["user", "role", "territory", "body", "valid_from", "valid_until"]
    list_filter = ["role", "territory__level"]
    list_select_related = ["user", "territory", "body"]
    search_fields = ["user__email", "user__display_name", "territory__name", "body__name"]
    autocomplete_fields = ["user", "territory", "body"]
    date_hierarchy = "valid_from"
    readonly_fields = ["history"]

    def get_form(self, request, obj=None, **options):
        form = super().get_form(request, obj, **options)
        form.giver = request.user
        return form

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or gives(request.user, obj))

    @admin.display(description=_("history"))
    def history(self, mandate):
        """Every state of this mandate, written by the database itself, and who brought it about."""
        events = (
            MandateEvent.objects.filter(pgh_obj=mandate.pk)
            .select_related("territory", "body", "pgh_context")
            .order_by("-pgh_id")
            if mandate.pk
            else []
        )
        numbers = {event.pgh_context.metadata.get("user") for event in events if event.pgh_context}
        people = User.objects.in_bulk(number for number in numbers if number)
        rows = [
            (event, people.get(event.pgh_context.metadata.get("user")) if event.pgh_context else None)
            for event in events
        ]
        return render_to_string("admin/accounts/mandate_history.html", {"rows": rows})


class ReadOnly(Undeletable):
    """Looked at, never written by hand."""

    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Confirmation)
class ConfirmationAdmin(ReadOnly):
    """Who was asked for what, and whether the mail left. What was to be done, and where it led, is theirs alone."""

    ordering = ["-pk"]
    list_display = ["created_at", "email", "kind", "sent_at", "attempts", "done_at"]
    list_filter = ["kind", "attempts"]
    search_fields = ["email"]
    fields = ["kind", "email", "created_at", "expires_at", "sent_at", "attempts", "done_at"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    """Keys of people and partners, to see and to revoke."""

    ordering = ["-pk"]
    list_display = ["prefix", "user", "scope", "mandate", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_filter = ["scope"]
    list_select_related = ["user", "mandate__user", "mandate__territory"]
    search_fields = ["prefix", "user__email"]
    fields = ["user", "mandate", "label", "scope", "prefix", "created_at", "last_used_at", "expires_at", "revoked_at"]
    actions = ["revoke"]

    def has_revoke_permission(self, request):
        return request.user.has_perm("accounts.change_apikey")

    @admin.action(description=_("Revoke these keys"), permissions=["revoke"])
    def revoke(self, request, keys):
        for key in keys:
            revoke(key=key)
        messages.success(request, _("These keys no longer open anything."))
