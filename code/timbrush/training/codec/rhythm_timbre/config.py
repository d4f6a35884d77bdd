"""The settings of a run that trains the codec of rhythm and timbre."""

from dataclasses import dataclass, field

from timbrush.codec.rhythm_timbre import RhythmTimbreConfig
from timbrush.training.codec.crops.augmentation import AugmentationConfig
from timbrush.training.codec.data import DataConfig
from timbrush.training.codec.rhythm_timbre.losses import TermWeights
from timbrush.training.loop.config import LoopConfig


@dataclass(frozen=True, kw_only=True)
class RhythmTimbreRunConfig:
    """A whole run: ``timbrush train RUN.toml`` reads it.

    Args:
        output: Folder of the state, the checkpoint, the record and the chart.
        data: The sounds.
        loop: The training loop.
        rhythm_timbre: Sizes of the codec, and the spectrogram that it is made for. The section
            must stand in the run file, if only to say which codec is trained.
        loss: Weights of the loss.
        augmentation: Variations of the crops.
        start: A codec to go on from: a file, or the name of a model that comes with timbrush,
            as when training on sounds of one's own; empty starts from nothing. Its sizes must
            be those of ``rhythm_timbre``.
    """

    output: str
    data: DataConfig
    loop: LoopConfig
    rhythm_timbre: RhythmTimbreConfig
    loss: TermWeights = field(default_factory=TermWeights)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    start: str = ""
