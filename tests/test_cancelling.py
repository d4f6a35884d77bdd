import threading

import pytest

from timbrush import cancelling
from timbrush.errors import CancelledError


def test_work_goes_on_where_nobody_asks():
    cancelling.check()
    with cancelling.asking(None):
        cancelling.check()


def test_work_stops_once_it_is_not_wanted_and_only_inside_the_block():
    answers = [True, None, False]
    with (
        pytest.raises(CancelledError, match="as it was before"),
        cancelling.asking(lambda: answers.pop(0)),
    ):
        for _ in range(5):
            cancelling.check()

    assert answers == []
    cancelling.check()


def test_another_thread_is_not_stopped():
    stopped = []

    def work():
        try:
            cancelling.check()
        except CancelledError:
            stopped.append(1)

    with cancelling.asking(lambda: False):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert stopped == []
