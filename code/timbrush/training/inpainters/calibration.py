"""Choose on held-out sounds how far a network is trusted beside its Naive Bayes."""

import torch

from timbrush.inpainting.measuring.evidence import newton
from timbrush.inpainting.networks.lstm import LSTM
from timbrush.inpainting.networks.transformer import Transformer
from timbrush.training.inpainters.batches import HeldOut


@torch.no_grad()
def calibrate(network: LSTM | Transformer, judged: HeldOut, *, batch_size: int = 32) -> None:
    """Set two weights a level: that of the network's own logits and that of Naive Bayes.

    A network knows the instruments that it was trained on better than any others, and is too
    sure of itself on those others. The weights are chosen where the masked codes of held-out
    sounds are the likeliest.

    Args:
        network: Changed in place; one without a Naive Bayes stays as it is.
        judged: Sounds that it was not trained on, each with a stroke.
        batch_size: Sounds judged together.
    """
    if network.naive_bayes is None:
        return
    for level in range(network.shape.n_levels):
        network.trust.share(level, 1.0, 1.0)
    parts: list[list[torch.Tensor]] = [[] for _ in judged.codemaps]
    codes: list[list[torch.Tensor]] = [[] for _ in judged.codemaps]
    for first in range(0, len(judged.codemaps[0]), batch_size):
        some = tuple(level[first : first + batch_size] for level in judged.codemaps)
        masks = tuple(level[first : first + batch_size] for level in judged.masks)
        evidence = network.naive_bayes.scores(some, masks, masks, radius=1.0)
        silent = tuple(torch.zeros_like(level) for level in evidence)
        own = network(some, masks, masks, silent)
        both = network(some, masks, masks, evidence)
        for level, mask in enumerate(masks):
            parts[level].append(torch.stack([own[level], both[level] - own[level]], dim=1))
            codes[level].append(some[level][mask])
    for level, (opinions, true) in enumerate(zip(parts, codes, strict=True)):
        own_share, others = newton(torch.cat(opinions), torch.cat(true)).tolist()
        network.trust.share(level, own_share, others)
