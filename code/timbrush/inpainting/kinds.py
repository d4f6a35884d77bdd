"""The inpainters that a model file can hold, by name.

Each is an ``nn.Module`` built from its frozen config alone (``cls(config)``, ``module.config``),
with all that it has learned in parameters and buffers; checkpoints save and load them alike.
"""

from typing import Any

from torch import nn

INPAINTERS: dict[str, tuple[type[Any], type[nn.Module]]] = {}
"""Name to (config class, module class)."""
