"""Write every number in the report's text as a LaTeX macro."""

from collections.abc import Callable, Mapping
from typing import Any

from timbrush_lab.ledger import published
from timbrush_lab.ledger.costs import summarize
from timbrush_lab.ledger.results import Results, find
from timbrush_lab.report.latex import MISSING, fixed, signed, significant

Keys = tuple[str | int, ...]

SHARE = fixed(0, factor=100.0)

NUMBERS: Mapping[str, tuple[Keys, Callable[[Any], str]]] = {
    "CodecSounds": (("codec", "n_sounds"), fixed(0)),
    "CodecLsd": (("codec", "lsd"), fixed(2)),
    "CodecActive": (("codec", "active_lsd"), fixed(2)),
    "CodecConvergence": (("codec", "spectral_convergence"), fixed(2)),
    "CodecMel": (("codec", "mel_distance"), fixed(2)),
    "CodecKilobits": (("codec", "bits_per_second"), fixed(2, factor=1e-3)),
    "CodecKilobitsFile": (("codec", "bits_per_second_with_headers"), fixed(2, factor=1e-3)),
    "CodecCents": (("codec", "pitch", "cents"), fixed(1)),
    "CodecGross": (("codec", "pitch", "gross"), fixed(1, factor=100.0)),
    "CodecPitchFrames": (("codec", "pitch", "n_frames"), fixed(0)),
    "CodecGrossLabel": (("codec", "pitch", "by_label", "gross"), fixed(1, factor=100.0)),
    "CodecLabelFrames": (("codec", "pitch", "by_label", "n_frames"), fixed(0)),
    "CodecPerplexityCoarse": (("codec", "codebooks", 0, "perplexity"), fixed(0)),
    "CodecPerplexityFine": (("codec", "codebooks", 1, "perplexity"), fixed(0)),
    "CodecUsedCoarse": (("codec", "codebooks", 0, "codes_used"), SHARE),
    "CodecUsedFine": (("codec", "codebooks", 1, "codes_used"), SHARE),
    "CodecParameters": (("codec", "parameters"), fixed(2, factor=1e-6)),
    "CodecMilliseconds": (("codec", "round_trip", "milliseconds"), fixed(0)),
    "CodecMatmuls": (("codec", "round_trip", "in_matmuls"), fixed(2)),
    "CodecJoules": (("codec", "round_trip", "joules"), significant),
    "LocalityCellCoarse": (("codec", "locality", "one_cell", 0), SHARE),
    "LocalityCellFine": (("codec", "locality", "one_cell", 1), SHARE),
    "LocalityPooledCoarse": (("codec", "locality", "one_cell_pooled", 0), SHARE),
    "LocalityPooledFine": (("codec", "locality", "one_cell_pooled", 1), SHARE),
    "LocalityQuarterCoarse": (("codec", "locality", "quarter", 0), SHARE),
    "LocalityQuarterFine": (("codec", "locality", "quarter", 1), SHARE),
    "WideSounds": (("wide-hearing", "ways", "model", "n_sounds"), fixed(0)),
    "WideKilobits": (("wide-hearing", "ways", "model", "kilobits_per_second"), fixed(2)),
    "WideVisqol": (("wide-hearing", "ways", "model", "visqol"), fixed(2)),
    "WideMel": (("wide-hearing", "ways", "model", "mel_db"), fixed(2)),
    "WideOnsets": (("wide-hearing", "ways", "model", "onset_correlation"), fixed(2)),
    "WideEcho": (("wide-hearing", "ways", "model", "pre_echo_db"), fixed(1)),
    "WideTonal": (("wide-hearing", "ways", "model", "tonal_convergence"), fixed(2)),
    "WideHigh": (("wide-hearing", "ways", "model", "high_db"), signed),
    "WideStepsFirst": (("training/wide-codec-first", "steps"), fixed(0)),
    "WideJoulesFirst": (("training/wide-codec-first", "joules"), significant),
    "WideStepsSecond": (("training/wide-codec-second", "steps"), fixed(0)),
    "WideJoulesSecond": (("training/wide-codec-second", "joules"), significant),
    "WideSteps": (("training/wide-codec", "steps"), fixed(0)),
    "WideJoules": (("training/wide-codec", "joules"), significant),
    "WideTrials": (("kept-wide-naive-bayes", "summary", "n_strokes"), fixed(0)),
    "WideStrokeMs": (
        ("kept-wide-naive-bayes", "summary", "milliseconds", "median"),
        fixed(0),
    ),
    "WideTransformerMs": (
        ("kept-wide-transformer", "summary", "milliseconds", "median"),
        fixed(0),
    ),
    "KeptLow": (("kept-wide-naive-bayes", "summary", "level_db", "p10"), signed),
    "KeptHigh": (("kept-wide-naive-bayes", "summary", "level_db", "p90"), signed),
    "KeptWidth": (("kept-wide-stereo", "summary", "width_db", "mean"), fixed(2)),
    "MnistSteps": (("mnist", "steps"), fixed(0)),
    "MatmulMilliseconds": (("machine", "matmul_milliseconds"), fixed(0)),
    "JoulesPerGigaflop": (("machine", "joules_per_gigaflop"), significant),
    "CrosscheckOurs": (("machine", "codecarbon", "our_joules"), fixed(0)),
    "CrosscheckCpu": (("machine", "codecarbon", "cpu_joules"), fixed(0)),
    "CrosscheckRam": (("machine", "codecarbon", "ram_joules"), fixed(0)),
    "Machine": (("machine", "machine"), str),
    "StrokeNaiveMs": (("strokes", "strokes", "naive-bayes", "milliseconds"), fixed(0)),
    "StrokeNaiveMatmuls": (("strokes", "strokes", "naive-bayes", "in_matmuls"), fixed(2)),
    "StrokeNaiveJoules": (("strokes", "strokes", "naive-bayes", "joules"), significant),
    "StrokeTransformerMs": (("strokes", "strokes", "transformer", "milliseconds"), fixed(0)),
    "StrokeTransformerMatmuls": (
        ("strokes", "strokes", "transformer", "in_matmuls"),
        fixed(2),
    ),
    "StrokeTransformerJoules": (("strokes", "strokes", "transformer", "joules"), significant),
    "StrokeLongRatio": (("strokes", "long", "ratio"), fixed(2)),
    "PageNoteMs": (("page_latency", "note", "median_milliseconds"), fixed(0)),
    "PageSongMs": (("page_latency", "song", "median_milliseconds"), fixed(0)),
    "OneByOneMs": (
        ("inpainters", "inpainters", "transformer", "decoding", "one by one", "milliseconds"),
        fixed(0),
    ),
    "InParallelMs": (
        ("inpainters", "inpainters", "transformer", "decoding", "parallel", "milliseconds"),
        fixed(0),
    ),
    "FamilyTaken": (
        ("inpainters", "inpainters", "transformer", "condition", "family", "whole", "taken"),
        fixed(0, factor=100.0),
    ),
    "FamilyUnasked": (
        (
            "inpainters",
            "inpainters",
            "transformer",
            "condition",
            "family",
            "whole",
            "unasked",
        ),
        fixed(0, factor=100.0),
    ),
    "FamilyStrangers": (
        ("inpainters", "judges", "whole", "of_strangers"),
        fixed(0, factor=100.0),
    ),
    "FamilyChance": (
        ("inpainters", "judges", "whole", "chance"),
        fixed(0, factor=100.0),
    ),
    "FitTimes": (("inpainters", "naive_bayes_fit", "times_as_fast"), fixed(0)),
    "TrainLsd": (("codec-train", "lsd"), fixed(2)),
    "TrainActive": (("codec-train", "active_lsd"), fixed(2)),
    "MusicLsd": (("codec-music", "lsd"), fixed(2)),
    "MusicActive": (("codec-music", "active_lsd"), fixed(2)),
    "MusicOpusActive": (
        ("codec-music", "ceilings", "Opus at 12 kbit/s", "active_lsd"),
        fixed(2),
    ),
    "StrokeIdentical": (
        ("strokes", "containment", "naive-bayes", "identical_outside"),
        fixed(0, factor=100.0),
    ),
    "StrokeLeak": (
        ("strokes", "containment", "naive-bayes", "leak_decibels"),
        lambda value: f"${value:.0f}$",
    ),
    "TrainingRuns": (("ledger", "training", "runs"), lambda runs: str(len(runs))),
    "TrainingJoules": (("ledger", "training", "joules"), significant),
    "TrainingJoulesLow": (("ledger", "training", "joules_range", 0), significant),
    "TrainingJoulesHigh": (("ledger", "training", "joules_range", 1), significant),
    "TrainingWattHours": (("ledger", "training", "kilowatt_hours"), fixed(1, factor=1e3)),
    "TrainingHours": (("ledger", "training", "seconds"), fixed(1, factor=1 / 3600)),
    "TrainingGramsLow": (("ledger", "training", "carbon_grams_range", 0), significant),
    "TrainingGramsHigh": (("ledger", "training", "carbon_grams_range", 1), significant),
    "CarbonIntensity": (
        ("ledger", "training", "carbon_grams_per_kilowatt_hour", 0),
        fixed(0),
    ),
    "CarbonRegion": (("ledger", "training", "carbon_region", 0), str),
    "EvaluationJoules": (("ledger", "evaluation", "joules"), significant),
    "BreakEvenNaive": (
        ("ledger", "strokes", "naive-bayes", "strokes_until_training"),
        significant,
    ),
    "BreakEvenTransformer": (
        ("ledger", "strokes", "transformer", "strokes_until_training"),
        significant,
    ),
    "NotonoStrokeJoules": (("ledger", "notono", "steps", "stroke", "joules"), significant),
    "NotonoEncodeGigaflops": (("published", "NOTONO_ENCODE_GIGAFLOPS"), fixed(2)),
    "NotonoDecodeGigaflops": (("published", "NOTONO_DECODE_GIGAFLOPS"), fixed(2)),
    "NotonoStrokeTeraflops": (("published", "NOTONO_STROKE_GIGAFLOPS"), fixed(1, factor=1e-3)),
    "NotonoConvergence": (("published", "NOTONO_CONVERGENCE"), fixed(2)),
    "NotonoLsd": (("published", "NOTONO_LSD"), fixed(1)),
    "NotonoKilobits": (("published", "NOTONO_KILOBITS_PER_SECOND"), fixed(2)),
    "NotonoLocality": (("published", "NOTONO_LOCALITY"), SHARE),
}
"""Macro name to where its value lies and how it is written."""


def macros(results: Results) -> str:
    """Return one LaTeX definition a number; what is not measured yet is a dash."""
    everything = {
        **results,
        "ledger": summarize(results),
        "published": vars(published),
    }
    lines = [
        rf"\newcommand{{\{name}}}{{{_write(find(everything, *keys), form)}}}"  # type: ignore[arg-type]
        for name, (keys, form) in NUMBERS.items()
    ]
    return "\n".join(lines) + "\n"


def _write(value: Any, form: Callable[[Any], str]) -> str:
    return MISSING if value is None else form(value)
