from dataclasses import replace

import numpy as np
import pytest
import torch

from timbrush import checkpoints
from timbrush.codec.kinds import CODECS
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae import VQVAE, VQVAEConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.config import to_dict
from timbrush.effect.model import load
from timbrush.effect.stroke import Stroke
from timbrush.errors import CheckpointError, StrokeError
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.counting.tables.labels import count_labels

FINE = VQVAE2Config(
    row_heights=(8, 8, 16, 32),
    n_bins=65,
    n_channels=8,
    n_encoder_blocks=1,
    n_coarse_blocks=1,
    n_decoder_blocks=1,
    quantizer=QuantizerConfig(codebook_size=16, n_features=4),
)


@pytest.fixture
def folder(tmp_path):
    """A model folder: a tiny codec that knows nothing, and a Naive Bayes fitted to noise."""
    torch.manual_seed(0)
    codec = VQVAE2(FINE).eval()
    extra = {"spectrogram": {"sample_rate": 8000, "n_fft": 128, "hop_length": 32}}
    fingerprint = checkpoints.save_codec(tmp_path / "codec.safetensors", codec, extra=extra)
    shape = codec.shape
    codes = tuple(
        torch.randint(16, (3, rows, 6 * scale))
        for rows, scale in zip(shape.n_rows, shape.columns_per_patch, strict=True)
    )
    counted = NaiveBayes.fit([codes], shape)
    checkpoints.save_inpainter(tmp_path / "naive-bayes.safetensors", counted, codec=fingerprint)
    return tmp_path


def test_a_folder_brings_its_codec_and_its_rungs_lowest_first(folder):
    effect = load(folder)

    assert list(effect.inpainters) == ["uniform", "histogram", "pairwise", "naive-bayes"]
    assert effect.spectrogram.sample_rate == 8000
    assert effect.fingerprint == checkpoints.load(folder / "codec.safetensors").fingerprint
    for name, rung in effect.inpainters.items():
        assert rung.name == name


def test_what_a_training_left_in_the_folder_is_no_rung(folder):
    for name in ("state.safetensors", "state.previous.safetensors"):
        checkpoints.save(folder / name, "training", {}, {})
    (folder / "damaged.safetensors").write_bytes(b"nothing")

    effect = load(folder)

    assert list(effect.inpainters)[3:] == ["naive-bayes", "damaged"]
    with pytest.raises(CheckpointError, match=r"damaged\.safetensors is not a timbrush model"):
        effect.inpainters["damaged"]


def test_an_edit_names_the_files_of_the_rungs_that_painted_it(folder):
    effect = load(folder)
    naive_bayes = checkpoints.load(folder / "naive-bayes.safetensors").fingerprint
    strokes = [Stroke(inpainter=name) for name in effect.inpainters]

    edit = effect.edit(strokes)

    assert edit.model == effect.fingerprint and edit.strokes == tuple(strokes)
    assert edit.inpainters == dict.fromkeys(
        ("histogram", "pairwise", "naive-bayes"), naive_bayes
    )
    effect.check(edit)
    with pytest.raises(StrokeError, match="painted with histogram"):
        effect.check(replace(edit, inpainters={"histogram": "0" * 16}))


def test_who_listens_is_told_without_loading(folder):
    effect = load(folder)
    (folder / "damaged.safetensors").write_bytes(b"nothing")
    plain = {name: effect.listens(name) for name in effect.inpainters}
    counted, _ = checkpoints.load_inpainter(folder / "naive-bayes.safetensors")
    shape = counted.shape
    codes = tuple(
        torch.randint(16, (1, rows, 4 * scale))
        for rows, scale in zip(shape.n_rows, shape.columns_per_patch, strict=True)
    )
    labels = count_labels([(codes, torch.tensor([60]), torch.tensor([0]))], shape)
    checkpoints.save_inpainter(
        folder / "naive-bayes.safetensors",
        counted.with_labels(labels),
        codec=effect.fingerprint,
    )

    told = load(folder)

    assert not any(plain.values())
    assert [name for name in told.inpainters if told.listens(name)] == ["naive-bayes"]
    assert told.inpainters["naive-bayes"].listens and "damaged" in told.inpainters


def test_every_rung_paints(folder, a_sound):
    canvas = load(folder).open(a_sound(1.0), sample_rate=8000)

    for name in ("uniform", "histogram", "pairwise", "naive-bayes"):
        painted = canvas.paint(Stroke(inpainter=name, seconds=(0.2, 0.7)))
        assert painted.reports[-1].share_changed > 0.2


def test_one_codec_file_brings_what_needs_no_file(folder):
    assert list(load(folder / "codec.safetensors").inpainters) == ["uniform"]


def test_a_folder_without_a_codec_is_one_plain_line(tmp_path):
    with pytest.raises(CheckpointError, match=r"expected codec\.safetensors in"):
        load(tmp_path)


def test_a_codec_of_images_is_refused(tmp_path):
    checkpoints.save_codec(tmp_path / "codec.safetensors", VQVAE(VQVAEConfig(n_channels=4)))

    for path in (tmp_path, tmp_path / "codec.safetensors"):
        with pytest.raises(CheckpointError, match="expected a codec of sounds"):
            load(path)


def test_a_codec_of_other_bins_than_its_spectrogram_is_refused(tmp_path):
    path = tmp_path / "codec.safetensors"
    extra = {"spectrogram": {"n_fft": 256, "hop_length": 32}}
    checkpoints.save_codec(path, VQVAE2(FINE), extra=extra)

    with pytest.raises(CheckpointError, match=r"65 bins, but .* 129"):
        load(path)


def test_a_rung_of_another_codec_is_refused_when_it_is_asked_for(folder):
    torch.manual_seed(1)
    other = VQVAE2(FINE)
    path = folder / "codec.safetensors"
    path.unlink()
    extra = {"spectrogram": {"sample_rate": 8000, "n_fft": 128, "hop_length": 32}}
    checkpoints.save_codec(path, other, extra=extra)

    effect = load(folder)

    with pytest.raises(CheckpointError, match="fitted to the codec"):
        effect.inpainters["naive-bayes"]


def test_a_device_that_is_not_there_is_one_plain_line(folder, monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)

    with pytest.raises(CheckpointError, match="device cuda is not there"):
        load(folder, device="cuda")
    with pytest.raises(CheckpointError, match="must be auto, cpu or cuda, got 'tpu'"):
        load(folder, device="tpu")
    for device in ("cpu:x", "cpu:", "", "meta", "cpu:3"):
        with pytest.raises(CheckpointError, match="device"):
            load(folder, device=device)


@pytest.mark.parametrize("rate", [8000, 11_025])
@pytest.mark.parametrize("n_channels", [None, 2])
def test_decoding_answers_the_length_and_channels_that_were_encoded(
    effect, a_sound, rate, n_channels
):
    samples = a_sound(1.3, rate, n_channels)

    restored = effect.decode(effect.encode(samples, sample_rate=rate))

    assert restored.shape == samples.shape
    assert restored.dtype == np.float32
    assert np.isfinite(restored).all()
    level = np.sqrt(np.mean(restored**2) / np.mean(samples**2))
    assert 0.1 < level < 2  # means of decibels lie below the means of powers


def test_a_codec_encodes_a_short_sound_as_a_whole(effect, a_sound):
    from timbrush.audio.spectrogram import stft, to_spectrogram

    samples = torch.from_numpy(a_sound(0.5))[None]
    magnitudes = stft(torch.nn.functional.pad(samples, (0, 512)), effect.spectrogram).abs()
    gain = magnitudes.amax((1, 2))
    picture = to_spectrogram(magnitudes, gain, effect.spectrogram)[:, :, :64]

    codes = effect.encode(samples[0], sample_rate=8000)

    for own, reference in zip(codes.codemaps, effect.codec.encode(picture), strict=True):
        assert (own != reference).float().mean() < 0.01
    assert codes.gain == pytest.approx(float(gain))


def test_codes_of_another_model_are_refused(effect, new_effect, a_sound):
    from dataclasses import replace

    codes = replace(effect.encode(a_sound(), sample_rate=8000), fingerprint="f" * 16)

    with pytest.raises(CheckpointError, match="made by model ffff"):
        effect.decode(codes)


def test_codes_that_do_not_fit_their_length_are_refused(effect, a_sound):
    from dataclasses import replace

    codes = replace(effect.encode(a_sound(), sample_rate=8000), length=999)

    with pytest.raises(CheckpointError, match="expected codemaps of"):
        effect.decode(codes)


def test_the_config_of_the_fixture_is_one_that_files_can_hold():
    assert CODECS["vqvae2"][0] is type(FINE)
    assert to_dict(FINE)["n_bins"] == 65
