"""Everything `make` needs to run Parvis on one machine. Standard library only: it runs before .venv exists."""
