"""Ctrl-C counts even where Python drops the KeyboardInterrupt, and is left alone where somebody else handles it."""

import os
import signal

import pytest

from autograder.interrupts import remembered


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_raises_and_is_remembered():
    with remembered() as interrupts:
        assert not interrupts.asked
        with pytest.raises(KeyboardInterrupt):
            interrupt()
        assert interrupts.asked
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_inside_a_finaliser_is_remembered():
    class Dying:
        def __del__(self):
            interrupt()

    with remembered() as interrupts:
        dying = Dying()
        del dying  # Python prints what __del__ raises, and goes on
        assert interrupts.asked


def test_a_handler_of_somebody_else_stays():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with remembered() as interrupts:
            interrupt()
        assert not interrupts.asked
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
