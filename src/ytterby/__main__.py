"""`python -m ytterby`: the same as the command `ytterby`."""

import sys

from ytterby.shell.cli import main

if __name__ == "__main__":
    sys.exit(main())
