"""Thin: may run twice, be killed or be lost, without harm."""

from celery import shared_task

from budget.voting.services import paper


@shared_task
def print_papers():
    """Print the paper of votes about to open that nobody printed, or that no longer says what is feasible."""
    for budget in paper.about_to_open():
        if paper.is_stale(budget):
            paper.print_paper(budget=budget, leaving_out=True)
