"""Runs Mailflow and says at the end how much memory it took: `python -m tests.servers.peak ARGUMENTS…`.

The kernel's own count of the process (VmHWM), which does not include the memory of who started it.
"""

import re
import sys
from pathlib import Path

from mailflow import cli

if __name__ == "__main__":
    code = cli.call(sys.argv[1:])
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    print(f"\npeak {int(found[1]) * 1024 if found else 0}", file=sys.stderr)
    sys.exit(code)
