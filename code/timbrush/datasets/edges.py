"""Say of each sound of a data set where its own band ends."""

from timbrush.audio.band_edge import band_edge
from timbrush.datasets.examples import Example, Sounds


class WithEdges:
    """A data set whose examples carry the edge of their band, measured once for each.

    Args:
        sounds: What to read from.
    """

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds
        self._edges: dict[int, float] = {}

    @property
    def sample_rate(self) -> int:
        """Rate of every waveform."""
        return self._sounds.sample_rate

    def __len__(self) -> int:
        return len(self._sounds)

    def __getitem__(self, index: int) -> Example:
        example = self._sounds[index]
        if index not in self._edges:
            self._edges[index] = band_edge(example.waveform.numpy(), self.sample_rate)
        return example._replace(edge_hertz=self._edges[index])
