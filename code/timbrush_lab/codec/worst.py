"""Draw a page of restored sounds, the worst first."""

from collections.abc import Sequence
from pathlib import Path

from timbrush.datasets.examples import Sounds
from timbrush.effect.model import Effect
from timbrush_lab.codec.restoring import SoundResult, restore
from timbrush_lab.codec.summary import spread, worst_first
from timbrush_lab.drawing.pictures import Pair, draw_pairs

N_WORST, N_SPREAD = 10, 6


def draw_worst(
    path: Path,
    effect: Effect,
    sounds: Sounds,
    indexes: Sequence[int],
    results: Sequence[SoundResult],
) -> None:
    """Draw the worst sounds, then some spread evenly over the rest, down to the best.

    Args:
        path: The picture.
        effect: The model, which restores the shown sounds once more.
        sounds: The data set.
        indexes: Where the sound of each result lies in it.
        results: One a sound.
    """
    rate = effect.spectrogram.sample_rate
    places = {result.name: index for index, result in zip(indexes, results, strict=True)}
    ordered = worst_first(results)
    rest = ordered[N_WORST:]
    shown = ordered[:N_WORST] + [rest[index] for index in spread(len(rest), N_SPREAD)]
    pairs = []
    for result in shown:
        waveform = sounds[places[result.name]].waveform
        title = f"{result.name}  active {result.distances.active_lsd:.1f} dB, "
        title += (
            f"LSD {result.distances.lsd:.1f} dB, SC {result.distances.spectral_convergence:.2f}"
        )
        restored = restore(effect, waveform, rate)[0]
        pairs.append(Pair(title=title, original=waveform, restored=restored))
    draw_pairs(path, pairs, effect.spectrogram)
