"""Serve timbrush to HARP, the sample editor that calls models from DAWs.

Run: pip install 'timbrush[harp]' git+https://github.com/TEAMuP-dev/pyharp
     python integrations/harp.py
Then give HARP the address that is printed. (The package named pyharp in the registry is
something else.) It follows PyHARP's ``build_endpoint(model_card, input_components,
output_components, process_fn)`` and its ``LabelList``.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import timbrush
from timbrush.audio import files


def paint(
    path: str | Path,
    *,
    seconds: tuple[float, float],
    hertz: tuple[float, float],
    strength: float,
    keep: float,
    seed: int,
    inpainter: str,
    effect: timbrush.Effect,
) -> tuple[Path, timbrush.Stroke]:
    """Write a painted copy of a sound; return its path and the stroke.

    Args:
        path: The sound.
        seconds: The zone's span; one of no width stands for the whole sound.
        hertz: The zone's band; its top may lie above the model's.
        strength: Share of the cells that are redrawn.
        keep: How much of level and rhythm is kept.
        seed: Where the randomness starts.
        inpainter: What redraws.
        effect: The model.
    """
    sound = files.read(Path(path))
    stroke = timbrush.Stroke(
        seconds=seconds if seconds[1] > seconds[0] else None,
        hertz=(hertz[0], min(hertz[1], effect.spectrogram.sample_rate / 2)),
        strength=strength,
        keep_level=keep,
        keep_rhythm=keep,
        inpainter=inpainter,
        seed=seed,
    )
    canvas = effect.open(
        sound.samples, sample_rate=sound.sample_rate, n_channels=sound.n_channels
    )
    out = Path(tempfile.mkdtemp(prefix="timbrush-")) / f"{Path(path).stem}-painted.wav"
    files.write(out, replace(sound, samples=canvas.paint(stroke).samples))
    return out, stroke


def serve() -> None:
    """Serve the endpoint on this computer until it is interrupted."""
    import gradio as gr
    from pyharp import AudioLabel, LabelList, ModelCard, build_endpoint

    effect = timbrush.load()
    top = effect.spectrogram.sample_rate / 2

    def process(
        path: str,
        start: float,
        end: float,
        low: float,
        high: float,
        strength: float,
        keep: float,
        seed: float,
        inpainter: str,
    ) -> tuple[str, Any]:
        out, stroke = paint(
            path,
            seconds=(start, end),
            hertz=(low, high),
            strength=strength,
            keep=keep,
            seed=int(seed),
            inpainter=inpainter,
            effect=effect,
        )
        labels = LabelList()
        if stroke.seconds:
            about = f"{low:g} to {high:g} Hz, seed {stroke.seed}"
            label = AudioLabel(start, "redrawn", duration=end - start, description=about)
            labels.labels.append(label)
        return str(out), labels

    card = ModelCard(
        name="timbrush",
        description="A blur brush for sound: redraw a zone of time and frequency.",
        author="The timbrush developers",
        tags=["inpainting", "sound design", "timbre"],
    )
    with gr.Blocks() as app:
        inputs = [
            gr.Audio(type="filepath", label="Sound"),
            gr.Number(value=0, minimum=0, label="from (s)"),
            gr.Number(value=0, minimum=0, label="to (s); as from: the whole sound"),
            gr.Slider(0, top, value=0, step=10, label="low (Hz)"),
            gr.Slider(0, top, value=top, step=10, label="high (Hz)"),
            gr.Slider(0, 1, value=1, step=0.01, label="strength"),
            gr.Slider(0, 1, value=1, step=0.01, label="keep level and rhythm"),
            gr.Number(value=1, minimum=0, step=1, label="seed"),
            gr.Dropdown(sorted(effect.inpainters), value="naive-bayes", label="inpainter"),
        ]
        outputs = [gr.Audio(type="filepath", label="Painted"), gr.JSON(label="Labels")]
        build_endpoint(card, inputs, outputs, process)
    app.queue().launch(server_name="127.0.0.1", show_error=True)


if __name__ == "__main__":
    serve()
