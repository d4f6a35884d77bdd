import threading

import pytest
import torch

from timbrush.audio.spectrogram import to_spectrogram
from timbrush.effect.source import codes as lazy
from timbrush.effect.source.codes import LazyCodes
from timbrush.effect.source.source import squared_magnitudes


def lazy_codes(effect, samples, columns):
    def read(first, last):
        padded = torch.nn.functional.pad(samples, (8000, 80_000))
        return padded[:, first + 8000 : last + 8000]

    def picture(first, last):
        magnitudes = squared_magnitudes(read, first, last, effect.spectrogram).sqrt()
        return to_spectrogram(magnitudes, torch.tensor([0.3]), effect.spectrogram), None

    return LazyCodes(picture, columns, effect.codec)


@pytest.mark.parametrize("context", [0, 3])
def test_codes_do_not_depend_on_the_chunks_they_were_made_in(
    new_effect, a_sound, monkeypatch, context
):
    effect, samples = new_effect(), torch.from_numpy(a_sound(2.0))[None]
    effect.codec.encode_context_columns = context
    in_chunks = lazy_codes(effect, samples, 32).columns(0, 32)
    monkeypatch.setattr(lazy, "CHUNK_COLUMNS", 1000)

    at_once = lazy_codes(effect, samples, 32).columns(0, 32)

    for one, other in zip(in_chunks, at_once, strict=True):
        # The transforms of a piece and of the whole differ in the last bit, so codes rarely do.
        assert (one != other).float().mean() < 0.01


def test_any_columns_are_a_part_of_all_columns(new_effect, a_sound):
    samples = torch.from_numpy(a_sound(2.0))[None]
    whole = lazy_codes(new_effect(), samples, 32).columns(0, 32)

    for first, last in ((0, 1), (7, 9), (3, 30), (31, 32)):
        part = lazy_codes(new_effect(), samples, 32).columns(first, last)
        assert torch.equal(part[0], whole[0][:, :, first:last])
        assert torch.equal(part[1], whole[1][:, :, 2 * first : 2 * last])


def test_a_chunk_is_encoded_once_and_only_when_it_is_needed(new_effect, a_sound):
    effect = new_effect()
    codes = lazy_codes(effect, torch.from_numpy(a_sound(2.0))[None], 32)

    codes.columns(9, 12)
    once = effect.codec.n_encoded
    threads = [threading.Thread(target=codes.columns, args=(8, 16)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert once == effect.codec.n_encoded == 8
