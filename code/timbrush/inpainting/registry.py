"""List every inpainter: its name, its class, where it comes from and what it does.

A new inpainter is a file of its own and one entry here. Commands, the page, training, model
files and the laboratory ask this list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from torch import nn

from timbrush.codemaps import CodeShape
from timbrush.inpainting.contract import Inpainter
from timbrush.inpainting.counting.floors import Histogram, Uniform
from timbrush.inpainting.counting.naive_bayes import NaiveBayes, NaiveBayesConfig
from timbrush.inpainting.counting.pairwise import PairwiseProduct
from timbrush.inpainting.counting.personal import Personal, PersonalConfig
from timbrush.inpainting.networks.lstm import LSTM, LSTMConfig
from timbrush.inpainting.networks.transformer import Transformer, TransformerConfig

FAST, BEST, COMPARISON = "fast", "best", "comparison"

DEFAULT = "naive-bayes"
"""The inpainter that redraws where nobody chose one."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One inpainter.

    Args:
        name: What it is called on the command line, on the page and in model files.
        words: What it does, in one line.
        purpose: What it is there for: ``FAST``, ``BEST`` or ``COMPARISON``.
        cls: Its class.
        config: The class of its settings, if a model file holds it. Then it is an ``nn.Module``
            built from them alone (``cls(config)``, ``module.config``) that keeps all it has
            learned in parameters and buffers, so that ``checkpoints`` can save and load it.
            These settings say whether it ``listens`` to a condition.
        derived_from: The name of the inpainter that it is built from (``cls(other)``), if no
            file of its own holds it. With neither, it is built from a ``CodeShape`` alone.
    """

    name: str
    words: str
    purpose: str
    cls: type[Any]
    config: type[Any] | None = None
    derived_from: str | None = None

    @property
    def takes_radius(self) -> bool:
        """Whether a stroke's radius changes what it draws."""
        return bool(self.cls.takes_radius)

    @property
    def can_listen(self) -> bool:
        """Whether a condition can change what it draws, if it learned from labelled sounds."""
        return self.config is not None


ENTRIES = (
    Entry(
        name="uniform",
        words="Every code is equally likely.",
        purpose=COMPARISON,
        cls=Uniform,
    ),
    Entry(
        name="histogram",
        words="Every code is as likely as it was seen in its row.",
        purpose=COMPARISON,
        cls=Histogram,
        derived_from="naive-bayes",
    ),
    Entry(
        name="pairwise",
        words="Each neighbour names the codes that it is mostly seen beside.",
        purpose=COMPARISON,
        cls=PairwiseProduct,
        derived_from="naive-bayes",
    ),
    Entry(
        name="naive-bayes",
        words="The code that best explains all that is around it is the likeliest.",
        purpose=FAST,
        cls=NaiveBayes,
        config=NaiveBayesConfig,
    ),
    Entry(
        name="lstm",
        words="A recurrent network that reads all around a zone, column by column.",
        purpose=BEST,
        cls=LSTM,
        config=LSTMConfig,
    ),
    Entry(
        name="transformer",
        words="A network in which every patch around a zone attends to every other.",
        purpose=BEST,
        cls=Transformer,
        config=TransformerConfig,
    ),
    Entry(
        name="personal",
        words="Naive Bayes mixed with one that counted your own sounds.",
        purpose=FAST,
        cls=Personal,
        config=PersonalConfig,
    ),
)
"""Every inpainter, in the order in which lists show them."""

BY_NAME = {entry.name: entry for entry in ENTRIES}

STORED: dict[str, tuple[type[Any], type[nn.Module]]] = {
    entry.name: (entry.config, entry.cls) for entry in ENTRIES if entry.config is not None
}
"""The class of settings and the class of each inpainter that a model file can hold."""


def in_order(names: Iterable[str]) -> list[str]:
    """Return names in the order of the list; names that users chose come last, sorted."""
    given = set(names)
    return [name for name in BY_NAME if name in given] + sorted(given - set(BY_NAME))


def default(names: Iterable[str]) -> str:
    """Return the name to redraw with where nobody chose one: the default, or the last."""
    known = list(names)
    return DEFAULT if DEFAULT in known else known[-1]


def without_file(shape: CodeShape) -> dict[str, Inpainter]:
    """Return the inpainters that are built from the shape of the codemaps alone, by name."""
    return {
        entry.name: entry.cls(shape)
        for entry in ENTRIES
        if entry.config is None and entry.derived_from is None
    }


def names_derived_from(name: str) -> tuple[str, ...]:
    """Return the names of the inpainters that are built from another one."""
    return tuple(entry.name for entry in ENTRIES if entry.derived_from == name)


def derived_from(inpainter: Inpainter) -> dict[str, Inpainter]:
    """Return the inpainters that are built from another one, by name; they share its counts."""
    return {name: BY_NAME[name].cls(inpainter) for name in names_derived_from(inpainter.name)}
