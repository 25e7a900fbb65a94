#!/usr/bin/env python
"""Django's command line."""

import os
import sys

# Commands that need no city start without one.
ALONE = {"pb_count": "config.settings.recount"}


def main():
    if alone := ALONE.get(sys.argv[1] if len(sys.argv) > 1 else ""):
        os.environ["DJANGO_SETTINGS_MODULE"] = alone
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
