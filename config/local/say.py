"""What the person at the terminal sees: short lines, and never a long silence."""

import collections
import shutil
import signal
import subprocess
import sys
import threading
import time

from config.local.signals import Stopped, die_with_parent, listen

QUIET_SECONDS = 10  # without a terminal, say at least this often that work goes on
TAIL = 30


class Failure(Exception):
    """Something the person can act on; shown without a traceback."""


def say(text=""):
    print(text, flush=True)


def tail(path, lines=20):
    """The end of a log, indented, for an error message."""
    try:
        text = path.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text[-lines:])


class Progress:
    """One line that moves on a terminal; a line from time to time anywhere else."""

    def __init__(self, title):
        self.title = title
        self.terminal = sys.stdout.isatty()
        self.start = self.spoken = time.monotonic()
        self.width = 0
        if not self.terminal:
            say(f"→ {title}…")

    def update(self, detail=""):
        seconds = int(time.monotonic() - self.start)
        if self.terminal:
            columns = shutil.get_terminal_size().columns
            line = f"→ {self.title}… {seconds} s  {detail}".replace("\t", " ")[: columns - 1]
            print("\r" + line.ljust(self.width), end="", flush=True)
            self.width = len(line)
        elif time.monotonic() - self.spoken > QUIET_SECONDS:
            self.speak(f"toujours en cours ({seconds} s)  {detail}".rstrip())

    def speak(self, line):
        """Say a line that stays, where no line can move."""
        if not self.terminal:
            self.spoken = time.monotonic()
            say(f"  {line}")

    def end(self, mark="✓"):
        seconds = time.monotonic() - self.start
        line = f"{mark} {self.title} ({seconds:.1f} s)"
        say(("\r" + line.ljust(self.width)) if self.terminal else line)


def run_step(title, argv, *, stream=False, hint="", **options):
    """Run a command to its end and show that it moves. `stream` shows its lines where no line can move."""
    progress = Progress(title)
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        **options,
    )
    lines = collections.deque(maxlen=TAIL)

    def read():
        for line in process.stdout:
            line = line.strip()
            if line:
                lines.append(line)
                if stream and not line.startswith("Requirement already satisfied"):
                    progress.speak(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while process.poll() is None:
            listen()
            progress.update(lines[-1] if lines else "")
            reader.join(0.1)
        reader.join(2)
    except Stopped:
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        progress.end("✗")
        shown = "\n".join(f"    {line}" for line in lines)
        raise Failure(f"{title} : échec (code {process.returncode}).\n{shown}\n{hint}".rstrip())
    progress.end()
