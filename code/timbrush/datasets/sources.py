"""Where the data sets lie on the web, and how they are recognised."""

from dataclasses import dataclass

from timbrush.datasets.download import RemoteFile

_MNIST_PLACES = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
_NSYNTH_PLACE = "http://download.magenta.tensorflow.org/datasets/nsynth/"


def _mnist(name: str, sha256: str) -> RemoteFile:
    urls = tuple(place + name for place in _MNIST_PLACES)
    return RemoteFile(name=name, urls=urls, sha256=sha256, max_bytes=16 << 20)


MNIST = (
    _mnist(
        "train-images-idx3-ubyte.gz",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    _mnist(
        "train-labels-idx1-ubyte.gz",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    _mnist(
        "t10k-images-idx3-ubyte.gz",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    _mnist(
        "t10k-labels-idx1-ubyte.gz",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
)
"""MNIST's four official files."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """A split of NSynth.

    Args:
        name: Its folder.
        file: Its archive. No checksum of these was ever published: the server's MD5, gzip's
            own CRC and the list of notes stand in for it.
        n_notes: Notes that it must hold.
    """

    name: str
    file: RemoteFile
    n_notes: int


def _nsynth(split: str, n_notes: int, max_bytes: int) -> Split:
    name = f"nsynth-{split}.jsonwav.tar.gz"
    file = RemoteFile(name=name, urls=(_NSYNTH_PLACE + name,), max_bytes=max_bytes)
    return Split(name=f"nsynth-{split}", file=file, n_notes=n_notes)


NSYNTH = {
    "train": _nsynth("train", 289_205, 40 << 30),
    "valid": _nsynth("valid", 12_678, 4 << 30),
    "test": _nsynth("test", 4_096, 2 << 30),
}
"""NSynth's splits; Engel et al. 2017, Google Inc. (Magenta), CC BY 4.0."""
