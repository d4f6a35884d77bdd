"""Joules and seconds of a block of code, how they were read, and the record that keeps them."""

from timbrush.energy.meter import Meter, Reading, repeat_until_stable
from timbrush.energy.record import run_record, write_record

__all__ = ["Meter", "Reading", "repeat_until_stable", "run_record", "write_record"]
