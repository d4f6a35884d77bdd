"""Settings that the LSTM and the Transformer share."""

from dataclasses import dataclass

from timbrush.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class NetworkSizes:
    """Settings of either network that do not depend on the codec.

    Args:
        n_features: Features of a patch.
        n_code_features: Features of a code.
        n_layers: Layers of the body.
        n_steps: Steps of the parallel decoding; 0 draws one code after another.
        context_columns: Patch columns of context on each side of a stroke.
        stretch_columns: Patch columns that are redrawn at once.
        dropout: Share of features dropped in training.

    Raises:
        ConfigError: For sizes that cannot work.
    """

    n_features: int = 192
    n_code_features: int = 64
    n_layers: int = 4
    n_steps: int = 8
    context_columns: int = 3
    stretch_columns: int = 10
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if min(self.n_features, self.n_code_features, self.n_layers) < 1:
            raise ConfigError("n_features, n_code_features and n_layers must be at least 1")
        if min(self.n_steps, self.context_columns) < 0 or self.stretch_columns < 1:
            raise ConfigError("n_steps and context_columns must be 0 or more, a stretch 1")
        if not 0.0 <= self.dropout < 1.0:
            raise ConfigError(f"dropout must lie in 0 to 1, got {self.dropout}")
