from .shares import Run


def outcomes(market, ties, first, scale, steps):
    for k in steps:
        yield {p.project for p in Run(market, ties, first + k * scale).purchases}
