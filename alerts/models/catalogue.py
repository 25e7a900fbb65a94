"""What can be reported, what is asked then, who gets it, and what is usually answered: data, not code."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alerts.querysets import CategoryQuerySet, RoutingRuleQuerySet
from geo.changes import noted
from geo.models import Body, Competence, Territory


class Category(models.Model):
    """A kind of problem. One with others inside is a heading: it cannot be chosen."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("public at once")
        REVIEWED = "reviewed", _("public once the service has qualified it")
        PRIVATE = "private", _("only for the service")

    class Identity(models.TextChoices):
        ANYONE = "anyone", _("anybody, also without an address")
        EMAIL = "email", _("a confirmed e-mail address")
        ACCOUNT = "account", _("an account")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("inside")
    )
    description = models.CharField(_("help"), max_length=300, blank=True)
    keywords = models.TextField(
        _("words people use for it"),
        blank=True,
        help_text=_("Separated by commas: “street lamp, lantern, dark street”. They serve the search."),
    )
    icon = models.CharField(_("sign"), max_length=4, blank=True)
    competence = models.ForeignKey(
        Competence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("competence")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)
    notice = models.CharField(
        _("warning"), max_length=300, blank=True, help_text=_("Shown when it is chosen: “In danger, call 112.”")
    )
    is_stopper = models.BooleanField(
        _("not for us"), default=False, help_text=_("The warning says whom to ask; no report can be sent.")
    )
    asset_kind = models.SlugField(
        _("equipment to point at"), max_length=40, blank=True, help_text=_("Code of the kind: “lampadaire”.")
    )
    duplicate_radius = models.PositiveSmallIntegerField(
        _("radius of duplicates (m)"), default=50, help_text=_("Open reports of this kind so near are shown first.")
    )
    target_days = models.PositiveSmallIntegerField(_("target time (working days)"), default=15)
    visibility = models.CharField(
        _("visibility"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    photos_checked = models.BooleanField(
        _("photos are checked"), default=False, help_text=_("A photo is published once an agent has looked at it.")
    )
    identity = models.CharField(_("who may report"), max_length=10, choices=Identity.choices, default=Identity.ANYONE)
    reopen_days = models.PositiveSmallIntegerField(_("can be reopened for (days)"), default=30)
    anonymise_days = models.PositiveSmallIntegerField(
        _("anonymised after (days)"), null=True, blank=True, default=365, help_text=_("After closing. Empty: never.")
    )
    erase_days = models.PositiveSmallIntegerField(
        _("erased after (days)"),
        null=True,
        blank=True,
        default=1825,
        help_text=_("After closing. Empty: never. The statistics stay."),
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        triggers = [noted("alerts_category")]
        ordering = ["position", "name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_stopper=False) | ~Q(notice=""),
                name="category_stopper_says_why",
                violation_error_message=_("Say in the warning whom to ask instead."),
            ),
            models.CheckConstraint(
                condition=Q(anonymise_days=None) | Q(erase_days=None) | Q(erase_days__gte=models.F("anonymise_days")),
                name="category_erased_after_anonymised",
                violation_error_message=_("A report is erased after it was anonymised, not before."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        seen, above = {self.pk}, self.parent
        while above:
            if above.pk in seen and above.pk is not None:
                raise ValidationError({"parent": _("A category cannot be inside itself.")})
            seen.add(above.pk)
            above = above.parent


class Question(models.Model):
    """Something asked in a category. The types are those of Open311's service definition."""

    class Type(models.TextChoices):
        STRING = "string", _("short text")
        TEXT = "text", _("long text")
        NUMBER = "number", pgettext_lazy("type of answer", "number")
        DATE = "datetime", _("date")
        ONE = "singlevaluelist", _("one of a list")
        SEVERAL = "multivaluelist", _("several of a list")

    category = models.ForeignKey(Category, models.CASCADE, related_name="questions", verbose_name=_("category"))
    code = models.SlugField(_("code"), max_length=60)
    label = models.CharField(_("question"), max_length=200)
    help = models.CharField(_("help"), max_length=300, blank=True)
    type = models.CharField(_("type"), max_length=20, choices=Type.choices, default=Type.STRING)
    required = models.BooleanField(_("must be answered"), default=False)
    is_public = models.BooleanField(_("answer is public"), default=True)
    # [{"key": "oui", "name": "Oui"}, …] for the two list types.
    choices = models.JSONField(_("list"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("question")
        constraints = [models.UniqueConstraint(fields=["category", "code"], name="question_once")]

    def __str__(self):
        return self.label

    def clean(self):
        listed = self.type in (self.Type.ONE, self.Type.SEVERAL)
        sound = isinstance(self.choices, list) and all(
            isinstance(one, dict)
            and set(one) == {"key", "name"}
            and all(isinstance(text, str) and text for text in one.values())
            for one in self.choices
        )
        if not sound or len({one["key"] for one in self.choices}) != len(self.choices):
            raise ValidationError({"choices": _("Give a list of objects with “key” and “name”, each key once.")})
        if listed != bool(self.choices):
            raise ValidationError({"choices": _("A list has choices, and nothing else has.")})


class ResponseTemplate(models.Model):
    """An answer that a service gives often; agents change it before sending."""

    body = models.ForeignKey(Body, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("service"))
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="templates", verbose_name=_("category")
    )
    transition = models.CharField(
        _("for the act"), max_length=20, blank=True, help_text=_("Name of the act: “resolve”. Empty: any.")
    )
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), max_length=4000)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "title"]
        verbose_name = _("response template")
        verbose_name_plural = _("response templates")

    def __str__(self):
        return self.title


class RoutingRule(models.Model):
    """Who gets a report, before competences are asked: the first rule that fits, in order of position, decides.

    An empty condition fits everything. `also` are told too and may act too.
    """

    name = models.CharField(_("name"), max_length=120, help_text=_("Shown to the resident as the reason."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in force"), default=True)
    category = models.ForeignKey(
        Category,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("category"),
        help_text=_("With all that is inside."),
    )
    territory = models.ForeignKey(
        Territory, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )
    # {"danger": ["oui"], …}: each question named was answered by one of these keys.
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("days of the week"),
        default=list,
        blank=True,
        help_text=_("1 for Monday to 7 for Sunday, separated by commas; 8 for public holidays. Empty: every day."),
    )
    from_time = models.TimeField(_("from (time)"), null=True, blank=True)
    until_time = models.TimeField(
        _("until (time)"), null=True, blank=True, help_text=_("Before the first one: over midnight.")
    )
    valid_from = models.DateField(_("from (date)"), null=True, blank=True)
    valid_until = models.DateField(_("until (date, included)"), null=True, blank=True)
    body = models.ForeignKey(Body, models.CASCADE, related_name="+", verbose_name=_("service in charge"))
    also = models.ManyToManyField(Body, blank=True, related_name="+", verbose_name=_("services told too"))

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="routing_rule_ends_after_it_starts",
                violation_error_message=_("A rule ends after it has started."),
            ),
            models.CheckConstraint(
                condition=Q(from_time=None) | Q(until_time=None) | ~Q(until_time=models.F("from_time")),
                name="routing_rule_lasts",
                violation_error_message=_("Between twice the same hour no time passes: change one, or give none."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        self._clean_answers()
        if (self.from_time is None) != (self.until_time is None):
            raise ValidationError({"until_time": _("Give both times or none.")})
        if any(not 1 <= day <= 8 for day in self.weekdays):
            raise ValidationError({"weekdays": _("Days go from 1 (Monday) to 7, and 8 for public holidays.")})

    def _clean_answers(self):
        """Each must be an answer that can be given: else the rule never comes true, and nobody sees why."""
        wrong = ValidationError({"answers": _("Give an object: each question's code with a list of keys.")})
        if not isinstance(self.answers, dict):
            raise wrong
        for code, keys in self.answers.items():
            if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
                raise wrong
            questions = Question.objects.filter(code=code)
            if not questions:
                raise ValidationError({"answers": _("No category asks a question “%(code)s”.") % {"code": code}})
            known = {choice["key"] for question in questions for choice in question.choices}
            if known and (unknown := set(keys) - known):
                names = {"key": min(unknown), "code": code, "known": ", ".join(sorted(known))}
                raise ValidationError(
                    {"answers": _("“%(key)s” is no answer to “%(code)s”. There are: %(known)s.") % names}
                )
