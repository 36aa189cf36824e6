"""`python -m blurkit` is the `blurkit` command."""

from blurkit.cli import main

if __name__ == "__main__":
    main()
