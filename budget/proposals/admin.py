"""The price list, for those who administer. Proposals are changed by their own pages, which keep the history."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.administration import WRITE, open_to_administrators
from budget.proposals.models import Price
from budget.proposals.prices import PriceForm
from common.money import euros

open_to_administrators("proposals", price=WRITE)


@admin.register(Price)
class PriceAdmin(admin.ModelAdmin):
    form = PriceForm
    list_display = ["name", "theme", "amount", "unit", "year", "is_active"]
    list_filter = ["theme", "is_active", "year"]
    list_select_related = ["theme"]
    search_fields = ["name", "code"]
    prepopulated_fields = {"code": ["name"]}

    @admin.display(description=_("cost of one (euros)"), ordering="cost")
    def amount(self, price):
        return euros(price.cost)
