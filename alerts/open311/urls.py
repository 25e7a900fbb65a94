from django.urls import path, re_path
from django.utils.translation import gettext as _

from alerts.open311 import catalogue, posting, reading, updates
from alerts.open311.calls import Refused, endpoint


@endpoint("GET", "POST")
def unknown(call, rest=""):
    """Whatever else is asked for here is refused in the shape of the specification."""
    raise Refused(404, _("There is no such address. Begin with discovery.xml."))


app_name = "open311"
FORMAT = r"\.(?P<fmt>\w+)$"
urlpatterns = [
    re_path(rf"^discovery{FORMAT}", catalogue.discovery, name="discovery"),
    re_path(rf"^services{FORMAT}", catalogue.service_list, name="services"),
    re_path(rf"^services/(?P<code>[^/]+){FORMAT}", catalogue.service_definition, name="service"),
    re_path(rf"^requests{FORMAT}", posting.requests, name="requests"),
    re_path(rf"^requests?/(?P<reference>[^/]+){FORMAT}", reading.one_request, name="request"),
    re_path(rf"^tokens/(?P<token>[^/]+){FORMAT}", reading.token, name="token"),
    re_path(rf"^servicerequestupdates{FORMAT}", updates.updates, name="updates"),
    path("", unknown, {"fmt": "xml"}, name="root"),
    re_path(rf"^(?P<rest>[\s\S]*){FORMAT}", unknown, name="unknown_format"),
    re_path(r"^(?P<rest>[\s\S]+)$", unknown, {"fmt": "xml"}, name="unknown"),
]
