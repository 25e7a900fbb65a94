"""Thin: may run twice, be killed or be lost, without harm."""

import logging

from celery import shared_task

from budget.voting.services import paper

log = logging.getLogger(__name__)


@shared_task
def print_papers():
    """Print the paper of votes about to open that nobody printed it for."""
    for budget in paper.without_paper():
        try:
            paper.print_paper(budget=budget)
        except paper.PaperError as refused:
            log.error("the vote of %s opens soon and its paper cannot be printed: %s", budget.slug, refused)
