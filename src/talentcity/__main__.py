"""`python -m talentcity` is the command `talentcity`."""

import sys

from talentcity.cli import main

if __name__ == "__main__":
    sys.exit(main())
