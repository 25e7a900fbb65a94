"""Imports by a web page: a file arrives, is described, checked, confirmed and done, each step by a worker."""
