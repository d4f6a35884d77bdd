"""Average the terms of the loss over the steps since the last validation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Means:
    """Means of terms; a term that is not finite at a step is left out of its mean.

    Args:
        sums: Sum of every term since the means were last taken.
        counts: In how many steps each was finite.
    """

    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, terms: Mapping[str, float]) -> None:
        """Take note of one step's terms."""
        for name, value in terms.items():
            if math.isfinite(value):  # one bad batch must not hide all others
                self.sums[name] = self.sums.get(name, 0.0) + value
                self.counts[name] = self.counts.get(name, 0) + 1

    def take(self) -> dict[str, float]:
        """Return the mean of every term, named ``train_…``, and begin anew."""
        means = {
            f"train_{name}": total / self.counts[name] for name, total in self.sums.items()
        }
        self.sums, self.counts = {}, {}
        return means
