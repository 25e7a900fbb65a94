from django.urls import path

from budget.proposals.views import desk, own, propose, public

app_name = "proposals"
urlpatterns = [
    path("budgets/<slug:slug>/propositions/", public.proposals, name="list"),
    path("budgets/<slug:slug>/proposer/", propose.propose, name="propose"),
    path("budgets/<slug:slug>/proposer/enveloppe/", propose.envelope, name="propose_envelope"),
    path("budgets/<slug:slug>/proposer/semblables/", propose.similar, name="propose_similar"),
    path("propositions/photos/", propose.photo_upload, name="photo_upload"),
    path("propositions/photos/<str:token>.jpg", public.photo, name="photo"),
    path("propositions/<str:reference>/", public.detail, name="detail"),
    path("propositions/<str:reference>/soutenir/", public.support, name="support"),
    path("propositions/<str:reference>/modifier/", own.edit, name="edit"),
    path("propositions/<str:reference>/retirer/", own.withdraw, name="withdraw"),
    path("agents/propositions/<str:reference>/joindre/", desk.merge, name="merge"),
    path("agents/propositions/<str:reference>/separer/", desk.split, name="split"),
    path("agents/propositions/<str:reference>/moderer/", desk.moderate, name="moderate"),
]
