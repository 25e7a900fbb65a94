"""The vote's parts of the pages below."""


def of_budget(request, budget):
    return None


def of_envelope(request, envelope):
    return None


def of_proposal(request, proposal):
    return None
