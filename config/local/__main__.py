"""`python3 -m config.local <command>`: what each target of the Makefile calls."""

import sys

# Said before any other import, which an older Python could not even read.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Parvis demande Python 3.11 ou plus récent, et celui-ci est plus ancien : make PYTHON=python3.11 …")

import os
import shlex

from config.local import commands, signals
from config.local.say import Failure, say


def main(argv):
    """Run one command and return its exit code."""
    name, arguments = (argv or ["help"])[0], argv[1:]
    # Through the environment, because make would let the shell split and expand them a second time.
    arguments += shlex.split(os.environ.pop("ARGS", ""))
    command = commands.COMMANDS.get(name)
    if command is None:
        say(f"Commande inconnue : {name}\n")
        commands.show_help([])
        return 2
    signals.install()
    try:
        return command(arguments) or 0
    except Failure as failure:
        say(f"\n✗ {failure}")
        return 1
    except signals.Stopped as stopped:
        say("Arrêté.")
        return 128 + stopped.number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
