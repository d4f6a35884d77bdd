"""The inpainters that a model file can hold, by name.

Each is an ``nn.Module`` built from its frozen config alone (``cls(config)``,
``module.config``), with all that it has learned in parameters and buffers; checkpoints save
and load them alike.
"""

from typing import Any

from torch import nn

from timbrush.inpainting.lstm import LSTM, LSTMConfig
from timbrush.inpainting.naive_bayes import NaiveBayes, NaiveBayesConfig
from timbrush.inpainting.personal import Personal, PersonalConfig
from timbrush.inpainting.transformer import Transformer, TransformerConfig

INPAINTERS: dict[str, tuple[type[Any], type[nn.Module]]] = {
    "naive-bayes": (NaiveBayesConfig, NaiveBayes),
    "lstm": (LSTMConfig, LSTM),
    "transformer": (TransformerConfig, Transformer),
    "personal": (PersonalConfig, Personal),
}
"""Name to (config class, module class)."""
