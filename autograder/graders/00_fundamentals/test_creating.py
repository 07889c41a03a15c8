"""Hidden checks of 00_fundamentals/creating."""

import torch

from autograder.checks import assert_close, assert_equal, check, expect, in_worker, info, raises

CAPITAL = "torch.Tensor with a capital T allocates that many slots; torch.tensor with a small t wraps the value."
INTEGERS = "Integers make an int64 tensor; weights are float32, and the two do not mix. Say dtype=torch.float32."


def numbers(*shape):
    """Hidden floats from 50 to 950, none of them near a whole number."""
    return (torch.randint(50, 950, shape) + 0.2 + 0.6 * torch.rand(shape)).tolist()


# -------------------------------------------------------------------------------------------------------- make_scalar


@check("make_scalar", points=1, hint="torch.tensor with a small t, and no brackets around the value.")
def test_wraps_a_float(student):
    """wraps a float in a 0-dim float32 tensor"""
    for sign in (1, -1):
        value = sign * numbers(1)[0]
        got = student.make_scalar(value)
        want = torch.tensor(value, dtype=torch.float32)
        assert_close(got, want, mistakes={
            "One pair of brackets too many: a scalar has shape (), a list of one number has shape (1,).": want.reshape(1),
            "The fraction is gone: a conversion to an integer happened on the way.": want.trunc()})


@check("make_scalar", points=1, hint="Which dtype does torch.tensor choose for 3, and which argument overrides that?")
def test_int_becomes_float32(student):
    """gives a 0-dim float32 tensor for an int, too"""
    got = student.make_scalar(4)
    if isinstance(got, torch.Tensor):
        expect(tuple(got.shape) != (4,), CAPITAL)
        expect(got.dtype != torch.int64, INTEGERS)
    assert_close(got, torch.tensor(4.0))
    for value in (0, 1, -int(numbers(1)[0]), 3_000_000_000):
        assert_close(student.make_scalar(value), torch.tensor(float(value)))


# -------------------------------------------------------------------------------------------------------- make_vector


@check("make_vector", points=1, hint="The list is already what torch.tensor wants; do not wrap or reorder it.")
def test_vector_of_floats(student):
    """keeps n floats in their order, shape (n,), float32"""
    values = numbers(5)
    values[3] = values[0]
    values[1] = -values[1]
    want = torch.tensor(values, dtype=torch.float32)
    assert_close(student.make_vector(values), want, mistakes={
        "This is a matrix with one row: the list went in with extra brackets.": want[None],
        "This is a column, (n, 1): a vector has one dimension.": want[:, None],
        "The fractions are gone: a conversion to integers happened on the way.": want.trunc(),
        "A set or a sort changed the list: order and repeats belong to the data.": want.sort().values})
    one = numbers(1)
    assert_close(student.make_vector(one), torch.tensor(one), mistakes={
        "A list of one number is a vector still, of shape (1,): squeeze took its only dimension.": lambda: torch.tensor(one[0])})


@check("make_vector", points=1, hint="torch.tensor looks at the numbers to choose a dtype. Which argument settles it?")
def test_vector_of_ints(student):
    """gives float32 for ints and for ints mixed with floats"""
    whole = [int(value) for value in numbers(4)] + [0, -3, 3_000_000_000]
    got = student.make_vector(whole)
    expect(not isinstance(got, torch.Tensor) or got.dtype != torch.int64, INTEGERS)
    assert_close(got, torch.tensor(whole, dtype=torch.float32))
    mixed = [7, *numbers(2), -1]
    assert_close(student.make_vector(mixed), torch.tensor(mixed, dtype=torch.float32))


@check("make_vector", points=1, hint="Try torch.tensor([]) and look at shape and dtype.")
def test_empty_vector(student):
    """gives shape (0,) for an empty list, and a vector for a full one"""
    assert_close(student.make_vector([]), torch.empty(0))
    values = numbers(2)
    assert_close(student.make_vector(values), torch.tensor(values))


# -------------------------------------------------------------------------------------------------------- make_matrix


@check("make_matrix", points=1, hint="torch.tensor reads a list of lists row by row.")
def test_matrix_of_floats(student):
    """turns r rows of c floats into shape (r, c), float32"""
    for shape in ((2, 3), (3, 3), (1, 4), (4, 1), (1, 1)):
        rows = numbers(*shape)
        want = torch.tensor(rows, dtype=torch.float32)
        assert_close(student.make_matrix(rows), want, mistakes={
            "Rows and columns are exchanged: each inner list is one row.": want.T,
            "A dimension of size 1 was squeezed away: one row or one column is a matrix still.": want.squeeze()})


@check("make_matrix", points=1, hint="Say the dtype: ints do not choose float32 by themselves.")
def test_matrix_of_ints(student):
    """gives float32 for ints and for ints mixed with floats"""
    rows = [[int(value) for value in row] for row in numbers(3, 2)]
    got = student.make_matrix(rows)
    expect(not isinstance(got, torch.Tensor) or got.dtype != torch.int64, INTEGERS)
    assert_close(got, torch.tensor(rows, dtype=torch.float32))
    mixed = [[1, 2], *numbers(1, 2)]
    assert_close(student.make_matrix(mixed), torch.tensor(mixed, dtype=torch.float32))


@check("make_matrix", points=1, hint="torch.tensor raises it for you; do not pad, cut or flatten the rows first.")
def test_ragged_rows(student):
    """raises ValueError for rows of unequal length, and takes even ones"""
    rows = numbers(3, 3)
    assert_close(student.make_matrix(rows), torch.tensor(rows))
    one, two, three = rows
    ragged = {
        "The second row is shorter": [one, two[:2]],
        "The second row is longer": [one[:2], two, three[:2]],
        "Only the last row is shorter": [one, two, three[:1]],
        "The rows have 3, 1 and 2 numbers, six in all": [one, two[:1], three[:2]],
        "The second row is empty": [one[:1], []],
    }
    for wrong, given in ragged.items():
        with raises(ValueError, wrong):
            student.make_matrix(given)


# -------------------------------------------------------------------------------------------------------- make_random


def drawn(shape, seed, draw=torch.rand, skipped=()):
    """What `draw(shape)` gives after `seed` and after one draw of the shape `skipped`; the grader's own state stays."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if skipped:
            torch.rand(skipped)
        return draw(shape)


def hidden_seeds(count):
    return torch.randint(1000, 2**31 - 1, (count,)).tolist()


@check("make_random", points=2, hint="First torch.manual_seed(seed), then a single torch.rand(shape).")
def test_values_of_the_seed(student):
    """gives the very values of torch.rand(shape) after torch.manual_seed(seed)"""
    shape = (4, 5)
    for seed in (*hidden_seeds(2), 0):
        want = drawn(shape, seed)
        assert_equal(student.make_random(shape, seed), want, mistakes={
            "randn draws from a bell curve; rand draws uniformly from [0, 1).": drawn(shape, seed, torch.randn),
            "The seed is a fixed number: use the one that is given.": lambda: drawn(shape, 42),
            "Something is drawn between the seed and this tensor: each draw moves on.": drawn(shape, seed, skipped=shape),
            "The numbers are drawn in float64; torch.rand(shape) draws float32 ones.":
                lambda seed=seed: drawn(shape, seed, lambda size: torch.rand(size, dtype=torch.float64))})


@check("make_random", points=1, hint="torch.rand takes the whole tuple.")
def test_random_shapes(student):
    """follows any shape: one, two, three dimensions, and size 0"""
    for shape, seed in zip(((6,), (2, 3, 4), (1, 1), (0, 3), (3, 2)), hidden_seeds(5), strict=True):
        assert_equal(student.make_random(shape, seed), drawn(shape, seed))


@check("make_random", points=1, hint="Seed inside the function, at each call.")
def test_same_seed_again(student):
    """repeats itself for the same seed, also after other draws"""
    first, second = hidden_seeds(2)
    for seed in (first, first, second, first):
        assert_equal(student.make_random((3, 3), seed), drawn((3, 3), seed), mistakes={
            "One seed, two results: seeding once is not enough, each draw moves on in the stream. Seed at each call.":
                lambda seed=seed: drawn((3, 3), seed, skipped=(3, 3))})


# ------------------------------------------------------------------------------------------------ make_zeros_and_ones


@in_worker
def zeros_and_ones_in_used_memory(student, shape):
    used = [torch.full(shape, 7.0) for _ in range(4)]
    del used
    return student.make_zeros_and_ones(shape)


@check("make_zeros_and_ones", points=1, hint="A comma after return makes a tuple: zeros, then ones.")
def test_zeros_then_ones(student):
    """returns zeros first and ones second, both float32"""
    want = torch.zeros(2, 3), torch.ones(2, 3)
    mistakes = {"The order is exchanged: zeros come first.": want[::-1],
                "Both are one tensor: an in-place change of the zeros made them ones, too.": (want[1], want[1])}
    assert_close(student.make_zeros_and_ones((2, 3)), want, mistakes=mistakes)
    got = zeros_and_ones_in_used_memory(student, (16, 16))
    assert_close(got, (torch.zeros(16, 16), torch.ones(16, 16)))


@check("make_zeros_and_ones", points=1, hint="torch.zeros and torch.ones take the whole tuple.")
def test_filled_shapes(student):
    """follows any shape: one, three dimensions, and size 0"""
    for shape in ((4,), (2, 1, 3), (0, 2), (1, 1), tuple(torch.randint(2, 30, (3,)).tolist())):
        assert_close(student.make_zeros_and_ones(shape), (torch.zeros(shape), torch.ones(shape)))


# ------------------------------------------------------------------------------------------------------ make_ones_like


@check("make_ones_like", points=1, hint="Only the shape counts, not what stands in x: zeros, negatives and nan may.")
def test_ones_of_the_shape(student):
    """gives ones of x's shape, whatever x holds"""
    for x in (torch.randn(2, 3), torch.zeros(3), torch.tensor([0.0, float("nan"), float("inf")]), torch.tensor(5.0),
              torch.randn(3, 4).T, torch.empty(0, 3), torch.randn(torch.randint(2, 30, (3,)).tolist())):
        assert_close(student.make_ones_like(x), torch.ones(x.shape), mistakes={
            "These are zeros: ones were asked for.": torch.zeros(x.shape),
            "This is x itself, not ones.": x})


@check("make_ones_like", points=1, hint="Which function copies shape and dtype from another tensor?")
def test_ones_of_the_dtype(student):
    """keeps x's dtype: float64, half, integers and bool"""
    for dtype in (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.uint8, torch.bool):
        x = torch.randint(0, 3, (2, int(torch.randint(2, 30, ())))).to(dtype)
        got = student.make_ones_like(x)
        expect(not isinstance(got, torch.Tensor) or got.dtype == dtype,
               f"x is {str(dtype).removeprefix('torch.')}, and so must the ones be: torch.ones(shape) is float32 whatever x is.")
        assert_close(got, torch.ones(x.shape, dtype=dtype))


@check("make_ones_like", points=1, hint="Pass x's device on, or use a function that takes it from x.")
def test_ones_on_the_device(student):
    """puts the ones on x's device"""
    for dtype in (torch.float32, torch.int64):
        x = torch.empty(2, int(torch.randint(2, 30, ())), dtype=dtype, device="meta")
        got = student.make_ones_like(x)
        expect(not isinstance(got, torch.Tensor) or got.is_meta,
               "x lives on another device than the CPU; the ones must live there, too. Hold the result of .to(device).")
        assert_close(got, torch.ones(x.shape, dtype=dtype, device="meta"))
    assert_close(student.make_ones_like(torch.randn(2)), torch.ones(2))


# --------------------------------------------------------------------------------------------------------- make_range


@check("make_range", points=1, hint="The order of the arguments is start, end, step; the end is left out.")
def test_range_of_ints(student):
    """counts in ints: int64, the end left out"""
    first, room = torch.randint(-50, 50, ()).item(), torch.randint(20, 60, ()).item()
    for start, end, step in ((0, 10, 3), (2, 8, 2), (-3, 4, 1), (5, 7, 10), (first, first + room, 3)):
        want = torch.arange(start, end, step)
        got = student.make_range(start, end, step)
        assert_close(got, want, mistakes={
            "The end is included: arange stops before it.": torch.arange(start, end + 1, step)})


@check("make_range", points=1, hint="torch.arange takes floats as well; let it choose the dtype and the count.")
def test_range_of_floats(student):
    """counts in floats: float32, also where only one of the three is a float"""
    first, room = torch.randint(-50, 50, ()).item() / 4, torch.randint(5, 20, ()).item()
    for start, end, step in ((0.0, 1.0, 0.25), (0, 2, 0.5), (0.5, 4, 1), (0, 3.5, 1), (0.0, 4.0, 2.0), (0, 1, 0.1), (first, first + room, 0.5)):
        want = torch.arange(start, end, step)
        assert_close(student.make_range(start, end, step), want, mistakes={
            "The end is included: arange stops before it.": torch.cat([want, torch.tensor([float(end)])])})


@check("make_range", points=1, hint="torch.arange takes negative steps as they are.")
def test_range_downwards(student):
    """counts down with a negative step"""
    first, room = torch.randint(-50, 50, ()).item(), torch.randint(20, 60, ()).item()
    for start, end, step in ((10, 0, -3), (3, -3, -1), (1.0, 0.0, -0.25), (first, first - room, -2)):
        want = torch.arange(start, end, step)
        assert_close(student.make_range(start, end, step), want, mistakes={
            "These are the right numbers upside down: start comes first.": want.flip(0),
            "The end is included: arange stops before it.":
                torch.cat([want, torch.tensor([end], dtype=want.dtype)])})


@check("make_range", points=1, hint="An empty list has no numbers to tell a dtype by; torch.arange has the arguments.")
def test_empty_range(student):
    """is empty where start equals end, with arange's dtype"""
    first = torch.randint(-50, 50, ()).item()
    for start, end, step in ((3, 3, 1), (2, 2, -1), (1.5, 1.5, 1.0), (first, first, 1)):
        assert_close(student.make_range(start, end, step), torch.arange(start, end, step))
    assert_close(student.make_range(first, first + 2, 1), torch.arange(first, first + 2))


# ------------------------------------------------------------------------------------------------------- make_tracked


@in_worker
def gradient_of_squares(student, values, kwargs):
    w = student.make_tracked(values, **kwargs)
    leaf, tracked, kept = w.is_leaf, w.requires_grad, w.detach().clone()
    if leaf and tracked and not w.is_meta:
        (w * w).sum().backward()
        return leaf, tracked, kept, w.grad
    return leaf, tracked, kept, None


def expect_tracked(tracked, leaf):
    expect(tracked, "The tensor does not require grad, so torch records nothing: requires_grad=True is missing.")
    expect(leaf, "It is no leaf: a conversion, a move or a computation came after requires_grad. Settle dtype and device first, track last.")


@check("make_tracked", points=1, hint="requires_grad=True, and nothing computed after it.")
def test_collects_gradients(student):
    """gives a float32 leaf on the CPU that collects gradients"""
    values = [0.5, -2.25, 3.0, *numbers(1)]
    leaf, tracked, kept, grad = gradient_of_squares(student, values, {})
    want = torch.tensor(values)
    assert_close(kept, want)
    expect_tracked(tracked, leaf)
    assert_close(grad, 2 * want, what="the gradient it collected")


@check("make_tracked", points=1, hint="Integers cannot be tracked: which argument makes floats of them?")
def test_tracks_ints(student):
    """tracks a list of ints and a list of one number"""
    for values in ([1, -2, 3], [7]):
        leaf, tracked, kept, grad = gradient_of_squares(student, values, {})
        want = torch.tensor(values, dtype=torch.float32)
        assert_close(kept, want)
        expect_tracked(tracked, leaf)
        assert_close(grad, 2 * want, what="the gradient it collected")


@check("make_tracked", points=1, hint="Give dtype in the call that creates the tensor, not in a conversion afterwards.")
def test_tracked_dtype(student):
    """is a leaf of the dtype asked for"""
    values = [0.5, -2.25, 3.0]
    for dtype in (torch.float64, torch.float16):
        leaf, tracked, kept, grad = gradient_of_squares(student, values, {"dtype": dtype})
        want = torch.tensor(values, dtype=dtype)
        assert_close(kept, want)
        expect_tracked(tracked, leaf)
        assert_close(grad, 2 * want, what="the gradient it collected")


@check("make_tracked", points=1, hint="Give device in the call that creates the tensor; .to(device) alone changes nothing.")
def test_tracked_device(student):
    """is a leaf on the device asked for"""
    got = student.make_tracked([0.5, 2, 3], device="meta")
    expect(not isinstance(got, torch.Tensor) or got.is_meta,
           "The tensor is on the CPU, not on the device asked for: tensors are not moved in place, hold the result of .to(device).")
    assert_close(got, torch.empty(3, device="meta"))
    expect_tracked(info(got).requires_grad, info(got).is_leaf)
    got = student.make_tracked([1, 2], torch.float64, "meta")
    assert_close(got, torch.empty(2, dtype=torch.float64, device="meta"))
    expect_tracked(info(got).requires_grad, info(got).is_leaf)
    assert_close(student.make_tracked([0.5, 2], device="cpu"), torch.tensor([0.5, 2]))
