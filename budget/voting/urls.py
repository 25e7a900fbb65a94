from django.urls import path

from budget.voting.views import booths, casting, desk, public

app_name = "voting"
urlpatterns = [
    path("budgets/<slug:slug>/voter/", casting.vote, name="vote"),
    path("budgets/<slug:slug>/voter/<slug:envelope>/", casting.ballot, name="ballot"),
    path("budgets/<slug:slug>/voter/<slug:envelope>/relire/", casting.review, name="review"),
    path("budgets/<slug:slug>/voter/<slug:envelope>/recu/", casting.receipt, name="receipt"),
    path("budgets/<slug:slug>/scrutin/", public.proof, name="proof"),
    path("budgets/<slug:slug>/scrutin/<slug:envelope>/chaine.json", public.chain_json, name="chain"),
    path("budgets/<slug:slug>/scrutin/<slug:envelope>/bulletins.csv", public.ballots_csv, name="ballots"),
    path("budgets/<slug:slug>/scrutin/<slug:envelope>/bulletins.json", public.ballots_json, name="ballots_json"),
    path("budgets/verifier.py", public.verifier, name="verifier"),
    path("agents/scrutins/<slug:slug>/", desk.desk, name="desk"),
    path("agents/scrutins/<slug:slug>/papier/", desk.print_paper, name="print"),
    path("agents/scrutins/<slug:slug>/codes/", desk.codes, name="codes"),
    path("agents/scrutins/<slug:slug>/lot/", desk.batch, name="batch"),
    path("agents/scrutins/<slug:slug>/guichet/", desk.counter, name="counter"),
    path("agents/scrutins/<slug:slug>/cloture/", desk.closing, name="closing"),
    path("agents/scrutins/<slug:slug>/bureaux/", booths.add_booth, name="add_booth"),
    path("agents/bureaux/<slug:reference>/", booths.booth, name="booth"),
    path("agents/paquets/<slug:reference>/", booths.bundle, name="bundle"),
]
