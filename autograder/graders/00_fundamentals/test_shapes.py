"""Hidden checks of 00_fundamentals/shapes."""

import torch

from autograder.checks import assert_close, assert_equal, check, expect, in_worker, info, raises

COPY = "The result is a copy: writing to it does not show in x. reshape copies without a word where it must; which call never copies?"
SHARED = "The result shares memory with x: a change of one shows in the other. Asked for was an independent copy: clone() makes one."
MEMORY_ORDER = "The elements are in another order: x was read in memory order, not in its own."


def memory_order(x, shape):
    """x's elements as they lie in memory, which is wrong for every x that is not contiguous."""
    return lambda: x.as_strided(shape, torch.empty(shape).stride())


def of_dtype(dtype, *shape):
    """Distinct values in hidden order, as far as the dtype can tell them apart."""
    return torch.randperm(torch.Size(shape).numel()).reshape(shape).to(dtype) if dtype != torch.bool else torch.rand(shape) < 0.5


def transposed():
    return torch.rand(3, 4).T


def sliced():
    return torch.rand(4, 12)[:, ::5]


def permuted():
    return torch.rand(2, 3, 4).permute(2, 0, 1)


# ------------------------------------------------------------------------------------------------------- matmul_shape

SHAPE_MISTAKES = {
    "The order is exchanged: the product has a's rows and b's columns.":
        lambda a, b: (b[1], a[0]),
    "The inner sizes vanish; the outer ones are left.": lambda a, b: (a[1], b[0]),
}


def compare_shape(student, a, b):
    want = (a[0], b[1]) if a[1] == b[0] else None
    got = student.matmul_shape(a, b)
    if want is not None:
        expect(got is not None, "None came for two shapes whose inner sizes agree.")
        expect(isinstance(got, tuple), f"A tuple of two ints was due; this is of type {type(got).__name__}.")
        got = tuple(got)
        assert_equal(got, want, mistakes={why: wrong(a, b) for why, wrong in SHAPE_MISTAKES.items()})
    else:
        expect(got is None, "The inner sizes (the last of a, the first of b) differ here, so there is no product: None was due.")


@check("matmul_shape", points=1, hint="Compare a_shape[1] with b_shape[0]; nothing else decides.")
def test_shapes_that_fit(student):
    """gives a's rows and b's columns where the inner sizes agree"""
    m, k, n = torch.randint(2, 99, (3,)).tolist()
    for a, b in (((2, 3), (3, 4)), ((5, 2), (2, 5)), ((3, 3), (3, 3)), ((1, 4), (4, 1)), ((6, 1), (1, 7)), ((2, 3), (3, 2)), ((m, k), (k, n))):
        compare_shape(student, a, b)
        compare_shape(student, torch.Size(a), torch.Size(b))


@check("matmul_shape", points=1, hint="Only a_shape[1] and b_shape[0] meet. Return None, do not raise.")
def test_shapes_that_do_not_fit(student):
    """gives None where the inner sizes differ, and a shape where they agree"""
    m, k, n = torch.randint(2, 99, (3,)).tolist()
    for a, b in (((2, 3), (3, 5)), ((2, 3), (2, 3)), ((2, 3), (4, 3)), ((2, 3), (2, 5)), ((3, 2), (3, 2)), ((1, 3), (1, 3)), ((2, 4), (3, 2)),
                 ((2, 4), (1, 2)), ((2, 1), (4, 2)), ((m, k), (k, n)), ((m, k), (k + 1, n))):
        compare_shape(student, a, b)


@check("matmul_shape", points=1, hint="0 is a size like any other, although Python counts it as False.")
def test_shapes_with_a_zero(student):
    """treats a size of 0 like any other"""
    for a, b in (((0, 3), (3, 2)), ((2, 0), (0, 3)), ((4, 3), (3, 0)), ((2, 0), (3, 4)), ((2, 3), (0, 4))):
        compare_shape(student, a, b)


# --------------------------------------------------------------------------------------------------------- fix_matmul


def compare_product(student, a, b):
    want = a @ b.T
    k, m = b.shape[1], b.shape[0]
    assert_close(student.fix_matmul(a, b), want, mistakes={
        "You got the element-wise product; the matrix product was asked for.": lambda: a * b,
        "b was not transposed: the sizes agree by chance, and the rule is the same for square matrices.": lambda: a @ b,
        "b was reshaped where it should be transposed: the shape fits, the numbers are mixed.": lambda: a @ b.reshape(k, m),
        "a was transposed; that lets n and m meet, not the k.": lambda: a.T @ b,
        "This is the transpose of the answer: (m, n) for (n, m).": lambda: b @ a.T})


@check("fix_matmul", points=1, hint="(n, k) @ (k, m): turn b round.")
def test_rectangular_product(student):
    """multiplies (n, k) by the transpose of (m, k)"""
    for n, m, k in ((3, 4, 2), (3, 3, 2), (1, 5, 3), (2, 1, 4), (1, 1, 3), (2, 3, 1)):
        compare_product(student, torch.rand(n, k), torch.rand(m, k))


@check("fix_matmul", points=1, hint="Do not decide by the sizes: for square matrices they tell nothing.")
def test_square_product(student):
    """transposes b also where n == m == k"""
    for n in (3, 1, 4):
        compare_product(student, torch.rand(n, n), torch.rand(n, n))


@check("fix_matmul", points=1, hint="No conversion and no view is needed.")
def test_product_of_other_tensors(student):
    """keeps the dtype, and takes matrices that are not contiguous"""
    compare_product(student, torch.rand(3, 2, dtype=torch.float64), torch.rand(4, 2, dtype=torch.float64))
    compare_product(student, torch.randint(-9, 9, (3, 2)), torch.randint(-9, 9, (4, 2)))
    compare_product(student, torch.rand(2, 3).T, torch.rand(2, 4).T)


# ------------------------------------------------------------------------------------------------------------ to_rows


def compare_rows(student, x, rows):
    want = x.reshape(rows, x.numel() // rows)
    assert_equal(student.to_rows(x, rows), want, mistakes={
        "These are as many columns as rows were asked for.": x.reshape(-1, rows),
        "The elements run down the columns; reading order runs along the rows.": x.reshape(-1, rows).T,
        MEMORY_ORDER: memory_order(x, tuple(want.shape)),
        "The rows are lost: the result should be 2-D, also with a single row.": want.squeeze()})


@check("to_rows", points=1, hint="Only the reading order counts, not x's own shape.")
def test_rows_of_contiguous(student):
    """deals 1-D, 2-D and 3-D tensors into rows, in reading order"""
    for x in (torch.rand(12), torch.rand(3, 4), torch.rand(2, 3, 2)):
        for rows in (2, 3, 1, 12, 6):
            compare_rows(student, x, rows)


@check("to_rows", points=1, hint="view needs memory order; which call does without?")
def test_rows_of_strided(student):
    """works for transposed, sliced and permuted tensors"""
    for x in (transposed(), sliced(), permuted()):
        for rows in (2, 6):
            compare_rows(student, x, rows)


@check("to_rows", points=1, hint="A number below 1 needs a test of its own, before the division.")
def test_impossible_rows(student):
    """raises ValueError where rows do not divide or are below 1, and deals out the rest"""
    x = torch.rand(2, 6)
    compare_rows(student, x, 4)
    for rows in (5, 7, 8, 13, 24):
        with raises(ValueError, f"{rows} rows for 12 elements"):
            student.to_rows(x, rows)
    for rows in (0, -1, -2, -12):
        with raises(ValueError, f"{rows} rows"):
            student.to_rows(x, rows)


@check("to_rows", points=1, hint="Nothing needs a conversion: arrange the tensor itself.")
def test_rows_keep_the_dtype(student):
    """keeps the dtype: float64, integers, bool"""
    for dtype in (torch.float64, torch.int64, torch.uint8, torch.bool):
        compare_rows(student, of_dtype(dtype, 4, 3), 2)
    compare_rows(student, torch.rand(6, dtype=torch.float64), 3)


# ------------------------------------------------------------------------------------------------------ flatten_batch


def compare_flat(student, x):
    want = x.reshape(x.shape[0], x.shape[1:].numel())
    assert_equal(student.flatten_batch(x), want, mistakes={
        "A batch of one lost its batch dimension.": want.squeeze(0),
        "The batch is flattened, too: keep dimension 0.": x.flatten(),
        "Samples became columns: each row is one sample.": want.T,
        MEMORY_ORDER: memory_order(x, tuple(want.shape)),
        "Only the last two dimensions were merged.": lambda: x.flatten(-2)})


@check("flatten_batch", points=1, hint="The result has two sizes: N, and the product of all the others.")
def test_flattens_samples(student):
    """gives (N, product of the rest) for 2-D to 5-D batches and a batch of one"""
    for shape in ((4, 3, 2, 2), (5, 4), (2, 3, 4), (3, 1, 2), (1, 3, 4), (1, 1), (2, 1, 3, 1, 2)):
        compare_flat(student, torch.rand(shape))
    compare_flat(student, torch.randint(0, 255, (3, 2, 2), dtype=torch.uint8))


@check("flatten_batch", points=1, hint="A 1-D batch has one number for each sample.")
def test_flattens_a_vector(student):
    """makes (N, 1) of a 1-D batch"""
    for n in (5, 1):
        compare_flat(student, torch.rand(n))


@check("flatten_batch", points=1, hint="With no elements, -1 is not determined: compute the size.")
def test_flattens_no_samples(student):
    """keeps the sample size of an empty batch"""
    for shape in ((0, 3, 4), (0, 5), (0,)):
        compare_flat(student, torch.rand(shape))
    compare_flat(student, torch.rand(2, 3, 4))


@check("flatten_batch", points=1, hint="view needs memory order; which call does without?")
def test_flattens_strided(student):
    """works for transposed, sliced and permuted batches"""
    for x in (torch.rand(3, 4, 2).transpose(0, 2), torch.rand(4, 6, 6)[:, ::2, 1:4], permuted()):
        compare_flat(student, x)


# ---------------------------------------------------------------------------------------------------- share_memory_as


@in_worker
def share_then_write(student, x, shape, other):
    y = student.share_memory_as(x, shape)
    if not isinstance(y, torch.Tensor):
        return y, x
    first = y.detach().clone()
    if y.shape == other.shape:
        y.detach().copy_(other)
    return first, x


def expect_shared(student, x, shape):
    other = torch.randint(3, 90, shape).to(x.dtype)
    first, after = share_then_write(student, x, shape, other)
    assert_equal(first, x.reshape(shape), mistakes={MEMORY_ORDER: memory_order(x, shape)})
    assert_equal(after, other.reshape(x.shape), what="x after writing to the result", mistakes={COPY: x})


@check("share_memory_as", points=1, hint="The lesson's table names the call that always shares.")
def test_shares(student):
    """writes through to x where x is contiguous"""
    for before, shape in (((6,), (2, 3)), ((2, 3, 4), (6, 4)), ((3, 4), (12,)), ((2, 3), (2, 3)), ((4,), (1, 2, 2, 1))):
        expect_shared(student, torch.rand(before), shape)
    expect_shared(student, torch.randint(0, 90, (6,)), (3, 2))


@check("share_memory_as", points=1, hint="Not contiguous does not mean not viewable: let torch decide.")
def test_shares_strided(student):
    """writes through to x where x is not contiguous, but has such a view"""
    expect_shared(student, torch.rand(4, 6)[:, :3], (2, 2, 3))
    expect_shared(student, torch.rand(6, 4)[::2], (3, 2, 2))
    expect_shared(student, torch.rand(2, 3, 4).permute(1, 0, 2), (3, 2, 2, 2))


@check("share_memory_as", points=2, hint="The call that never copies raises by itself; do not catch it.")
def test_refuses_to_copy(student):
    """raises where the strides allow no such view, and shares where they do"""
    expect_shared(student, torch.rand(2, 3), (3, 2))
    for x, shape in ((transposed(), (12,)), (sliced(), (3, 4)), (permuted(), (8, 3)), (torch.rand(4, 6)[:, :3], (12,))):
        with raises((ValueError, RuntimeError), "The strides of x allow no view of this shape"):
            student.share_memory_as(x, shape)


@check("share_memory_as", points=1, hint="All elements of x must be in the view, none of them twice.")
def test_refuses_another_count(student):
    """raises where the number of elements differs, and shares where it agrees"""
    expect_shared(student, torch.rand(6), (3, 2))
    for shape in ((4,), (2, 2), (7,), (3, 3), (6, 2)):
        with raises((ValueError, RuntimeError), "x has 6 elements, and this shape another number"):
            student.share_memory_as(torch.rand(6), shape)


# ------------------------------------------------------------------------------------------------ independent_copy_as


@in_worker
def copy_then_write(student, x, shape, other):
    y = student.independent_copy_as(x, shape)
    if not isinstance(y, torch.Tensor):
        return y, y, x
    first = y.detach().clone()
    x.copy_(other)
    second = y.detach().clone()
    y.detach().zero_()
    return first, second, x


def expect_copied(student, x, shape):
    want, other = x.reshape(shape).clone(), (x == 0).to(x.dtype)
    assert_equal(student.independent_copy_as(x, shape), want, mistakes={MEMORY_ORDER: memory_order(x, shape)})
    first, second, after = copy_then_write(student, x, shape, other)
    assert_equal(first, want)
    assert_equal(second, want, what="the result after a change of x", mistakes={SHARED: other.reshape(shape)})
    assert_equal(after, other, what="x after a change of the result", mistakes={SHARED: torch.zeros_like(x)})


@check("independent_copy_as", points=2, hint="reshape and view share memory wherever they can; what makes a copy of their result?")
def test_copies_contiguous(student):
    """shares no memory with a contiguous x, also in x's own shape"""
    for before, shape in (((6,), (2, 3)), ((2, 3, 4), (6, 4)), ((3, 4), (12,)), ((2, 3), (2, 3)), ((1, 4), (4,))):
        expect_copied(student, torch.rand(before) + 1, shape)


@check("independent_copy_as", points=1, hint="clone keeps the strides, so view may fail after it.")
def test_copies_strided(student):
    """works for transposed, sliced and permuted tensors"""
    for x, shape in ((transposed(), (12,)), (sliced(), (2, 6)), (permuted(), (8, 3)), (transposed(), (4, 3)), (sliced(), (4, 3)),
                     (torch.rand(4, 6)[:, :3], (2, 2, 3))):
        expect_copied(student, x, shape)


@check("independent_copy_as", points=1, hint="The copy differs from x in its shape alone.")
def test_copy_keeps_the_dtype(student):
    """keeps the dtype: float64, integers, bool"""
    for dtype in (torch.float64, torch.int64, torch.uint8, torch.bool):
        expect_copied(student, of_dtype(dtype, 2, 3), (3, 2))
    expect_copied(student, torch.rand(4, dtype=torch.float64), (2, 2))


# ------------------------------------------------------------------------------------------ stack_rows, stack_columns


def compare_rows_stacked(student, vectors):
    assert_equal(student.stack_rows(vectors), torch.stack(vectors), mistakes={
        "This is one long vector: cat lengthens a dimension, stack adds one.": lambda: torch.cat(vectors),
        "Each vector became a column; each row was asked for.": lambda: torch.stack(vectors, dim=1),
        "The vectors are in another order.": lambda: torch.stack(vectors[::-1])})


def compare_columns_stacked(student, vectors):
    rows = torch.stack(vectors)
    assert_equal(student.stack_columns(vectors), rows.T, mistakes={
        "This is one long vector: cat lengthens a dimension, stack adds one.": lambda: torch.cat(vectors),
        "Each vector became a row; each column was asked for.": rows,
        "The shape is right, but the vectors are mixed: reshape recounts the elements, it does not turn rows into columns.":
            rows.reshape(rows.T.shape),
        "The vectors are in another order.": lambda: torch.stack(vectors[::-1], dim=1)})


VECTORS = ((3, 4), (2, 2), (4, 2), (3, 3))


@check("stack_rows", points=1, hint="A new dimension in front: which function adds one?")
def test_stacks_rows(student):
    """makes each of n vectors a row: (n, d)"""
    for n, d in VECTORS:
        compare_rows_stacked(student, list(torch.rand(n, d)))
    compare_rows_stacked(student, list(torch.rand(3, 4).T))


@check("stack_rows", points=1, hint="Nothing may depend on n or d being larger than 1.")
def test_stacks_single_rows(student):
    """makes a matrix of one vector, and of vectors of one element"""
    for n, d in ((1, 3), (3, 1), (1, 1), (2, 3)):
        compare_rows_stacked(student, list(torch.rand(n, d)))


@check("stack_rows", points=1, hint="Work with the tensors; lists of numbers lose the dtype.")
def test_stacked_rows_keep_the_dtype(student):
    """keeps the dtype: float64, integers, bool"""
    for dtype in (torch.float64, torch.int64, torch.int32, torch.bool):
        compare_rows_stacked(student, list(of_dtype(dtype, 2, 3)))


@check("stack_columns", points=1, hint="The new dimension goes behind the old one.")
def test_stacks_columns(student):
    """makes each of n vectors a column: (d, n)"""
    for n, d in VECTORS:
        compare_columns_stacked(student, list(torch.rand(n, d)))
    compare_columns_stacked(student, list(torch.rand(3, 4).T))


@check("stack_columns", points=1, hint="Nothing may depend on n or d being larger than 1.")
def test_stacks_single_columns(student):
    """makes a matrix of one vector, and of vectors of one element"""
    for n, d in ((1, 3), (3, 1), (1, 1), (3, 2)):
        compare_columns_stacked(student, list(torch.rand(n, d)))


@check("stack_columns", points=1, hint="Work with the tensors; lists of numbers lose the dtype.")
def test_stacked_columns_keep_the_dtype(student):
    """keeps the dtype: float64, integers, bool"""
    for dtype in (torch.float64, torch.int64, torch.int32, torch.bool):
        compare_columns_stacked(student, list(of_dtype(dtype, 2, 3)))


# ------------------------------------------------------------------------------------------------------- join_columns


def compare_joined(student, a, b):
    assert_equal(student.join_columns(a, b), torch.cat([a, b], dim=1), mistakes={
        "b went below a: cat lengthens dimension 0 unless another one is named.": lambda: torch.cat([a, b]),
        "b's columns stand in front of a's.": lambda: torch.cat([b, a], dim=1),
        "stack added a dimension; the result should be wider, not deeper.": lambda: torch.stack([a, b]),
        "The shape is right, but the rows are mixed: join along dim 1 instead of reshaping.":
            lambda: torch.cat([a.flatten(), b.flatten()]).reshape(len(a), -1)})


@check("join_columns", points=1, hint="cat, along the dimension that grows.")
def test_joins(student):
    """puts b's columns behind a's in each row"""
    for n, p, q in ((3, 2, 4), (2, 3, 1), (4, 1, 1), (1, 2, 3)):
        compare_joined(student, torch.rand(n, p), torch.rand(n, q))
    compare_joined(student, torch.rand(2, 3).T, torch.rand(4, 3).T)


@check("join_columns", points=1, hint="Which dimension grows must be said: equal shapes raise no error.")
def test_joins_equal_shapes(student):
    """widens the table also where both have one shape"""
    for n, p in ((3, 2), (2, 2), (1, 3), (1, 1)):
        compare_joined(student, torch.rand(n, p), torch.rand(n, p))


@check("join_columns", points=1, hint="Do not write into a tensor of another dtype.")
def test_joined_columns_keep_the_dtype(student):
    """keeps the dtype: float64, integers, bool"""
    for dtype in (torch.float64, torch.int64, torch.uint8, torch.bool):
        compare_joined(student, of_dtype(dtype, 3, 2), of_dtype(dtype, 3, 3))


# ----------------------------------------------------------------------------------------------------------- drop_dim


def compare_dropped(student, x, dim):
    assert_equal(student.drop_dim(x, dim), x.select(dim, 0), mistakes={
        "Other dimensions of size 1 are gone, too: squeeze() drops them all. Name the dim.": x.squeeze(),
        "Nothing was dropped: squeeze leaves x as it is and returns the new tensor.": x})


@check("drop_dim", points=1, hint="squeeze takes the dim as its argument.")
def test_drops_one_dim(student):
    """removes the dimension asked for and leaves other sizes of 1"""
    for shape, dim in (((1, 3), 0), ((32, 1), 1), ((1, 1), 1), ((1, 1), 0), ((1, 3, 1), 2), ((1, 3, 1), 0), ((2, 1, 3, 1), 1), ((1,), 0)):
        compare_dropped(student, torch.rand(shape), dim)


@check("drop_dim", points=1, hint="-1 is the last dimension. x.shape takes negative indices as they are.")
def test_drops_negative_dims(student):
    """counts negative dims from the end"""
    for shape, dim in (((3, 1), -1), ((1, 3, 1), -1), ((1, 3, 1), -3), ((2, 1, 3), -2), ((1, 1, 2), -2), ((1,), -1)):
        compare_dropped(student, torch.rand(shape), dim)


@check("drop_dim", points=1, hint="squeeze(dim) is silent there: look at x.shape[dim] first.")
def test_refuses_other_sizes(student):
    """raises ValueError where that size is not 1, and drops where it is"""
    compare_dropped(student, torch.rand(2, 1), 1)
    compare_dropped(student, torch.rand(2, 1), -1)
    for shape, dim in (((2, 3), 0), ((2, 3), -1), ((1, 3, 1), 1), ((1, 3), -1), ((1, 5, 1), -2), ((0, 1), 0), ((1, 0), -1)):
        with raises(ValueError, f"dim {dim} of shape {shape} has size {shape[dim]}, so there is nothing to squeeze"):
            student.drop_dim(torch.rand(shape), dim)


@check("drop_dim", points=1, hint="Take x itself in another shape; nothing else about it changes.")
def test_drops_from_other_tensors(student):
    """works for other dtypes, and for tensors that are empty or not contiguous"""
    for dtype in (torch.float64, torch.int64, torch.bool):
        compare_dropped(student, of_dtype(dtype, 3, 1, 2), 1)
    compare_dropped(student, torch.rand(1, 0), 0)
    compare_dropped(student, torch.rand(4, 1, 3).transpose(0, 2), 1)


# ------------------------------------------------------------------------------------------------------ add_batch_dim


def compare_batched(student, x):
    assert_equal(student.add_batch_dim(x), x.reshape(1, *x.shape), mistakes={
        "The new dimension stands at the end; a batch dimension comes first.": x.unsqueeze(-1),
        "The new dimension stands in second place; a batch dimension comes first.": lambda: x.unsqueeze(1),
        "The sample was flattened: its own dimensions must stay.": x.reshape(1, -1),
        "Nothing was added: " + ("a first size of 1 may belong to the sample." if x.ndim and len(x) == 1 else
                                 "every sample needs the new dimension, and unsqueeze returns it."): x})


@check("add_batch_dim", points=1, hint="unsqueeze adds one dimension; 0 is the first place.")
def test_adds_in_front(student):
    """adds a size of 1 in front of a sample of two, three or four dimensions"""
    for shape in ((4, 5), (3, 6, 6), (2, 3, 4, 5)):
        compare_batched(student, torch.rand(shape))
    compare_batched(student, torch.randint(0, 255, (3, 2, 2), dtype=torch.uint8))
    compare_batched(student, torch.rand(2, 3, dtype=torch.float64))


@check("add_batch_dim", points=1, hint="No case needs a rule of its own: one call serves all shapes.")
def test_adds_to_any_shape(student):
    """does so for 0-dim, 1-D and empty samples, and where the first size is 1 already"""
    for shape in ((), (3,), (1,), (1, 4), (1, 1, 4), (0, 3)):
        compare_batched(student, torch.rand(shape))
    for x in (transposed(), permuted()):
        compare_batched(student, x)


# --------------------------------------------------------------------------------------------------------- hwc_to_chw


def compare_picture(student, image):
    want = image.permute(2, 0, 1)
    assert_equal(student.hwc_to_chw(image), want, mistakes={
        "Shape right, pixels mixed: permute moves axes, reshape recounts.": image.reshape(want.shape),
        "Height and width are exchanged: the picture lies on its side.": want.transpose(1, 2),
        "The axes went the other way round, as from (C, H, W) to (H, W, C).": image.permute(1, 2, 0),
        MEMORY_ORDER: memory_order(image, tuple(want.shape))})


@check("hwc_to_chw", points=2, hint="For each axis of the result, name the place where it stood: C at 2, H at 0, W at 1.")
def test_moves_colours_in_front(student):
    """keeps each pixel's colour: element [c, h, w] is the image's [h, w, c]"""
    for shape in ((4, 5, 3), (4, 4, 3), (3, 3, 3), (5, 2, 4)):
        compare_picture(student, torch.rand(shape))


@check("hwc_to_chw", points=1, hint="One call serves every picture; nothing is converted or squeezed.")
def test_moves_other_pictures(student):
    """serves uint8 and grey pictures, single pixels and pictures that are not contiguous"""
    compare_picture(student, torch.randint(0, 255, (4, 6, 3), dtype=torch.uint8))
    compare_picture(student, torch.rand(4, 6, 3, dtype=torch.float64))
    for shape in ((4, 5, 1), (1, 1, 3), (1, 5, 3)):
        compare_picture(student, torch.rand(shape))
    compare_picture(student, torch.rand(3, 4, 5).permute(1, 2, 0))
    compare_picture(student, torch.rand(8, 8, 3)[::2, 1:4])


# --------------------------------------------------------------------------------------------- batch_to_channels_last


def compare_batch(student, images):
    want = images.permute(0, 2, 3, 1)
    got = student.batch_to_channels_last(images)
    assert_equal(got, want.contiguous(), mistakes={
        "Shape right, pixels mixed: permute moves axes, reshape recounts.": images.reshape(want.shape),
        "Height and width are exchanged: the pictures lie on their side.": want.transpose(1, 2),
        "The axes went the other way round, as from (N, H, W, C) to (N, C, H, W).": images.permute(0, 3, 1, 2),
        "The shape is as before: memory_format changes strides, not axes.": images})
    return got


def expect_contiguous(got):
    expect(info(got).is_contiguous,
           "The values are right, but not in reading order in memory: permute only changes strides, .contiguous() comes after it.")


@check("batch_to_channels_last", points=1, hint="N stays, then H, W, C: where did each of them stand?")
def test_moves_colours_to_the_end(student):
    """keeps each pixel's colour: element [n, h, w, c] is the batch's [n, c, h, w]"""
    for shape in ((2, 3, 4, 5), (3, 3, 4, 4), (2, 2, 2, 2), (3, 3, 3, 3)):
        compare_batch(student, torch.rand(shape))


@check("batch_to_channels_last", points=1, hint="The copy into reading order comes last, after the axes have moved.")
def test_contiguous_in_memory(student):
    """is contiguous in memory"""
    for shape in ((2, 3, 4, 5), (1, 3, 4, 4), (3, 4, 2, 5), (2, 2, 3, 3)):
        expect_contiguous(compare_batch(student, torch.rand(shape)))
    expect_contiguous(compare_batch(student, torch.rand(2, 3, 4, 5).transpose(2, 3)))


@check("batch_to_channels_last", points=1, hint="One call serves every batch; nothing is converted or squeezed.")
def test_moves_other_batches(student):
    """serves uint8, grey and single pictures, and batches that are not contiguous"""
    compare_batch(student, torch.randint(0, 255, (2, 3, 4, 5), dtype=torch.uint8))
    compare_batch(student, torch.rand(2, 3, 2, 2, dtype=torch.float64))
    for shape in ((2, 1, 4, 5), (1, 3, 4, 5), (1, 1, 1, 1)):
        compare_batch(student, torch.rand(shape))
    compare_batch(student, torch.rand(2, 4, 5, 3).permute(0, 3, 1, 2))
    compare_batch(student, torch.rand(2, 3, 8, 8)[:, :, ::2, 1:4])
