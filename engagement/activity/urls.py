from django.urls import path

from engagement.activity import feeds, views

app_name = "activity"
urlpatterns = [
    path("suivre/", views.follow, name="follow"),
    path("suivre/arreter/", views.unfollow, name="unfollow"),
    path("suivre/desabonnement/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("activite.atom", feeds.everything, name="feed_all"),
    path("territoires/<slug:level>/<str:code>/activite.atom", feeds.territory, name="feed"),
]
