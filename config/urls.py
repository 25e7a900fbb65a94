from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from ninja import NinjaAPI

from common import devmail, health, proof
from common.api import one_form_of_error
from geo.api import router as places

api = NinjaAPI(title="Parvis", version="1", docs_url=None, urls_namespace="api")
one_form_of_error(api)
api.add_router("", places)

# The administration site has no password door of its own.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("preuve/<slug:act>/", proof.challenge, name="proof"),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("open311/v2/", include("alerts.open311.urls")),
    path("", include("accounts.urls")),
    path("", include("engagement.activity.urls")),
    path("discussions/", include("engagement.discussion.urls")),
    path("", include("alerts.urls")),
    path("", include("budget.results.urls")),
    path("", include("budget.delivery.urls")),
    path("", include("budget.voting.urls")),
    path("", include("budget.participatory.urls")),
    path("", include("budget.evaluation.urls")),
    path("", include("budget.proposals.urls")),
    path("", include("geo.urls")),
    path("", include("frontend.urls")),
]
if settings.DEVELOPMENT:
    urlpatterns += [
        path("dev/mail/", devmail.inbox, name="devmail"),
        path("dev/mail/<str:name>/", devmail.message, name="devmail_message"),
        path("dev/mail/<str:name>/<int:number>", devmail.attachment, name="devmail_file"),
    ]
