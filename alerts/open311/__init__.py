"""Open311 GeoReport v2: other systems read our reports and send us theirs (wiki.open311.org/GeoReport_v2).

XML and JSON, with the updates of FixMyStreet's extension. docs/open311.md says what each field means here.
"""
