"""The participatory budgets of the fictional demo city: one done, one at the vote, one collecting ideas."""
