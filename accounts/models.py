"""People, what they proved about themselves, the mandates they hold and the keys they gave to programs."""

import secrets

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.querysets import ApiKeyQuerySet, ConfirmationQuerySet, MandateQuerySet, UserQuerySet
from geo.models import Body, Territory


class Verification(models.IntegerChoices):
    """How much is known of a person. Each level includes those below."""

    ANONYMOUS = 0, _("anonymous")
    EMAIL = 1, _("e-mail confirmed")
    RESIDENCE = 2, _("residence checked")
    ELECTOR = 3, _("registered elector")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the name; what others see is the display name."""

    email = models.EmailField(_("e-mail"), unique=True)
    display_name = models.CharField(_("public name"), max_length=80, blank=True)
    verification = models.PositiveSmallIntegerField(
        _("verification"), choices=Verification.choices, default=Verification.ANONYMOUS
    )
    residence = models.ForeignKey(
        Territory, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("residence")
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the administration site"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_case"),
            models.CheckConstraint(
                condition=Q(verification__lt=Verification.RESIDENCE) | Q(residence__isnull=False),
                name="user_verified_residence_is_known",
            ),
        ]

    def __str__(self):
        return self.display_name or self.email

    def has_usable_password(self):
        """Never: the e-mailed code is the only door, so allauth asks nobody for a password."""
        return False

    def get_full_name(self):
        return self.display_name

    def get_short_name(self):
        return self.display_name or self.email


class Role(models.TextChoices):
    RESIDENT = "resident", _("resident")
    AGENT = "agent", _("agent")
    MODERATOR = "moderator", _("moderator")
    OFFICIAL = "official", _("elected official")
    GIS_OFFICER = "gis", _("GIS officer")
    ADMINISTRATOR = "administrator", _("administrator")


# Roles that act in the name of a public body: they need a second factor.
STAFF_ROLES = (Role.AGENT, Role.MODERATOR, Role.OFFICIAL, Role.GIS_OFFICER, Role.ADMINISTRATOR)


@pghistory.track()
class Mandate(models.Model):
    """What somebody may do, where, for which body, from when to when. Nothing is allowed without one."""

    user = models.ForeignKey(User, models.CASCADE, related_name="mandates", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="mandates", verbose_name=_("territory"))
    body = models.ForeignKey(
        Body,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("body"),
        help_text=_("For agents: the service whose queue they handle."),
    )
    valid_from = models.DateField(_("from"), default=timezone.localdate)
    valid_until = models.DateField(_("until (included)"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="mandate_ends_after_it_starts",
                violation_error_message=_("A mandate ends after it has started."),
            ),
            models.CheckConstraint(
                condition=~Q(role="agent") | Q(body__isnull=False),
                name="mandate_of_agent_has_body",
                violation_error_message=_("Name the service whose queue this agent handles."),
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}, {self.territory}"

    def in_words(self) -> str:
        """Role, body and territory, as its holder reads it."""
        names = {"role": self.get_role_display(), "body": self.body, "territory": self.territory}
        if self.body:
            return gettext("%(role)s, %(body)s (%(territory)s)") % names
        return gettext("%(role)s, %(territory)s") % names


def new_nonce() -> str:
    """What the token of one confirmation is made of, together with the site's secret key."""
    return secrets.token_hex(16)


class Confirmation(models.Model):
    """An act that waits until whoever reads the mail of that address says yes (accounts/confirmations.py).

    The token that does it stands in the mail alone: here are its SHA-256 and half of what it is made of.
    """

    kind = models.CharField(_("kind"), max_length=40)
    email = models.EmailField(_("e-mail"))
    # Two acts of one kind and address with the same text here are one; empty: each is its own.
    dedup = models.CharField(max_length=200, blank=True)
    summary = models.CharField(_("what for"), max_length=300)
    payload = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    nonce = models.CharField(max_length=32, default=new_nonce)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    sent_at = models.DateTimeField(_("mail sent"), null=True)
    attempts = models.PositiveSmallIntegerField(_("failed sendings"), default=0)
    done_at = models.DateTimeField(_("confirmed"), null=True)
    result_url = models.CharField(max_length=500, blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation by e-mail")
        verbose_name_plural = _("confirmations by e-mail")
        constraints = [
            models.UniqueConstraint(
                fields=["email", "kind", "dedup"],
                condition=Q(done_at=None) & ~Q(dedup=""),
                name="confirmation_asked_once",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="confirmation_email_in_lower_case"),
        ]
        indexes = [
            models.Index(fields=["id"], name="confirmation_waiting", condition=Q(sent_at=None, done_at=None)),
            models.Index(fields=["email"], name="confirmation_email"),
            models.Index(fields=["expires_at"], name="confirmation_expiry"),
        ]

    def __str__(self):
        return f"{self.kind}: {self.summary}"


@pghistory.track(fields=["user", "mandate", "scope", "prefix", "expires_at", "revoked_at"], model_name="ApiKeyEvent")
class ApiKey(models.Model):
    """A key by which a program acts for a person, in one scope (accounts/keys.py). Its text is shown once, then only
    its SHA-256 is known. Where it names a mandate it works while that mandate is in force."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys", verbose_name=_("user"))
    mandate = models.ForeignKey(
        Mandate, models.CASCADE, null=True, blank=True, related_name="api_keys", verbose_name=_("mandate")
    )
    label = models.CharField(_("name of the key"), max_length=80)
    scope = models.CharField(_("what it is for"), max_length=40)
    prefix = models.CharField(_("beginning"), max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    expires_at = models.DateTimeField(_("valid until"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("access key")
        verbose_name_plural = _("access keys")

    def __str__(self):
        return f"{self.label} ({self.prefix}…)"
