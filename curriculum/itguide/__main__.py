"""`python -m itguide`: the same as the command `itguide`."""

from itguide.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
