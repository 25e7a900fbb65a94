"""The equipment that reports point at, as people call it."""

from alerts.models import Alert
from geo.models import Asset


def in_words(alerts: list[Alert]) -> dict[int, str]:
    """{alert's key: name and number of what it points at}; the number alone where the city's file knows it no more.

    Alerts that point at nothing are left out. One statement, and the categories' own where they were not read.
    """
    pointing = [alert for alert in alerts if alert.asset_code]
    kinds = {alert.category.asset_kind for alert in pointing}
    rows = Asset.objects.filter(kind__code__in=kinds, code__in={alert.asset_code for alert in pointing})
    known = {(asset.kind.code, asset.code): str(asset) for asset in rows.select_related("kind")} if pointing else {}
    words = {}
    for alert in pointing:
        name = known.get((alert.category.asset_kind, alert.asset_code), "")
        whole = not name or alert.asset_code in name
        words[alert.pk] = (name or alert.asset_code) if whole else f"{name} ({alert.asset_code})"
    return words
