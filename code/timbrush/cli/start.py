"""The entry point: loads the commands, so that Ctrl-C meanwhile is one line too."""

import sys


def main() -> None:
    """Run ``timbrush``."""
    try:
        from timbrush.cli.main import main as run  # takes a moment

        run()
    except KeyboardInterrupt as error:
        from timbrush.cli.refusals import plain_line

        print(f"Error: {plain_line(error)}", file=sys.stderr)
        sys.exit(130)
