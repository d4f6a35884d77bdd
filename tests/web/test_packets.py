import json

import numpy as np

from timbrush.web import packets


def test_arrays_come_back_as_they_were() -> None:
    arrays = {
        "samples": np.arange(6, dtype=np.float32).reshape(2, 3),
        "columns": np.arange(5, dtype=np.uint8).reshape(1, 5),
        "nothing": np.zeros((2, 0), np.float32),
        "turned": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    }
    head, back = packets.decode(packets.encode({"é": [1, None]}, arrays))
    assert head == {"é": [1, None]}
    assert list(back) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)


def test_arrays_start_where_a_browser_can_map_them() -> None:
    for padding in range(9):
        packet = packets.encode({"x": "y" * padding}, {"a": np.ones(3, np.float32)})
        start = 4 + int.from_bytes(packet[:4], "little")
        assert start % 8 == 0
        assert json.loads(packet[4:start])["arrays"][0]["shape"] == [3]
        assert packet[start : start + 12] == np.ones(3, "<f4").tobytes()
