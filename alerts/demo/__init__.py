"""The alerts of the demo city."""
