"""Reports from other systems, and what a mapping file says of them."""
