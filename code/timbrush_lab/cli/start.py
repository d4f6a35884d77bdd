"""The entry point of ``timbrush-lab``."""

from timbrush.cli import start


def main() -> None:
    """Run ``timbrush-lab``."""
    start.main("timbrush_lab.cli.main")
