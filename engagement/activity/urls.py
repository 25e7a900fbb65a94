from django.urls import path

from engagement.activity import feeds, pages, views

app_name = "activity"
urlpatterns = [
    path("suivre/", views.follow, name="follow"),
    path("suivre/arreter/", views.unfollow, name="unfollow"),
    path("suivre/nouveau/", pages.new, name="new"),
    path("suivre/mes-nouvelles/", pages.news, name="news"),
    path("suivre/pause/", views.pause, name="pause"),
    path("suivre/<int:pk>/", pages.edit, name="edit"),
    path("suivre/<int:pk>/rythme/", views.rhythm, name="rhythm"),
    path("suivre/<int:pk>/adresse/", views.address, name="address"),
    path("suivre/desabonnement/tout/<str:token>/", views.unsubscribe_all, name="unsubscribe_all"),
    path("suivre/desabonnement/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("suivre/<str:token>.atom", feeds.followed, {"form": "atom"}, name="feed_followed"),
    path("suivre/<str:token>.geojson", feeds.followed, {"form": "geojson"}, name="feed_followed_geojson"),
    path("activite.atom", feeds.everything, {"form": "atom"}, name="feed_all"),
    path("activite.geojson", feeds.everything, {"form": "geojson"}, name="feed_all_geojson"),
    path("territoires/<slug:level>/<str:code>/activite.atom", feeds.territory, name="feed"),
]
