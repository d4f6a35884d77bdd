"""The ``timbrush-lab`` command line."""
