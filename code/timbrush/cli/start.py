"""The entry point: loads the commands, so that Ctrl-C meanwhile is one line too."""

import sys


def main() -> None:
    """Run ``timbrush``."""
    try:
        from timbrush.cli.main import main as run  # takes a moment

        run()
    except KeyboardInterrupt as error:
        from timbrush.cli.refusals import plain_line
        from timbrush.terminal import remark

        remark(f"Error: {plain_line(error)}")
        sys.exit(130)
