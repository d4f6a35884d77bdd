"""Run the command line as ``python -m timbrush``."""

from timbrush.cli.start import main

if __name__ == "__main__":
    main()
