"""Administration: the checklist of each budget. Studies and decisions have pages of their own."""

from django.contrib import admin

from accounts.administration import ALL, open_to_administrators
from budget.evaluation.models import CheckItem

open_to_administrators("evaluation", checkitem=ALL)


@admin.register(CheckItem)
class CheckItemAdmin(admin.ModelAdmin):
    list_display = ["question", "budget", "mandatory", "is_public", "position"]
    list_filter = ["budget"]
    list_select_related = ["budget"]
    fields = ["budget", "position", "question", "help", "mandatory", "is_public"]
