"""Learn from labelled sounds which instrument family a zone sounds like."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from timbrush.tensors import Spectrogram
from timbrush_lab.inpainters.distances import embed

PULL = 0.01
"""Inverse strength of the pull towards small weights; chosen on strange instruments."""

N_PARTS = 5
"""Parts of the notes; each is judged by who learned from the others."""

Zone = Bool[Tensor, "bin frame"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FamilyJudge:
    """A logistic regression over the levels of bands in a zone; knows nothing of codes.

    Args:
        classifier: Embedding to index into ``FAMILIES``.
        zone: Where it listens, the same in each sound.
        families: Those that it was told of.
        of_notes: Share of other notes of its own instruments that it judges right.
    """

    classifier: Any
    zone: Zone
    families: tuple[int, ...]
    of_notes: float

    def name(self, spectrograms: Spectrogram) -> Int[Tensor, " sound"]:
        """Return the family that each sound's zone is the most like."""
        return torch.from_numpy(self.classifier.predict(_features(spectrograms, self.zone)))


def fit_judge(
    spectrograms: Spectrogram, zone: Zone, families: Int[Tensor, " sound"]
) -> FamilyJudge:
    """Learn families from sounds; those of -1 are left out.

    Args:
        spectrograms: As they sound through the codec, like what will be judged.
        zone: Where to listen.
        families: Index into ``FAMILIES`` of each.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    known = families >= 0
    features, labels = _features(spectrograms[known], zone), families[known].numpy()
    classifier = make_pipeline(
        StandardScaler(), LogisticRegression(C=PULL, max_iter=500, class_weight="balanced")
    )
    scores = cross_val_score(classifier, features, labels, cv=N_PARTS)
    return FamilyJudge(
        classifier=classifier.fit(features, labels),
        zone=zone,
        families=tuple(sorted(set(labels.tolist()))),
        of_notes=float(scores.mean()),
    )


def _features(spectrograms: Spectrogram, zone: Zone) -> Float[np.ndarray, "sound feature"]:
    return embed(spectrograms, zone.expand(len(spectrograms), -1, -1))
