r"""Put trained files together as a model that comes with timbrush.

    python scripts/bundle_model.py code/timbrush/weights/wide runs/wide \
        runs/wide-naive-bayes runs/wide-transformer runs/wide-lstm

The folders hold what ``timbrush train`` published. Networks share the counts of Naive Bayes, so
that each is stored once.
"""

import sys
from pathlib import Path

from timbrush.checkpoints import COUNTS_FILE, share_counts
from timbrush.errors import TimbrushError
from timbrush.whole import write_whole

CODEC_FILE = "codec.safetensors"


def main(target: Path, *folders: Path) -> None:
    """Write the model files of some folders into ``target``."""
    files = {path.name: path for folder in folders for path in folder.glob("*.safetensors")}
    networks = {name for name in files if not name.startswith("state")} - {
        CODEC_FILE,
        COUNTS_FILE,
    }
    for name in (CODEC_FILE, COUNTS_FILE):
        with write_whole(target / name, force=True, parents=True) as out:
            out.write(files[name].read_bytes())
    for name in sorted(networks):
        try:
            share_counts(files[name], target / name)
        except TimbrushError as error:
            raise SystemExit(f"Error: {error}") from error
    total = sum(path.stat().st_size for path in target.glob("*.safetensors"))
    print(f"{total / 1e6:.2f} MB in {target}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
