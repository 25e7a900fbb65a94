from django.urls import path

from budget.voting.views import casting, public

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
]
