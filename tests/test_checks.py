"""Comparisons on the grader's side: what passes, what fails, and with which words."""

import numpy as np
import pytest
import torch

from autograder.channel import dumps, loads
from autograder.checks import (
    CheckFailed,
    Scenario,
    StudentError,
    assert_close,
    assert_equal,
    describe,
    in_worker,
    raises,
    student_error,
)

ONE = torch.tensor([1.0, 2.0])


def why(compare, got, want, **options):
    with pytest.raises(CheckFailed) as caught:
        compare(got, want, **options)
    return caught.value.why


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (ONE + 1e-7, ONE), (torch.tensor([float("nan")]), torch.tensor([float("nan")])), (torch.empty(0), torch.empty(0)), ((ONE, 1), (ONE, 1)),
        ({"a": 1.0}, {"a": 1.0}), (np.ones(2), np.ones(2)), (0.1 + 0.2, 0.3), (np.float64(0.5), 0.5), (None, None), ("a", "a"), (True, True), ([1, 2], [1, 2]),
    ],
)  # fmt: skip
def test_equal_answers_pass(got, want):
    assert_close(got, want)


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        ([1.0, 2.0], ONE, "should be a tensor; it is a list of 2"),
        (ONE[:, None], ONE, "should have shape (2,); it has (2, 1)"),
        (torch.tensor(1.0), torch.tensor([1.0]), "should have shape (1,); it has ()"),
        (ONE.double(), ONE, "should be float32; it is float64"),
        (ONE.to("meta"), ONE, "should be on device cpu; it is on meta"),
        (ONE + 1e-3, ONE, "not the right values"),
        (torch.tensor([float("nan"), 2.0]), ONE, "contains nan"),
        (torch.tensor([float("inf"), 2.0]), ONE, "contains inf"),
        (torch.tensor(1.0), 1.0, ".item()"),
        (1, 1.0, "should be a Python float; it is a Python int"),
        (True, 1, "should be a Python int; it is a Python bool"),
        (np.float32(1), 1.0, "should be a Python float; it is a NumPy float32 scalar"),
        (([ONE],), ((ONE,),), "[0] should be a tuple of 1"),
        ((ONE,), [ONE], "should be a list of 1"),
        ((ONE,), (ONE, ONE), "should hold 2 things; it holds 1"),
        ({"a": 1}, {"b": 1}, "exactly the keys 'b'; it has 'a'"),
        (np.ones(2, dtype=np.float32), np.ones(2), "dtype float64"),
        (None, ONE, "should be a tensor; it is None"),
        (1, None, "should be None"),
    ],
)
def test_a_difference_is_named(got, want, words):
    got = loads(*_frame(got))  # as it arrives from a worker
    assert words in why(assert_close, got, want)


def _frame(value):
    parts = dumps(value)
    return bytes(parts[1]), memoryview(b"".join(bytes(part) for part in parts[2:]))


def test_a_returned_list_unpacks_as_a_tuple_does():
    assert_close([ONE, 2.0], (ONE, 2.0))
    assert_equal([ONE, [1]], (ONE, [1]))
    assert "hold 2 things" in why(assert_equal, [ONE], (ONE, ONE))


def test_equal_has_no_tolerance():
    assert_equal(ONE.clone(), ONE)
    assert "values" in why(assert_equal, ONE + 2e-7, ONE)


def test_small_values_do_not_pass_as_zero_beyond_the_tolerance():
    assert "values" in why(assert_close, torch.zeros(2), torch.full((2,), 1e-4))


def test_a_known_mistake_speaks_whatever_its_shape_and_dtype():
    options = {
        "mistakes": {
            "boom": lambda: torch.rand(2) @ torch.rand(3),
            "You transposed it.": lambda: torch.ones(3, 2, dtype=torch.float64),
        }
    }
    assert why(assert_close, torch.ones(3, 2), torch.ones(2, 3), **options) == "You transposed it."


def test_an_unknown_mistake_is_described():
    assert "shape" in why(
        assert_close, torch.ones(4), torch.ones(2, 3), mistakes={"You transposed it.": torch.ones(3, 2)}
    )


def test_no_message_holds_a_value():
    assert "0.7" not in why(assert_close, torch.tensor([0.7654]), torch.tensor([0.1234]))
    assert "5" not in describe(torch.tensor(5.0)) + describe(5)


def raised(*types, message="text", kind="raised"):
    return student_error(kind, types, message, [])


def test_an_expected_error_passes_and_a_subclass_too():
    with raises(ValueError):
        raise raised("Own", "ValueError", "Exception")
    with raises((ValueError, RuntimeError), "an odd size"):
        raise raised("RuntimeError", "Exception")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (raised("TypeError", "Exception"), "an odd size: ValueError was due, but TypeError was raised."),
        (None, "an odd size: ValueError was due, but nothing was raised."),
    ],
)
def test_another_error_or_none_fails(error, words):
    with pytest.raises(CheckFailed) as caught, raises(ValueError, "an odd size"):
        if error:
            raise error
    assert caught.value.why == words


@pytest.mark.parametrize("kind", ["missing", "blocked", "load", "unsendable"])
def test_only_what_the_code_raised_counts_as_expected(kind):
    with pytest.raises(StudentError), raises((ValueError, RuntimeError, Exception)):
        raise raised("ValueError", "Exception", kind=kind)


def test_an_unfinished_stub_is_no_expected_error():
    stub = raised("NotImplementedError", "RuntimeError", "Exception", message="Your code here")
    with pytest.raises(StudentError), raises((RuntimeError, NotImplementedError)):
        raise stub


SIZE = 3
HIDDEN = [1, 2, 3]


@in_worker
class Probe:
    size = SIZE


@in_worker
def helper(student):
    return Probe.size


@in_worker
def scenario(student, x):
    return helper(student), x, SIZE


def test_a_scenario_carries_what_it_names_and_no_more():
    assert isinstance(scenario, Scenario)
    namespace = {}
    exec(scenario.source, namespace)
    assert {"Probe", "helper", "scenario", "SIZE"} <= set(namespace)
    assert "HIDDEN" not in scenario.source
    assert "in_worker" not in scenario.source
    assert namespace["Probe"].size == 3
