"""`python -m cli`: the `mulin` command where it has not been installed."""

from cli.main import main

main()
