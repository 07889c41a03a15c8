"""Hidden checks of 00_fundamentals/operations."""

import torch

from autograder.checks import assert_close, assert_equal, check, expect, fail, in_worker, raises

NO_DOT = ("*dot", "*matmul", "mm", "mv", "einsum", "inner", "bmm", "*baddbmm", "addbmm", "addmm", "addmv", "*linear")
NO_NUMPY_DOT = ["dot", "vdot", "matmul", "einsum", "inner", "tensordot", "vecdot", "multi_dot", "matvec", "vecmat"]


def as_doubles(value):
    """The tensors of an answer in float64, for checks in which any numeric dtype will do."""
    if isinstance(value, torch.Tensor):
        return value.to(torch.float64)
    return tuple(as_doubles(item) for item in value) if isinstance(value, list | tuple) else value


def is_like(got, want):
    """Whether only the values of `got` are left to compare."""
    return isinstance(got, torch.Tensor) and got.shape == want.shape and got.dtype == want.dtype


def distinct(*shape):
    """Different whole numbers, negative and positive, in random order."""
    count = torch.Size(shape).numel()
    return (torch.randperm(count) - count // 2).reshape(shape)


# ------------------------------------------------------------------------------------------------------------ products

@check("products", hint="`*` works place by place, `@` row by column; return the two in that order.")
def test_gives_both_products(student):
    """gives a tuple: the element-wise product, then the matrix product of a by b"""
    a, b = torch.randn(4, 4), torch.randn(4, 4)
    assert_close(student.products(a, b), (a * b, a @ b), rtol=1e-4, atol=1e-5, mistakes={
        "Both results are the element-wise product; the second should be the matrix product.": lambda: (a * b, a * b),
        "Both results are the matrix product; the first should be the element-wise product.": lambda: (a @ b, a @ b),
        "The two products are in the wrong order: the element-wise product comes first.": lambda: (a @ b, a * b),
        "The matrix product is b by a; a comes first, and the order matters.": lambda: (a * b, b @ a),
        "The second result multiplies a by the transpose of b; square matrices need no transpose.":
            lambda: (a * b, a @ b.T),
    })


@check("products", hint="Neither operator needs a conversion or a reshape first.")
def test_multiplies_other_kinds(student):
    """works for float64, for integers, for transposed views and for 1 x 1"""
    a, b = torch.randn(3, 3, dtype=torch.float64), torch.randn(3, 3, dtype=torch.float64).T
    assert_close(student.products(a, b), (a * b, a @ b), what="the float64 result")
    a, b = torch.randint(-9, 10, (3, 3)).T, torch.randint(-9, 10, (3, 3))
    want = as_doubles((a * b, a @ b))
    assert_close(as_doubles(student.products(a, b)), want, what="the integer result")
    a, b = torch.randn(1, 1), torch.randn(1, 1)
    assert_close(student.products(a, b), (a * b, a * b), what="the 1 x 1 result")


# ----------------------------------------------------------------------------------------------------------------- dot

@check("dot", hint="Multiply element by element, then sum without `dim`.")
def test_sums_the_products(student):
    """multiplies element by element and sums, giving a 0-dim tensor"""
    a, b = torch.randn(6), torch.randn(6)
    got = student.without(*NO_DOT, numpy=NO_NUMPY_DOT).dot(a, b)
    if isinstance(got, float):
        fail("A Python number came back; leave the sum in its 0-dim tensor (no .item() needed).")
    assert_close(got, (a * b).sum(), rtol=1e-4, atol=1e-5, mistakes={
        "The products are not summed yet: a dot product is one number.": a * b,
        "The sum keeps a dimension; a 0-dim tensor has shape ().": (a * b).sum(0, keepdim=True),
        "That is the sum of all pairs; multiply only elements that stand at the same place.":
            a.sum() * b.sum(),
        "That is the mean of the products; the dot product is their sum.": (a * b).mean(),
    })


@check("dot", hint="Let the product and the sum keep the dtype of their inputs.")
def test_keeps_float64(student):
    """keeps float64 and its precision"""
    a, b = torch.randn(9, dtype=torch.float64), torch.randn(9, dtype=torch.float64)
    assert_close(student.without(*NO_DOT, numpy=NO_NUMPY_DOT).dot(a, b), (a * b).sum(), rtol=1e-9, atol=1e-9)


@check("dot", hint="No squeeze, no view: `sum()` gives a 0-dim tensor for every length.")
def test_dots_any_vector(student):
    """works for integers, strided views, a single element and none"""
    dot = student.without(*NO_DOT, numpy=NO_NUMPY_DOT).dot
    a, b = torch.randint(-9, 10, (5,)), torch.randint(-9, 10, (5,))
    assert_close(as_doubles(dot(a, b)), (a * b).sum().double(), what="the integer result")
    a, b = torch.randn(10)[::2], torch.randn(5, 3)[:, 1]
    assert_close(dot(a, b), (a * b).sum(), rtol=1e-4, atol=1e-5, what="the result for strided views")
    a, b = torch.randn(1), torch.randn(1)
    assert_close(dot(a, b), (a * b)[0], what="the result for one element")
    got = dot(torch.zeros(0), torch.zeros(0))
    if not (isinstance(got, int | float) and got == 0):
        assert_close(as_doubles(got), torch.tensor(0.0, dtype=torch.float64), what="the result for no elements")


# ----------------------------------------------------------------------------------------------------------- summarize

def assert_summary(got, x, rtol=1e-5, atol=1e-5, of=""):
    exact = x.double()
    want = {"min": exact.min(), "max": exact.max(), "mean": exact.mean(), "sum": exact.sum()}
    expect(isinstance(got, dict), f"Expected a dict, got {type(got).__name__}.")
    for key, value in want.items():
        expect(key in got, f'The dict has no key "{key}".')
        kind = type(got[key]).__name__
        expect(isinstance(got[key], float),
               f'"{key}"{of} is of type {kind}; a Python float was asked for: float(...) makes one.')
        mistakes = {}
        if key == "mean":
            mistakes["The mean lost its fraction: divide as floats, not as integers."] = float(value // 1)
        assert_close(got[key], float(value), rtol=rtol, atol=atol, what=f'"{key}"{of}', mistakes=mistakes)


@check("summarize", hint="Each value leaves its tensor with .item() or float(...).")
def test_summarizes_floats(student):
    """gives Python floats under "min", "max", "mean" and "sum" for a float32 matrix"""
    x = torch.randn(5, 4) * 3 + 1
    assert_summary(student.summarize(x), x)


@check("summarize", hint="Which of the four refuses integers? Convert before it.")
def test_summarizes_integers(student):
    """gives Python floats for int64 too, and the exact mean"""
    x = torch.randint(-50, 50, (11,))
    x[-1] += (1 - x.sum()) % 11  # the sum leaves remainder 1: the mean is no whole number
    assert_summary(student.summarize(x), x)


@check("summarize", hint="Convert to a floating dtype first, then all dtypes go the same way.")
def test_summarizes_every_dtype(student):
    """works for bool, small integers without overflow, half precision and float64"""
    x = torch.randint(0, 2, (9,)).bool()
    x[:2] = torch.tensor([True, False])
    assert_summary(student.summarize(x), x, of=" of a bool tensor")
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32):
        x = torch.randint(90, 127, (7,)).to(dtype)
        assert_summary(student.summarize(x), x, of=f" of a {dtype} tensor")
    for dtype, loose in ((torch.float16, 5e-3), (torch.float64, 1e-5)):
        x = (torch.rand(6) + 0.5).to(dtype)
        assert_summary(student.summarize(x), x, rtol=loose, atol=loose, of=f" of a {dtype} tensor")


@check("summarize", hint="Reduce without `dim`: over all elements, whatever the shape.")
def test_summarizes_any_shape(student):
    """works for 0-dim, one-element, three-dimensional and transposed tensors"""
    for x in (torch.randn(()), torch.randn(1), torch.randn(2, 3, 4), torch.randn(4, 3).T, -torch.rand(2, 2) - 1):
        assert_summary(student.summarize(x), x)


# --------------------------------------------------------------------------------------------------- extreme_positions

def assert_positions(got, x, what="the result"):
    flat = x.reshape(-1)
    low, high = int(flat.argmin()), int(flat.argmax())
    if isinstance(got, list | tuple) and any(isinstance(item, torch.Tensor) for item in got):
        fail("Tensors came back; make them Python ints with .item() or int(...).")
    stored = torch.as_strided(x, (x.numel(),), (1,))
    assert_equal(got, (low, high), what=what, mistakes={
        "Those are the elements themselves; their positions were asked for.":
            lambda: (flat[low].item(), flat[high].item()),
        "The two positions are swapped: the smallest element's comes first.": lambda: (high, low),
        "Those are positions in memory; read x as you see it, row after row.":
            lambda: (int(stored.argmin()), int(stored.argmax())),
        "The second position is that of the largest absolute value; signs count.":
            lambda: (low, int(flat.abs().argmax())),
    })


@check("extreme_positions", hint="argmin and argmax, each made a Python int.")
def test_finds_positions(student):
    """gives (position of the smallest, position of the largest) as Python ints"""
    for _ in range(5):
        x = distinct(23).float() - 0.5
        assert_positions(student.extreme_positions(x), x)
    x = torch.randn(1)
    assert_positions(student.extreme_positions(x), x, what="the result for one element")


@check("extreme_positions", hint="Without `dim`, argmin and argmax count through the whole tensor.")
def test_reads_flat(student):
    """counts through tensors of two and three dimensions, integer ones too"""
    for x in (distinct(4, 6), distinct(6, 4).float(), distinct(2, 3, 5).double(), distinct(5, 1, 4).int()):
        assert_positions(student.extreme_positions(x), x)


@check("extreme_positions", hint="Don't rely on how the elements lie in memory: reshape(-1) works where view(-1) does not.")
def test_reads_views(student):
    """counts in the order you see, also for a transposed tensor"""
    for _ in range(4):
        x = distinct(7, 5).float().T
        assert_positions(student.extreme_positions(x), x)
        x = distinct(3, 4, 2).permute(2, 0, 1)
        assert_positions(student.extreme_positions(x), x)


# ---------------------------------------------------------------------------------------------------------- row_argmax

@check("row_argmax", hint="One answer per row: the dimension of the columns has to disappear.")
def test_finds_each_rows_largest(student):
    """gives the column of each row's largest element"""
    for shape in ((12, 5), (8, 8)):
        x = distinct(*shape).float()
        assert_equal(student.row_argmax(x), x.argmax(dim=1), mistakes={
            "One number for the whole batch: without `dim`, argmax reads the tensor flat. One label per row needs dim=1.":
                x.argmax(),
            "That is one row per column: dim=0 folds the rows away. One label per row needs dim=1.": x.argmax(dim=0),
            "Those are the largest elements; their columns were asked for.": x.amax(dim=1),
            "The shape is a column; one label per row is a vector of shape (n,).": x.argmax(dim=1, keepdim=True),
            "Those are the columns of the smallest elements.": x.argmin(dim=1),
            "The labels are right, their dtype is not: class ids are int64.": x.argmax(dim=1),
        })


@check("row_argmax", hint="Never squeeze a dimension you did not name: a batch of one loses it.")
def test_labels_a_single_row(student):
    """gives shape (1,) for a single row, and zeros for a single column"""
    x = distinct(1, 6).float()
    assert_equal(student.row_argmax(x), x.argmax(dim=1), mistakes={
        "Right for many rows, but a batch of one lost its dimension: shape (1,) was expected, not ().":
            x.argmax(dim=1).squeeze(),
    })
    assert_equal(student.row_argmax(torch.randn(4, 1)), torch.zeros(4, dtype=torch.int64))


@check("row_argmax", hint="argmax takes any of these as they are.")
def test_labels_other_scores(student):
    """works for negative, integer, float64 and non-contiguous scores"""
    for x in (-torch.rand(5, 3) - 1, distinct(6, 4), distinct(4, 6).double().T, distinct(5, 8)[:, ::2]):
        assert_equal(student.row_argmax(x), x.argmax(dim=1))


# ------------------------------------------------------------------------------------------------- standardize_columns

def standardized(x):
    """The oracle, in float64."""
    wide = x.double()
    constant = (x == x[:1]).all(dim=0)
    z = (wide - wide.mean(dim=0)) / wide.std(dim=0) if len(x) > 1 else wide
    return torch.where(constant, 0.0, z).to(x.dtype)


def assert_zeros_where_constant(got, x):
    want = standardized(x)
    if is_like(got, want):
        columns = got[:, (x == x[:1]).all(dim=0)]
        expect(not columns.isnan().any(), "nan: a column without spread has std 0 (or none at all), and 0 / 0 is nan.")
        expect(not columns.isinf().any(),
               "inf: the mean of equal elements is rounded, the std may still be 0; ask whether the elements are equal.")
        expect(not columns.any(),
               "A column of equal elements came out as rounding noise, not as exact zeros: its mean is rounded. "
               "Ask whether the elements are equal, not whether the std is 0 or small.")
    assert_close(got, want, rtol=1e-4, atol=1e-4)


@check("standardize_columns", points=2, hint="Mean and std along dim=0; both broadcast over the rows.")
def test_standardizes_columns(student):
    """gives each column mean 0 and std 1 by torch.std's default"""
    for shape in ((6, 4), (5, 5), (2, 3), (9, 1)):
        x = torch.randn(shape) * torch.rand(shape[1]).add(0.5) + 3 * torch.randn(shape[1])
        if shape[0] > 3:  # a column that ends as it begins is not constant
            x[-1, 0] = x[0, 0]
            x[1, -1] = x[0, -1]
        assert_close(student.standardize_columns(x), standardized(x), rtol=1e-3, atol=1e-4, mistakes={
            "That divides by the std with n in the denominator; torch.std's default has n - 1.":
                (x - x.mean(0)) / x.std(0, correction=0),
            "One mean and std for the whole matrix; each column has its own: dim=0.": (x - x.mean()) / x.std(),
            "The rows are standardised; the columns were asked for: dim=0.":
                (x - x.mean(1, keepdim=True)) / x.std(1, correction=int(x.shape[1] > 1), keepdim=True),
            "The columns are centred but not scaled: divide by the std.": x - x.mean(0),
            "The columns are scaled but not centred: subtract the mean first.": x / x.std(0),
            "That divides by the variance; its root is the std.": (x - x.mean(0)) / x.var(0),
            "The columns are squeezed into 0 to 1; mean 0 and std 1 were asked for.":
                (x - x.amin(0)) / (x.amax(0) - x.amin(0)),
        })


@check("standardize_columns", hint="Compare each column with its own first element; put zeros where all are equal.")
def test_zeroes_constant_columns(student):
    """turns columns of equal elements into exact zeros beside columns that vary"""
    for n in (2, 7, 11, 13, 100):
        constants = torch.cat([torch.linspace(-9.7, 9.9, 21), torch.tensor([0.1, 1 / 3, 0.0, 1e-9, 12345.678])])
        x = torch.cat([constants.repeat(n, 1), torch.randn(n, 4) + 2], dim=1)[:, torch.randperm(30)]
        assert_zeros_where_constant(student.standardize_columns(x), x)


@check("standardize_columns", hint="With one row there is no std; with one column torch may round the std to more than 0.")
def test_zeroes_single_rows_and_columns(student):
    """turns a single row, or a single column of equal elements, into exact zeros"""
    for shape in ((1, 4), (1, 1)):
        x = torch.randn(shape)
        assert_zeros_where_constant(student.standardize_columns(x), x)
    for n in (2, 7, 11, 13, 100):
        for value in (0.1, 0.3, 0.7, 1.3, 1 / 3, -0.7):
            x = torch.full((n, 1), value)
            assert_zeros_where_constant(student.standardize_columns(x), x)


@check("standardize_columns", hint="No eps, no threshold on the std, no change of dtype.")
def test_scales_small_columns(student):
    """scales columns however small their spread, keeps float64, and takes transposed views"""
    x = torch.randn(8, 4) * torch.tensor([1e-10, 1e-6, 1.0, 0.0])
    x[:, 3] = 100 + torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]) / 1024
    got, want = student.standardize_columns(x), standardized(x)
    if is_like(got, want):
        expect(torch.allclose(got[:, 2], want[:, 2], rtol=1e-3, atol=1e-4), "An ordinary column has wrong values.")
        # The last column is 100 and a little: rounding its mean costs some of the digits that differ.
        expect(torch.allclose(got[:, :2], want[:, :2], rtol=1e-3, atol=1e-4) and torch.allclose(got[:, 3], want[:, 3], atol=0.3),
               "A column with a very small spread is not scaled to std 1: its elements differ, so it is not constant. "
               "An eps or a threshold on the std treats it as if it were.")
    assert_close(got, want, rtol=1e-3, atol=0.3)
    x = torch.randn(6, 3, dtype=torch.float64)
    assert_close(student.standardize_columns(x), standardized(x), rtol=1e-9, atol=1e-9, what="the float64 result")
    x = torch.randn(3, 6).T
    assert_close(student.standardize_columns(x), standardized(x), rtol=1e-3, atol=1e-4, what="the result for a view")


# ------------------------------------------------------------------------------------------------------------ add_bias

@check("add_bias", hint="(n, c) + (c,) broadcasts as it is.")
def test_adds_to_every_row(student):
    """adds bias to every row, also when x is square"""
    for shape, dtype in (((4, 3), torch.float32), ((3, 3), torch.float32), ((1, 5), torch.float64), ((6, 1), torch.float32)):
        x, bias = torch.randn(shape, dtype=dtype), torch.randn(shape[1], dtype=dtype)
        mistakes = {}
        if shape[0] == shape[1]:
            mistakes["The bias is added down the columns: element i went to row i, it belongs to column i."] = x + bias[:, None]
        assert_close(student.add_bias(x, bias), x + bias, mistakes=mistakes)
    x, bias = torch.randn(3, 4).T, torch.randn(6)[::2]
    assert_close(student.add_bias(x, bias), x + bias, what="the result for views")


def assert_refuses(student, rows, columns, length, why):
    with raises(ValueError, why):
        student.add_bias(torch.randn(rows, columns), torch.randn(length))


def assert_adds(student):
    x, bias = torch.randn(5, 3), torch.randn(3)
    assert_close(student.add_bias(x, bias), x + bias)


@check("add_bias", hint="Compare len(bias) with x.shape[1] and raise ValueError where they differ.")
def test_refuses_other_lengths(student):
    """raises ValueError for a bias of another length, also when it is the number of rows"""
    assert_adds(student)
    assert_refuses(student, 4, 3, 2, "the bias is shorter than a row")
    assert_refuses(student, 4, 3, 5, "the bias is longer than a row")
    assert_refuses(student, 4, 3, 4, "the bias has as many elements as x has rows, not columns")
    assert_refuses(student, 2, 3, 6, "the bias has as many elements as x, not as a row")


@check("add_bias", hint="Broadcasting accepts any size against 1; test the lengths yourself.")
def test_refuses_what_broadcasts(student):
    """raises ValueError where broadcasting would stretch bias or x silently"""
    assert_adds(student)
    assert_refuses(student, 4, 3, 1, "a bias of length 1 does not fit 3 columns, though broadcasting would stretch it")
    assert_refuses(student, 4, 1, 3, "x has one column, though broadcasting would stretch it to 3")
    assert_refuses(student, 4, 1, 4, "x has one column, though broadcasting would stretch it to the number of rows")
    assert_refuses(student, 1, 4, 1, "the bias has as many elements as x has rows, not columns")


# -------------------------------------------------------------------------------------------------- pairwise_distances

def distances(a, b):
    """The oracle, from differences."""
    return (a[:, None].double() - b[None].double()).square().sum(dim=-1).sqrt().to(a.dtype)


@check("pairwise_distances", points=2, hint="Differences of shape (n, m, d), squared, summed over d, and the root.")
def test_measures_every_pair(student):
    """gives the Euclidean distance of every a[i] to every b[j], shape (n, m)"""
    for n, m, d in ((4, 6, 3), (5, 5, 2), (3, 2, 7), (4, 4, 4)):
        a, b = torch.randn(n, d), torch.randn(m, d)
        assert_close(student.without("*cdist*").pairwise_distances(a, b), distances(a, b), rtol=1e-3, atol=1e-3, mistakes={
            "Those are squared distances: take the root.": distances(a, b).square(),
            "Those are sums of absolute differences; Euclidean distances square, sum and take the root.":
                (a[:, None] - b).abs().sum(-1),
            "Rows and columns are swapped: element (i, j) belongs to a[i] and b[j].": distances(b, a),
            "The squares are averaged over the features; they should be summed.": (a[:, None] - b).square().mean(-1).sqrt(),
            "Those are matrix products, not distances.": a @ b.T,
        })


@check("pairwise_distances", hint="Where do the differences of equal points end up below 0, or the sizes disappear?")
def test_measures_zero_distances(student):
    """gives 0, never nan, for points that are equal"""
    a = torch.randn(150, 3) * 3 + 1
    got, want = student.without("*cdist*").pairwise_distances(a, a.clone()), distances(a, a)
    if is_like(got, want):
        expect(not got.isnan().any(),
               "nan for equal points: |a|² + |b|² - 2ab rounds to a little below 0, which has no root. Subtract first.")
    assert_close(got, want, rtol=1e-3, atol=2e-2)


@check("pairwise_distances", hint="Name the dimensions you add and reduce; never squeeze.")
def test_measures_small_sets(student):
    """works for one point or none on either side, for one feature, for float64 and for views"""
    for n, m, d in ((1, 4, 3), (4, 1, 3), (1, 1, 2), (3, 5, 1), (0, 4, 2), (3, 0, 2)):
        a, b = torch.randn(n, d), torch.randn(m, d)
        assert_close(student.without("*cdist*").pairwise_distances(a, b), distances(a, b), rtol=1e-3, atol=1e-3,
                     what=f"the result for {n} and {m} points")
    a, b = torch.randn(4, 3, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    assert_close(student.without("*cdist*").pairwise_distances(a, b), distances(a, b), what="the float64 result", rtol=1e-5, atol=1e-5)
    a, b = torch.randn(3, 4).T, torch.randn(5, 6)[:, ::2]
    assert_close(student.without("*cdist*").pairwise_distances(a, b), distances(a, b), rtol=1e-3, atol=1e-3,
                 what="the result for views")


@in_worker
def steps_and_distances(student, few, many):
    pairs = (few, many), (many, few), (few, few)
    steps = [count_steps(student.pairwise_distances, a, b) for a, b in pairs]
    return steps, student.pairwise_distances(few, many)


@check("pairwise_distances", hint="Let broadcasting make the pairs: a[:, None] against b[None].")
def test_measures_without_loops(student):
    """takes as many steps for 60 points as for 3: no Python loop over the rows"""
    few, many = torch.randn(3, 2), torch.randn(60, 2)
    (more_b, more_a, base), got = steps_and_distances(student, few, many)
    expect(more_a <= base + 12 and more_b <= base + 12,
           "The number of Python steps grows with the number of points: there is a loop over the rows. "
           "Add a dimension to each side and subtract once.")
    assert_close(got, distances(few, many), rtol=1e-3, atol=1e-3)
