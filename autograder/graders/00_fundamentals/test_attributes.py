"""Hidden checks of 00_fundamentals/attributes."""

import torch

from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker, raises

WHOLE = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)


# ----------------------------------------------------------------------------------------------------------- describe


def compare_description(student, x):
    got = student.describe(x)
    if isinstance(got, dict) and "shape" in got:
        shape = got["shape"]
        expect(isinstance(shape, tuple), f"shape should be a tuple of ints; it is a {type(shape).__name__}.")
        got["shape"] = tuple(shape)
    if isinstance(got, dict):
        expect(not isinstance(got.get("device"), torch.device),
               "device is a torch.device: it looks like a text when printed, but str(x.device) makes it one.")
        expect(not isinstance(got.get("dtype"), str), "dtype is a text; the torch.dtype itself was asked for.")
        expect(not isinstance(got.get("numel"), tuple), "numel is a tuple: x.size() is the shape, x.numel() counts the elements.")
    want = {"shape": tuple(x.shape), "ndim": x.ndim, "dtype": x.dtype, "device": str(x.device), "numel": x.numel(),
            "requires_grad": x.requires_grad}
    assert_equal(got, want, what="the description")


@check("describe", points=1, hint="Compare the type of each value in your dict with the docstring.")
def test_describes_a_matrix(student):
    """has exactly the six keys, each with a value of its type"""
    compare_description(student, torch.rand(3, 4))
    compare_description(student, torch.rand(torch.randint(2, 30, (2,)).tolist()).T)


@check("describe", points=1, hint="Read every value off x; none of them is a constant.")
def test_describes_other_shapes_and_dtypes(student):
    """tells shape, ndim, dtype and numel of any tensor: 0-dim, empty, 3-D, integers, bool"""
    for x in (torch.tensor(5), torch.empty(0, 3), torch.rand(2, 1, 3, dtype=torch.float64), torch.tensor([True, False, False]),
              torch.zeros(4, dtype=torch.uint8), torch.rand(torch.randint(2, 30, (4,)).tolist())):
        compare_description(student, x)


@in_worker
def describe_a_part_of_a_result(student, x):
    found = student.describe((x.requires_grad_() * 2)[:, 1:])
    return found["requires_grad"], found["numel"]


@check("describe", points=1, hint="x knows whether it is tracked and where it lives.")
def test_describes_gradient_and_device(student):
    """tells whether x requires grad, and x's device"""
    compare_description(student, torch.rand(2, requires_grad=True))
    tracked, count = describe_a_part_of_a_result(student, torch.rand(2, 3))
    expect(tracked is not False, "requires_grad is False for a result computed from tracked tensors: not only leaves require grad.")
    assert_equal(tracked, True, what="requires_grad of a result")
    assert_equal(count, 4, what="numel of a slice", mistakes={"The whole memory behind x was counted; x is only a part of it.": 6})
    compare_description(student, torch.empty(2, 5, device="meta"))


# ---------------------------------------------------------------------------------------------------------- to_number

SHAPES = ((), (1,), (1, 1), (1, 1, 1))


def shaped(value, dtype, shape):
    return torch.tensor(value, dtype=dtype).reshape(shape)


@check("to_number", points=1, hint="One method works for one element in any number of brackets.")
def test_floats(student):
    """gives the Python float of any floating-point tensor of one element"""
    for shape in SHAPES:
        value = float(torch.randn(()))
        assert_equal(student.to_number(shaped(value, torch.float32, shape)), value)
    assert_equal(student.to_number(shaped(-2.5, torch.float16, (1,))), -2.5)
    value = float(torch.rand((), dtype=torch.float64)) * 1e200
    got = student.to_number(shaped(value, torch.float64, (1, 1)))
    expect(got != float("inf"), "A float64 number went through float32, which is too small for it.")
    assert_close(got, value, rtol=1e-12)
    assert_equal(student.to_number(torch.tensor([0.0])), 0.0)


@check("to_number", points=1, hint="The Python number has the kind that the dtype holds; float() and int() choose another.")
def test_ints_and_bools(student):
    """gives an int for integers and a bool for bool"""
    for shape in SHAPES:
        value = int(torch.randint(2**60, 2**61, ())) | 1
        got = student.to_number(shaped(value, torch.int64, shape))
        expect(not isinstance(got, float), "A Python float came for an integer tensor: an int was due.")
        assert_equal(got, value)
    for dtype in (torch.uint8, torch.int8, torch.int32, torch.int16):
        assert_equal(student.to_number(shaped(100, dtype, (1,))), 100)
    assert_equal(student.to_number(shaped(0, torch.int64, (1, 1))), 0)
    for value in (True, False):
        for shape in ((), (1, 1)):
            got = student.to_number(shaped(value, torch.bool, shape))
            expect(isinstance(got, bool) or not isinstance(got, int), "A Python int came for a bool tensor: True or False was due.")
            assert_equal(got, value)


@check("to_number", points=1, hint="A tracked tensor gives its number by the same method; NumPy would need detach first.")
def test_number_of_a_tracked_tensor(student):
    """works for a tensor that requires grad, such as a loss"""
    for shape in SHAPES:
        value = float(torch.randn(()))
        assert_equal(student.to_number(shaped(value, torch.float32, shape).requires_grad_()), value)


@check("to_number", points=1, hint="Test x.numel() yourself: torch raises another error than the one asked for.")
def test_not_one_element(student):
    """raises ValueError for more elements or none, and gives the one there is"""
    value = float(torch.randn(()))
    assert_equal(student.to_number(torch.tensor([[value]])), value)
    for shape in ((2,), (1, 3), (2, 1), (2, 2)):
        with raises(ValueError, f"x of shape {shape} has several elements"):
            student.to_number(torch.rand(shape))
    for shape in ((0,), (1, 0), (0, 3)):
        with raises(ValueError, f"x of shape {shape} has no element"):
            student.to_number(torch.empty(shape))


# --------------------------------------------------------------------------------------------------------------- cast


@in_worker
def cast_then_change(student, x, dtype, other):
    y = student.cast(x, dtype)
    first = y.detach().clone()
    x.copy_(other)
    second = y.detach().clone()
    y.detach().zero_()
    return first, second, x


def expect_independent(student, x, dtype):
    """The copy has the right values and keeps them when x changes; x keeps its own when the copy does."""
    want, other = x.to(dtype, copy=True), (x == 0).to(x.dtype)
    first, second, after = cast_then_change(student, x, dtype, other)
    assert_close(first, want)
    shared = "The result shares memory with x: a change of one shows in the other. Asked for was an independent copy: clone() makes one."
    assert_equal(second, want, mistakes={shared: other.to(dtype)})
    assert_equal(after, other, what="x after a change of the copy", mistakes={shared: torch.zeros_like(x)})


@check("cast", points=1, hint="Conversion is one method call; its argument is the dtype.")
def test_converts(student):
    """converts floats to integers and bool, integers and bool to floats"""
    x = torch.tensor([[1.75, -1.75, 0.0], [0.25, 100.5, -3.0]])
    for dtype in (torch.int32, torch.int64, torch.bool, torch.float64, torch.float16):
        assert_close(student.cast(x, dtype), x.to(dtype), mistakes={
            "The numbers are rounded: a conversion cuts the fraction off.": x.round(),
            "The bits are read as another kind of number: view(dtype) reinterprets, it does not convert.":
                lambda dtype=dtype: x.view(dtype)})
    whole = torch.randint(2, 200, (3,))
    for source in (torch.int64, torch.uint8, torch.bool):
        for dtype in (torch.float32, torch.float64, torch.int32, torch.bool):
            x = whole.to(source)
            assert_close(student.cast(x, dtype), x.to(dtype))


@check("cast", points=2, hint="Which argument of .to makes it copy in every case?")
def test_copies_the_same_dtype(student):
    """is an independent copy where x has that dtype already"""
    for dtype in (torch.float32, torch.float64, torch.int64, torch.bool):
        expect_independent(student, torch.randint(0, 2, (2, 3)).to(dtype), dtype)
    expect_independent(student, torch.rand(3), torch.float32)


@check("cast", points=1, hint="Convert straight to the dtype asked for, and make no tensor without a device.")
def test_keeps_digits_and_device(student):
    """keeps large integers and float64 digits, and stays on x's device"""
    lost = "Digits are lost: the numbers went through a dtype with fewer of them."
    whole = torch.randint(2**40, 2**50, (3, 2)) | 1
    for dtype in (torch.int64, torch.float64):
        assert_close(student.cast(whole, dtype), whole.to(dtype), rtol=0, atol=0, mistakes={lost: whole.float().to(dtype)})
    x = torch.rand(5, dtype=torch.float64) + 1
    assert_close(student.cast(x, torch.float64), x, rtol=1e-12, atol=0, mistakes={lost: x.float().double()})
    for dtype in (torch.float32, torch.int64):
        assert_close(student.cast(torch.empty(2, 3, device="meta"), dtype), torch.empty(2, 3, dtype=dtype, device="meta"))


@check("cast", points=1, hint="Nothing about x but its dtype changes; avoid steps that need contiguous memory.")
def test_casts_other_layouts(student):
    """works for transposed, sliced, 0-dim and empty tensors, and keeps sizes of 1"""
    for x in (torch.rand(3, 2).T, torch.rand(4, 6)[:, ::2], torch.rand(2, 3, 4).permute(2, 0, 1)):
        for dtype in (torch.float32, torch.float64):
            assert_close(student.cast(x, dtype), x.to(dtype), mistakes={
                "The elements are in another order: x was read in memory order, not in its own.":
                    lambda x=x, dtype=dtype: x.as_strided(x.shape, torch.empty(x.shape).stride()).to(dtype)})
        expect_independent(student, x, torch.float32)
    for x in (torch.tensor(3.5), torch.empty(0, 2), torch.rand(1, 3, 1)):
        for dtype in (torch.float32, torch.float64):
            assert_close(student.cast(x, dtype), x.to(dtype))


# ------------------------------------------------------------------------------------------------------------ mean_of


@check("mean_of", points=1, hint="mean() without arguments takes all dimensions at once and stays a tensor.")
def test_mean_of_floats(student):
    """gives the 0-dim mean of a float32 tensor of any shape"""
    for base in (torch.rand(5), torch.rand(3, 4), torch.rand(4, 3).T, torch.rand(2, 1, 3), torch.tensor(0.25), torch.rand(1, 1)):
        x = 10 * base + 1
        assert_close(student.mean_of(x), x.mean(), mistakes={
            "This is a mean for each column: mean() without dim takes all elements.": lambda x=x: x.mean(dim=0),
            "This is a mean for each row: mean() without dim takes all elements.": lambda x=x: x.mean(dim=-1),
            "The mean is right, but not 0-dim: brackets, or keepdim, added dimensions.": x.mean().reshape(1),
            "This is the median, the element in the middle.": x.median(),
            "This is the sum: divide it by the number of elements.": x.sum()})


@check("mean_of", points=2, hint="Test x.is_floating_point(); convert only where it is False.")
def test_mean_of_integers_and_bools(student):
    """gives float32 for integers of any size and for bool"""
    for dtype in WHOLE:
        x = torch.tensor([[1, 0, 6], [1, 5, 3], [0, 1, 6]])
        x = x[torch.randperm(3)][:2].to(dtype)
        want = x.float().mean()
        assert_close(student.mean_of(x), want, mistakes={
            "The fraction is gone: the division stayed in integers. Convert x before the mean.": want.trunc()})


@check("mean_of", points=1, hint="Floating point keeps its dtype: call .float() for the other dtypes only.")
def test_mean_keeps_floating_dtype(student):
    """keeps float64, with its digits, and half precision"""
    x = torch.rand(2, 3, dtype=torch.float64) + 1
    wide = torch.cat([x * 1e7, -x * 1e7 + x])
    for y in (x, wide):
        got = student.mean_of(y)
        expect(not isinstance(got, torch.Tensor) or got.dtype == torch.float64,
               "A float64 tensor has a float64 mean: only integers and bool are converted.")
        lost = y.float().mean().double()
        if isinstance(got, torch.Tensor) and got.shape == () and y is wide and abs(got - lost) < abs(got - y.mean()):
            fail("The dtype is float64, but digits are lost: the mean was taken in float32.")
        assert_close(got, y.mean())
    for dtype in (torch.float16, torch.bfloat16):
        y = torch.tensor([[0.5, 1.5], [2.0, 4.0]], dtype=dtype)
        assert_close(student.mean_of(y), torch.tensor(2.0, dtype=dtype))


# --------------------------------------------------------------------------------------------------------- bytes_used


@check("bytes_used", points=1, hint="Elements times bytes of one element; no dtype needs a case of its own.")
def test_bytes_by_dtype(student):
    """counts the bytes of every dtype"""
    for dtype in (torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.uint8, torch.bool):
        x = torch.zeros(3, int(torch.randint(4, 30, ())), dtype=dtype)
        assert_equal(student.bytes_used(x), x.nbytes, mistakes={
            "This is the number of elements: multiply it by the bytes of one.": x.numel(),
            "Every element was counted as 4 bytes; that holds for float32 and int32 only.": 4 * x.numel(),
            "These are bits: 8 of them are a byte.": x.nbytes * 8})


@check("bytes_used", points=1, hint="numel counts the elements of all dimensions; an empty tensor has none.")
def test_bytes_by_shape(student):
    """counts all elements: 0-dim, empty, one, three dimensions"""
    for shape in ((), (5,), (0, 3), (2, 3, 4), (1, 1), torch.randint(2, 30, (3,)).tolist()):
        x = torch.rand(shape)
        assert_equal(student.bytes_used(x), x.nbytes)


@in_worker
def bytes_of_parts(student, base):
    return [student.bytes_used(x) for x in (base[0], base[:, ::2], base[2:4, 1:3], base.T[3])]


@check("bytes_used", points=1, hint="Count elements, not the storage behind them.")
def test_bytes_of_a_part(student):
    """counts only x's own elements where x is part of a larger tensor"""
    base = torch.rand(6, 8)
    assert_equal(bytes_of_parts(student, base), [8 * 4, 24 * 4, 4 * 4, 6 * 4], what="the counts", mistakes={
        "This is the whole memory behind x; x is only a part of it.": [base.nbytes] * 4})
