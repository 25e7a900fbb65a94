"""What `make` runs, on one machine. Standard library only: it works before .venv exists."""
