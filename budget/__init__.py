"""Participatory budgets, in rooms that import one another in one direction (docs/adr/0008-rooms-of-the-budget.md)."""
