from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, re_path

from frontend.dashboard.urls import urlpatterns as dashboards
from frontend.report import views as report
from frontend.views import home, pages, pwa, territories

app_name = "frontend"


def favicon(request):
    """Where browsers look that read no page of ours (the administration site)."""
    return redirect(static("frontend/img/favicon.svg"))


urlpatterns = [
    path("", home.home, name="home"),
    path("liste/<slug:name>/", home.layer_list, name="layer_list"),
    path("carte/<slug:language>.json", home.map_config, name="map_config"),
    path("territoires/", territories.index, name="territories"),
    path("territoires/contours.json", territories.outlines, name="outlines"),
    path("territoires/<slug:level>/<str:code>/", territories.detail, name="territory"),
    path("territoires/<slug:level>/<str:code>/rapport/", report.choose, name="report"),
    path("territoires/<slug:level>/<str:code>/rapport.html", report.download, {"form": "html"}, name="report_html"),
    path("territoires/<slug:level>/<str:code>/rapport.pdf", report.download, {"form": "pdf"}, name="report_pdf"),
    path("rapport-mensuel/", report.wish, name="report_wish"),
    path("rapport-mensuel/arreter/<str:token>/", report.stop, name="report_stop"),
    *dashboards,
    path("donnees/", pages.data, name="data"),
    path("styleguide/", pages.styleguide, name="styleguide"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.worker, name="worker"),
    path("jeton/", pwa.session, name="session"),
    path("brouillons/", pwa.drafts, name="drafts"),
    path("hors-connexion/", pwa.offline, name="offline"),
    path("hors-connexion/<slug:language>.json", pwa.words, name="offline_words"),
    path("favicon.ico", favicon, name="favicon"),
    path("robots.txt", pages.robots, name="robots"),
    re_path(r"^(?P<slug>mentions-legales|confidentialite|accessibilite|a-propos)/$", pages.content, name="page"),
]
