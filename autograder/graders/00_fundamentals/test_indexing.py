"""Hidden checks of 00_fundamentals/indexing."""

import torch

from autograder.checks import assert_close, assert_equal, check, raises


def numbered(*shape, dtype=torch.float32):
    """Different whole numbers in random order, so that no two places can be confused."""
    return torch.randperm(torch.Size(shape).numel()).reshape(shape).to(dtype)


def coin_flips(*shape):
    return torch.randint(0, 2, shape).bool()


# --------------------------------------------------------------------------------------------------------- last_column

@check("last_column", hint="A colon keeps the rows; -1 is the last place whatever the size.")
def test_takes_the_last_column(student):
    """gives the last column of tall, wide and square matrices as a vector"""
    for shape in ((5, 3), (3, 6), (4, 4), (2, 3)):
        x = numbered(*shape)
        assert_equal(student.last_column(x), x[:, -1], mistakes={
            "That is the last row: a single index speaks for the first dimension.": x[-1],
            "The column still has two dimensions: a slice keeps its dimension, an int removes it.": x[:, -1:],
            "That is the first column.": x[:, 0],
            "That is the last column but one: places are counted from 0, so the last is c - 1, or -1.": x[:, -2],
            "That is column 2, the last one of three; take the last whatever their number.": x[:, 2],
        })


@check("last_column", hint="Name the dimension you drop; indexing keeps the dtype and takes any strides.")
def test_takes_it_from_any_matrix(student):
    """works for a single row, a single column, integers, bools and transposed views"""
    for x in (numbered(1, 4), numbered(3, 1), numbered(1, 1)):
        assert_equal(student.last_column(x), x[:, -1], mistakes={
            "Right for large matrices, but a matrix of one row lost its dimension: shape (1,) was expected, not ().":
                x[:, -1].squeeze(),
        })
    for x in (numbered(4, 3, dtype=torch.int64), coin_flips(40, 3), torch.randn(4, 2, dtype=torch.float64), numbered(3, 5).T):
        assert_equal(student.last_column(x), x[:, -1])


# --------------------------------------------------------------------------------------------------------------- block

@check("block", hint="Rows from top up to top + height, columns from left up to left + width.")
def test_cuts_the_rectangle(student):
    """gives the rectangle of height rows and width columns, in the dtype of x"""
    for dtype in (torch.float32, torch.int64):
        x = numbered(7, 9, dtype=dtype)
        for top, left, height, width in ((4, 3, 2, 1), (1, 2, 3, 4), (2, 1, 4, 2), (3, 5, 1, 3), (5, 6, 1, 1)):
            want = x[top:top + height, left:left + width]
            assert_equal(student.block(x, top, left, height, width), want, mistakes={
                "height and width are taken as the end of the rectangle; it ends at top + height and left + width.":
                    x[top:height, left:width],
                "Rows and columns are mixed up: top and height are rows, left and width columns.":
                    x[left:left + width, top:top + height],
                "The rectangle is one row and one column too large: the end of a slice is excluded.":
                    x[top:top + height + 1, left:left + width + 1],
                "The rectangle lost its dimensions of size 1.": want.squeeze(),
            })


@check("block", hint="A rectangle may touch every edge: its end may equal the size of x, which the slice excludes.")
def test_cuts_up_to_the_edges(student):
    """allows a rectangle to reach every edge, to be all of x, and x to be a view"""
    x = numbered(4, 6)
    for top, left, height, width in ((0, 0, 4, 6), (0, 0, 1, 1), (3, 5, 1, 1), (2, 0, 2, 6), (0, 4, 4, 2)):
        assert_equal(student.block(x, top, left, height, width), x[top:top + height, left:left + width])
    x = numbered(6, 3).T
    assert_equal(student.block(x, 1, 2, 2, 4), x[1:3, 2:6], what="the block of a view")
    x = coin_flips(9, 9)
    assert_equal(student.block(x, 1, 2, 7, 6), x[1:8, 2:8], what="the block of a bool matrix")


def assert_cut(student, x):
    assert_equal(student.block(x, 1, 2, 2, 1), x[1:3, 2:3])


def assert_refuses(student, x, place, why):
    with raises(ValueError, why):
        student.block(x, *place)


@check("block", hint="Slices are cut at the edge without a word: compare top + height and left + width with x.shape.")
def test_refuses_to_leave_at_the_end(student):
    """raises ValueError where the rectangle reaches below the last row or beyond the last column"""
    x = numbered(4, 6)
    assert_cut(student, x)
    assert_refuses(student, x, (2, 1, 3, 2), "the block reaches one row below x")
    assert_refuses(student, x, (1, 4, 2, 3), "the block reaches one column beyond x")
    assert_refuses(student, x, (4, 0, 1, 1), "the block starts below the last row")
    assert_refuses(student, x, (0, 6, 1, 1), "the block starts beyond the last column")
    assert_refuses(student, x, (0, 0, 5, 6), "the block has more rows than x")
    assert_refuses(student, x, (0, 0, 4, 7), "the block has more columns than x")
    assert_refuses(student, x, (9, 9, 2, 2), "the block lies outside x altogether")


@check("block", hint="A negative start counts from the end and gives another place, or nothing: test top < 0 and left < 0.")
def test_refuses_negative_starts(student):
    """raises ValueError for a negative top or left"""
    x = numbered(5, 6)
    assert_cut(student, x)
    assert_refuses(student, x, (-1, 0, 1, 2), "top is negative")
    assert_refuses(student, x, (0, -1, 2, 1), "left is negative")
    assert_refuses(student, x, (-3, 1, 2, 2), "top is negative")
    assert_refuses(student, x, (1, -4, 2, 2), "left is negative")
    assert_refuses(student, x, (-2, -2, 4, 4), "top and left are negative")


# ----------------------------------------------------------------------------------------------------------- pick_rows

def assert_picks(student, x, indices):
    assert_equal(student.pick_rows(x, indices), x[torch.tensor(indices)], mistakes={
        "The rows came back sorted; keep the order of the list.": lambda: x[torch.tensor(sorted(indices))],
        "Repeated rows came back once; a row counts as often as it is named.": lambda: x[torch.tensor(sorted(set(indices)))],
        "Those are columns; rows are the first dimension.": lambda: x[:, torch.tensor(indices)],
        "The list was read as a mask of 0 and 1; its numbers are places.": lambda: x[torch.tensor(indices).bool()],
        "A list of one index lost its dimension: shape (1, c) was expected.": lambda: x[indices[0]],
        "The indices were read as coordinates of one element; a tuple does that, a list does not.": lambda: x[tuple(indices)],
    })


@check("pick_rows", hint="x[indices] with a list takes whole rows.")
def test_picks_rows_in_order(student):
    """gives the rows in the order of the list, repeats included"""
    for shape, indices in (((5, 5), [4, 4, 0, 4, 2]), ((5, 3), [3, 0, 4, 1]), ((5, 3), [0, 1, 1, 0, 1]), ((5, 3), [2]),
                           ((5, 3), [1, 2])):
        assert_picks(student, numbered(*shape), indices)


@check("pick_rows", hint="torch.tensor([]) is float32, and stack needs at least one tensor: x[indices] needs neither.")
def test_picks_no_rows(student):
    """gives shape (0, c) in the dtype of x for an empty list"""
    for x in (numbered(4, 3), numbered(3, 2, dtype=torch.int64)):
        assert_equal(student.pick_rows(x, []), x[:0], what="the result for an empty list")
    x = numbered(4, 3)
    assert_equal(student.pick_rows(x, [1, 0]), x[torch.tensor([1, 0])])


@check("pick_rows", hint="Indexing keeps the dtype and takes any strides.")
def test_picks_from_any_matrix(student):
    """works for integers, bools, float64, a single row or column, and transposed views"""
    for x in (numbered(3, 4, dtype=torch.int64), coin_flips(3, 40), torch.randn(3, 2, dtype=torch.float64),
              numbered(4, 3).T, numbered(3, 1)):
        assert_equal(student.pick_rows(x, [2, 0, 2]), x[torch.tensor([2, 0, 2])])
    x = numbered(1, 4)
    assert_equal(student.pick_rows(x, [0, 0]), x.repeat(2, 1))


# --------------------------------------------------------------------------------------------------------------- above

@check("above", hint="x > threshold, not >=, used as an index into x.")
def test_takes_what_is_above(student):
    """gives the elements strictly above the threshold, in the order they stand in a vector"""
    for threshold in (4, 6.5, 11.0):
        x = numbered(20)
        mask = x > threshold
        assert_equal(student.above(x, threshold), x[mask], mistakes={
            "Elements equal to the threshold came along; strictly above was asked for.": x[x >= threshold],
            "That is the mask; use it as an index into x to get the elements.": mask,
            "Those are the places of the elements; the elements were asked for.": mask.nonzero().squeeze(1),
            "The others became 0; they should be left out.": torch.where(mask, x, 0),
            "The elements came back sorted; keep their order.": x[mask].sort().values,
            "Those are the elements below the threshold.": x[x < threshold],
        })
    x = -numbered(9)
    assert_equal(student.above(x, -3), x[x > -3], what="the result for negative numbers", mistakes={
        "Signs count: -5 is not above -3.": x[x.abs() > 3],
    })


@check("above", hint="A mask as index gives 1-D for any number of elements: no squeeze, no item.")
def test_takes_none_or_one(student):
    """gives 1-D also for no element and for one, in the dtype of x"""
    for dtype in (torch.float32, torch.int64):
        x = numbered(6, dtype=dtype)
        assert_equal(student.above(x, 100), x[:0], what="the result for no element")
        assert_equal(student.above(x, 4), x[x > 4], what="the result for one element")
        assert_equal(student.above(x[:0], 0), x[:0], what="the result for an empty x")
        assert_equal(student.above(x, -1), x, what="the result for all elements")


@check("above", hint="One bool tensor of the shape of x indexes x, whatever that shape is.")
def test_takes_from_any_shape(student):
    """reads tensors of more dimensions row after row, also views, and compares integers with floats"""
    for x in (numbered(4, 5), numbered(2, 3, 4), numbered(5, 4).T, numbered(3, 8)[:, ::2], numbered(6, 1)):
        assert_equal(student.above(x, 8), x[x > 8])
    x = numbered(12, dtype=torch.int64)
    assert_equal(student.above(x, 4.5), x[x > 4.5], what="the result for integers")
    x = -x
    assert_equal(student.above(x, -4.5), x[x > -4.5], what="the result for negative integers", mistakes={
        "The threshold lost its fraction: integers can be compared with floats.": x[x > -4],
    })
    x = torch.randn(10, dtype=torch.float64)
    assert_equal(student.above(x, 0), x[x > 0], what="the float64 result")


# ------------------------------------------------------------------------------------------------------ clip_negatives

@check("clip_negatives", hint="torch.where, masked_fill or clamp build a new tensor.")
def test_clips_negatives(student):
    """replaces negative elements by 0 and leaves the others, and the input, as they are"""
    mixed = torch.cat([torch.tensor([0.5, -0.5, 3.0, -3.0, 0.0]), torch.randn(25) * 4])
    for x in (mixed, torch.randn(5, 6) * 9, -torch.rand(2, 3, 2) - 1, torch.rand(4) + 2):
        assert_equal(student.clip_negatives(x), x.clamp(min=0), mistakes={
            "Negative elements lost their sign; they should become 0.": x.abs(),
            "Negative elements are left out; they should become 0.": x[x >= 0],
            "Large elements are clipped, too; only negative ones should change.": x.clamp(0, 1),
            "That is 1 where x is positive; positive elements keep their value.": (x > 0).float(),
            "The positive elements are clipped; the negative ones should be.": x.clamp(max=0),
        })


@check("clip_negatives", hint="A mixture of ints and floats is float: take 0 from x's own dtype, or clamp.")
def test_clips_other_dtypes(student):
    """keeps the dtype: int64, int32, float64"""
    for dtype in (torch.int64, torch.int32, torch.float64):
        x = (torch.randn(20) * 50).to(dtype)
        assert_equal(student.clip_negatives(x), x.clamp(min=0))


@check("clip_negatives", hint="`y = x` and `y = x[:]` share x's memory; x.clone() does not.")
def test_clips_views_and_nothing(student):
    """works for transposed and strided views, and for no elements or one"""
    x = torch.randn(4, 6)
    for view in (x.T, x[:, ::2], x[1], torch.zeros(0), torch.zeros(0, 3), torch.tensor([-2.0])):
        assert_equal(student.clip_negatives(view), view.clamp(min=0))


# --------------------------------------------------------------------------------------------------- true_class_scores

def true_scores(scores, labels):
    """The oracle."""
    return torch.stack([scores[i, label] for i, label in enumerate(labels.tolist())])


def assert_scores(student, scores, labels):
    assert_close(student.true_class_scores(scores, labels), true_scores(scores, labels), mistakes={
        "Every row met every label, n x n; take row i with label i only.": lambda: scores[:, labels],
        "Those are whole rows, picked by label; labels are columns.": lambda: scores[labels],
        "Those are the largest scores; a sample's true class need not have its largest.": lambda: scores.amax(dim=1),
        "The scores are still a column (n, 1): squeeze(1) after gather.": lambda: scores.gather(1, labels[:, None]),
        "Label and row are swapped: the label is the column.": lambda: scores[labels, torch.arange(len(labels))],
        "Only the scores on the diagonal came back; column i is not row i's label.": scores.diagonal(),
        "The first label was used for every row.": lambda: scores[:, labels[0]],
    })


@check("true_class_scores", points=2, hint="Read row numbers and labels in pairs, or gather along dimension 1.")
def test_takes_the_score_at_the_label(student):
    """gives scores[i, labels[i]] for every row i, shape (n,)"""
    for n, c in ((5, 5), (7, 4), (4, 6)):
        scores, labels = torch.randn(n, c), torch.randint(0, min(n, c), (n,))
        labels[:3] = torch.tensor([1, 0, 1])
        assert_scores(student, scores, labels)


@check("true_class_scores", hint="squeeze(1), never squeeze(): a batch of one keeps its dimension.")
def test_takes_it_from_small_batches(student):
    """works for a batch of one and for a single class"""
    scores, labels = torch.randn(1, 4), torch.tensor([2])
    assert_close(student.true_class_scores(scores, labels), scores[:, 2], mistakes={
        "Right for larger batches, but a batch of one lost its dimension: shape (1,) was expected, not ().":
            lambda: scores[0, 2],
    })
    scores = torch.randn(5, 1)
    assert_close(student.true_class_scores(scores, torch.zeros(5, dtype=torch.int64)), scores[:, 0])


@check("true_class_scores", hint="Indexing keeps the dtype of scores and takes any strides.")
def test_takes_it_from_any_scores(student):
    """keeps float64, takes views, negative scores, the last class and equal labels"""
    labels = torch.tensor([2, 0, 1, 2, 2])
    strided = torch.stack([labels, labels + 1], dim=1)[:, 0]
    for scores in (torch.randn(5, 3, dtype=torch.float64), torch.randn(3, 5).T, -torch.rand(5, 3) - 1):
        for chosen in (labels, strided, torch.full((5,), 2)):
            assert_close(student.true_class_scores(scores, chosen), true_scores(scores, chosen))
