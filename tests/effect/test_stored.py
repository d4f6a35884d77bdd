import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from timbrush.effect import stored
from timbrush.effect.change import Change
from timbrush.effect.stored import Stored, Sum, mapped, part

PARTS = [(100, 30), (120, 20), (160, 10)]


@pytest.fixture(params=[False, True], ids=["memory", "disk"])
def on_disk(request, monkeypatch):
    if request.param:
        monkeypatch.setattr(stored, "MOST_VALUES", 10)
        monkeypatch.setattr(stored, "BLOCK_SAMPLES", 7)
    return request.param


def summed():
    random = np.random.default_rng(0)
    total, expected = Sum(2, 80, 200), np.zeros((2, 200), np.float32)
    for first, length in PARTS:
        samples = random.standard_normal((2, length)).astype(np.float32)
        total.add(first, samples)
        expected[:, first : first + length] += samples
    return (*total.done(), expected)


def test_pieces_are_summed_from_the_first_that_came_to_the_last(on_disk):
    first, added, expected = summed()

    assert isinstance(added, Stored) == on_disk
    assert (first, added.shape) == (100, (2, 70))
    assert np.array_equal(part(added, 0, 70), expected[:, 100:170])
    assert np.array_equal(part(added, 11, 33), expected[:, 111:133])


def test_a_change_reads_scales_and_mixes_what_it_adds(on_disk):
    first, added, expected = summed()
    change = Change(first, added, 0, ())

    assert (change.first_sample, change.last_sample) == (100, 170)
    start, inside = change.between(90, 130)
    assert start == 10
    assert np.array_equal(inside, expected[:, 100:130])
    assert change.between(0, 50)[1].shape == (2, 0)
    half = change.scaled(0.5).between(100, 170)[1]
    assert np.array_equal(half, expected[:, 100:170] * np.float32(0.5))
    left = change.only("left").between(100, 170)[1]
    assert np.array_equal(left[0], expected[0, 100:170])
    assert not left[1].any()
    assert np.array_equal(change.between(100, 170)[1], expected[:, 100:170])


def test_what_lies_on_the_disk_takes_no_memory_and_can_be_copied_and_sent():
    samples = np.arange(40, dtype=np.float32).reshape(2, 20)
    on_the_disk = Stored(2, 20)
    on_the_disk.add(0, samples)

    assert on_the_disk.nbytes == 0
    for other in (copy.deepcopy(on_the_disk), pickle.loads(pickle.dumps(on_the_disk))):
        on_the_disk.add(3, np.ones((2, 4), np.float32))
        assert np.array_equal(other.read(0, 20), samples)
        on_the_disk.add(3, -np.ones((2, 4), np.float32))
    cut = on_the_disk.cut(5, 15).cut(1, 4)
    assert np.array_equal(cut.read(0, 3), samples[:, 6:9])
    doubled = mapped(cut, lambda piece: piece * np.float32(2))
    assert np.array_equal(part(doubled, 0, 3), 2 * samples[:, 6:9])


def test_threads_read_the_disk_at_the_same_time():
    on_the_disk = Stored(1, 1 << 16)
    on_the_disk.add(0, np.arange(1 << 16, dtype=np.float32)[None])

    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda n: on_the_disk.read(n, n + 99)[0], range(0, 60_000, 97)))

    assert all(
        np.array_equal(got, np.arange(n, n + 99))
        for n, got in zip(range(0, 60_000, 97), read, strict=True)
    )
