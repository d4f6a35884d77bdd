"""Joules to grams of CO2 equivalent, as a range."""

import os
from dataclasses import dataclass

from timbrush.energy.counters import WATTS_PER_CORE_RANGE, stated_watts
from timbrush.energy.meter import Reading
from timbrush.errors import ConfigError

INTENSITY_VARIABLE = "TIMBRUSH_CARBON_INTENSITY"
REGION_VARIABLE = "TIMBRUSH_CARBON_REGION"
JOULES_PER_KILOWATT_HOUR = 3.6e6

COUNTER_RANGE = (0.9, 1.5)
"""Share of a counter's joules that the true cost may be: its own error below, above it fans,
power supply and memory that a processor's counter does not see."""


@dataclass(frozen=True, kw_only=True)
class CarbonIntensity:
    """Grams of CO2 equivalent that a kilowatt-hour of electricity stands for.

    Args:
        grams_per_kilowatt_hour: Mean of the region, at or above 0.
        region: Where and when.

    Source: Ember, Yearly Electricity Data: 481 g/kWh of the world's generation in 2023.
    """

    grams_per_kilowatt_hour: float = 481.0
    region: str = "world mean of 2023 (Ember)"

    def __post_init__(self) -> None:
        if not 0 <= self.grams_per_kilowatt_hour < 1e5:
            raise ConfigError(
                "carbon intensity must be a number of grams per kilowatt-hour at or above 0, "
                f"got {self.grams_per_kilowatt_hour}"
            )

    def grams(self, joules: float) -> float:
        """Return the grams of CO2 equivalent of some joules."""
        return joules / JOULES_PER_KILOWATT_HOUR * self.grams_per_kilowatt_hour


def stated_intensity() -> CarbonIntensity:
    """Return the environment's intensity and region, else the world's mean.

    Raises:
        ConfigError: When the environment's intensity is not a number at or above 0.
    """
    stated = os.environ.get(INTENSITY_VARIABLE)
    if stated is None:
        return CarbonIntensity()
    try:
        grams = float(stated)
    except ValueError as error:
        raise ConfigError(f"{INTENSITY_VARIABLE} must be a number, got {stated!r}") from error
    region = os.environ.get(REGION_VARIABLE, "as stated in the environment")
    return CarbonIntensity(grams_per_kilowatt_hour=grams, region=region)


def joules_range(reading: Reading) -> tuple[float, float]:
    """Return the least and the most joules that a reading can stand for.

    What was estimated spreads over the plausible watts of a core, what a counter read over the
    counter's own error and what it cannot see.
    """
    measured = reading.measured_joules if reading.estimated else reading.joules
    least, most = (share * measured for share in COUNTER_RANGE)
    if reading.estimated:
        low, high = (watts / stated_watts() for watts in WATTS_PER_CORE_RANGE)
        least += min(low, 1.0) * (reading.joules - measured)
        most += max(high, 1.0) * (reading.joules - measured)
    return least, most
