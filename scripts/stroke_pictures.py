"""Draw what strokes do to a drum loop, a song and a voice, before and after.

Example: python scripts/stroke_pictures.py data/wide -o docs
"""

import argparse
import tempfile
from pathlib import Path

import timbrush
from timbrush.audio import files
from timbrush.cli.demo_picture import draw_stroke
from timbrush.effect.stroke import Stroke
from timbrush_lab.drawing.figure import small_png

PICTURES = {
    "stroke-loop": (
        "train/0003_loop_muldjord-loop-03-143bpm.flac",
        "A drum loop: another timbre, every hit where it was",
        Stroke(seconds=(1.0, 3.0), level="timbre", seed=1),
    ),
    "stroke-song": (
        "valid/0606_music_LucidDream-42s.flac",
        "A song: two seconds redrawn between 300 and 6000 Hz",
        Stroke(seconds=(2.0, 4.0), hertz=(300, 6000), seed=1),
    ),
    "stroke-voice": (
        "train/0097_voice_clonk-voice-03-Hurt8.flac",
        "A voice: half a second redrawn as a whole",
        Stroke(seconds=(0.8, 1.3), seed=1),
    ),
}
"""By the picture's name: the sound, what stands above, and the stroke."""


def main() -> None:
    """Paint, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sounds", type=Path, help="Folder of the sounds.")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    effect = timbrush.load()
    for name, (sound, title, stroke) in PICTURES.items():
        read = files.read(options.sounds / sound)
        before = effect.open(read.samples, sample_rate=read.sample_rate)
        after = before.paint(stroke)
        level = after.reports[-1].level_decibels
        with tempfile.TemporaryDirectory() as folder:
            drawn = Path(folder) / "drawn.png"
            draw_stroke(drawn, effect, before, after, title=f"{title} ({level:+.1f} dB)")
            picture = small_png(drawn.read_bytes())
        (options.output / f"{name}.png").write_bytes(picture)


if __name__ == "__main__":
    main()
