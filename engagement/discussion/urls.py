from django.urls import path

from engagement.discussion import desk, mails, views

app_name = "discussion"
urlpatterns = [
    path("ecrire/", views.write, name="write"),
    path("moderation/", desk.waiting, name="moderation"),
    path("retirer-mes-textes/", mails.withdraw_all, name="withdraw_all"),
    path("courriels/", mails.mails, name="mails"),
    path("courriels/arreter/<str:token>/", mails.silence, name="silence"),
    path("<slug:reference>/", views.thread, name="thread"),
    path("<slug:reference>/soutenir/", views.support, name="support"),
    path("<slug:reference>/repondre/", views.reply, name="reply"),
    path("<slug:reference>/modifier/", views.edit, name="edit"),
    path("<slug:reference>/retirer/", views.withdraw, name="withdraw"),
    path("<slug:reference>/signaler/", views.flag, name="flag"),
    path("<slug:reference>/avant/", views.versions, name="versions"),
    path("<slug:reference>/moderer/", desk.moderate, name="moderate"),
]
