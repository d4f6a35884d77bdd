"""The entry point loads the commands, so that Ctrl-C meanwhile is one line too."""

import sys
from importlib import import_module


def main(module: str = "timbrush.cli.main") -> None:
    """Run the command line that lies in a module as ``main``."""
    try:
        import_module(module).main()  # the import takes a moment
    except KeyboardInterrupt as error:
        from timbrush.cli.refusals import plain_line
        from timbrush.terminal import remark

        remark(f"Error: {plain_line(error)}")
        sys.exit(130)
