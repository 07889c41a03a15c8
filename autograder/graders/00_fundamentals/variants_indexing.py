"""Right and wrong answers to 00_fundamentals/indexing."""

import numpy as np
import torch

from autograder.checks import says

# --------------------------------------------------------------------------------------------------------- last_column

def right_last_column_ellipsis(x):
    return x[..., -1]


def right_last_column_select(x):
    return x.select(1, x.shape[1] - 1)


def right_last_column_transpose(x):
    return x.T[-1].clone()


def right_last_column_loop(x):
    return torch.stack([row[-1] for row in x])


def right_last_column_squeeze(x):
    return x[:, -1:].squeeze(dim=1)


def right_last_column_numpy(x):
    return torch.from_numpy(x.numpy()[:, -1].copy())


def right_last_column_unbind(x):
    return x.unbind(dim=1)[-1]


@says("last row")
def wrong_last_column_row(x):
    return x[-1]


@says("a slice keeps its dimension")
def wrong_last_column_slice(x):
    return x[:, -1:]


@says("first column")
def wrong_last_column_first(x):
    return x[:, 0]


@says("last column but one")
def wrong_last_column_off_by_one(x):
    return x[:, x.shape[1] - 2]


@says("column 2")
def wrong_last_column_hard_coded(x):
    return x[:, min(2, x.shape[1] - 1)]


@says("lost its dimension")
def wrong_last_column_squeeze(x):
    return x[:, -1:].squeeze()


def wrong_last_column_rows_for_columns(x):
    return x[:, x.shape[0] - 1]


def wrong_last_column_list(x):
    return [row[-1].item() for row in x]


def wrong_last_column_float(x):
    return torch.tensor([float(row[-1]) for row in x])


def wrong_last_column_view(x):
    return x.view(-1)[x.shape[1] - 1::x.shape[1]]


def wrong_last_column_memory(x):
    n, c = x.shape
    return torch.as_strided(x, (n,), (c,), c - 1)


def wrong_last_column_zeroes_it(x):
    column = x[:, -1].clone()
    x[:, -1] = 0
    return column


# --------------------------------------------------------------------------------------------------------------- block

def right_block_narrow(x, top, left, height, width):
    n, c = x.shape
    if not (top >= 0 and top + height <= n and left >= 0 and left + width <= c):
        raise ValueError("outside")
    return x.narrow(0, top, height).narrow(1, left, width)


def right_block_shape_test(x, top, left, height, width):
    if top < 0 or left < 0:
        raise ValueError("negative start")
    result = x[top:top + height, left:left + width]
    if result.shape != (height, width):
        raise ValueError("outside")
    return result.clone()


def right_block_index_lists(x, top, left, height, width):
    rows, columns = range(top, top + height), range(left, left + width)
    if rows[0] < 0 or columns[0] < 0 or rows[-1] >= len(x) or columns[-1] >= x.shape[1]:
        raise ValueError("outside")
    return x[list(rows)][:, list(columns)]


def right_block_loop(x, top, left, height, width):
    if min(top, left) < 0:
        raise ValueError("negative start")
    out = torch.empty(height, width, dtype=x.dtype)
    try:
        for i in range(height):
            for j in range(width):
                out[i, j] = x[top + i, left + j]
    except IndexError as error:
        raise ValueError("outside") from error
    return out


class _Outside(ValueError):
    pass


def right_block_own_error(x, top, left, height, width):
    bottom, right = top + height, left + width
    for start, end, size in ((top, bottom, x.size(0)), (left, right, x.size(1))):
        if start < 0 or end > size:
            raise _Outside(f"{start}:{end} of {size}")
    return x[top:bottom][:, left:right]


def wrong_block_unchecked(x, top, left, height, width):
    return x[top:top + height, left:left + width]


@says("taken as the end")
def wrong_block_sizes_as_ends(x, top, left, height, width):
    if top < 0 or left < 0 or top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:height, left:width]


@says("rows and columns are mixed up")
def wrong_block_swapped(x, top, left, height, width):
    if top < 0 or left < 0 or top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[left:left + width, top:top + height]


def wrong_block_swapped_bounds(x, top, left, height, width):
    if top < 0 or left < 0 or top + height > x.shape[1] or left + width > x.shape[0]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


@says("one row and one column too large")
def wrong_block_inclusive(x, top, left, height, width):
    if top < 0 or left < 0 or top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height + 1, left:left + width + 1]


@says("lost its dimensions of size 1")
def wrong_block_squeezed(x, top, left, height, width):
    if top < 0 or left < 0 or top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width].squeeze()


@says("negative")
def wrong_block_negative_starts(x, top, left, height, width):
    if top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


@says("top is negative")
def wrong_block_negative_top(x, top, left, height, width):
    if left < 0 or top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


@says("left is negative")
def wrong_block_negative_left(x, top, left, height, width):
    if top < 0 or top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


def wrong_block_wraps(x, top, left, height, width):
    top, left = top % max(x.shape[0], 1), left % max(x.shape[1], 1)
    if top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


@says("one row below")
def wrong_block_rows_unchecked(x, top, left, height, width):
    if top < 0 or left < 0 or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


@says("one column beyond")
def wrong_block_columns_unchecked(x, top, left, height, width):
    if top < 0 or left < 0 or top + height > x.shape[0]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


def wrong_block_checks_starts_only(x, top, left, height, width):
    if not (0 <= top < x.shape[0] and 0 <= left < x.shape[1]):
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


def wrong_block_edge_refused(x, top, left, height, width):
    if top < 0 or left < 0 or top + height >= x.shape[0] or left + width >= x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


def wrong_block_off_by_one_allowed(x, top, left, height, width):
    if top < 0 or left < 0 or top + height > x.shape[0] + 1 or left + width > x.shape[1] + 1:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


def wrong_block_index_error(x, top, left, height, width):
    if top < 0 or left < 0 or top + height > x.shape[0] or left + width > x.shape[1]:
        raise IndexError("outside")
    return x[top:top + height, left:left + width]


def wrong_block_narrow(x, top, left, height, width):
    return x.narrow(0, top, height).narrow(1, left, width)


def wrong_block_zero_start_refused(x, top, left, height, width):
    if top <= 0 or left <= 0 or top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


def wrong_block_float(x, top, left, height, width):
    if top < 0 or left < 0 or top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    out = torch.zeros(height, width)
    out[:] = x[top:top + height, left:left + width]
    return out


def wrong_block_clamps(x, top, left, height, width):
    top, left = max(top, 0), max(left, 0)
    if top + height > x.shape[0] or left + width > x.shape[1]:
        raise ValueError("outside")
    return x[top:top + height, left:left + width]


# ----------------------------------------------------------------------------------------------------------- pick_rows

def right_pick_rows_index_select(x, indices):
    return x.index_select(0, torch.tensor(indices, dtype=torch.int64))


def right_pick_rows_tensor(x, indices):
    return x[torch.tensor(indices, dtype=torch.long), :]


def right_pick_rows_stack(x, indices):
    if not indices:
        return x[:0]
    return torch.stack([x[i] for i in indices])


def right_pick_rows_copy_loop(x, indices):
    out = torch.empty(len(indices), x.shape[1], dtype=x.dtype, device=x.device)
    for k, i in enumerate(indices):
        out[k] = x[i]
    return out


def right_pick_rows_cat(x, indices):
    return torch.cat([x[:0]] + [x[i:i + 1] for i in indices])


def right_pick_rows_numpy(x, indices):
    return torch.from_numpy(x.numpy()[np.array(indices, dtype=np.int64)])


def right_pick_rows_gather(x, indices):
    places = torch.tensor(indices, dtype=torch.int64).unsqueeze(1).expand(-1, x.shape[1])
    return torch.gather(x, 0, places)


@says("sorted")
def wrong_pick_rows_sorted(x, indices):
    return x[sorted(indices)]


@says("came back once")
def wrong_pick_rows_set(x, indices):
    return x[sorted(set(indices))]


def wrong_pick_rows_first_seen(x, indices):
    return x[list(dict.fromkeys(indices))]


@says("those are columns")
def wrong_pick_rows_columns(x, indices):
    return x[:, indices]


@says("read as a mask")
def wrong_pick_rows_mask(x, indices):
    mask = torch.tensor(indices).bool()
    return x[mask] if len(mask) == len(x) else x[indices]


@says("lost its dimension")
def wrong_pick_rows_single_row(x, indices):
    return x[indices[0]] if len(indices) == 1 else x[indices]


@says("coordinates")
def wrong_pick_rows_tuple(x, indices):
    return x[tuple(indices)] if len(indices) == 2 else x[indices]


def wrong_pick_rows_empty_float_index(x, indices):
    return x[torch.tensor(indices)]


def wrong_pick_rows_empty_stack(x, indices):
    return torch.stack([x[i] for i in indices])


def wrong_pick_rows_empty_float32(x, indices):
    return x[indices] if indices else torch.zeros(0, x.shape[1])


def wrong_pick_rows_empty_vector(x, indices):
    return x[indices] if indices else torch.tensor([], dtype=x.dtype)


def wrong_pick_rows_empty_everything(x, indices):
    return x[indices or slice(None)]


def wrong_pick_rows_float(x, indices):
    out = torch.zeros(len(indices), x.shape[1])
    for k, i in enumerate(indices):
        out[k] = x[i]
    return out


def wrong_pick_rows_mask_by_membership(x, indices):
    return x[torch.tensor([i in indices for i in range(len(x))], dtype=torch.bool)]


def wrong_pick_rows_list(x, indices):
    return [x[i] for i in indices]


def wrong_pick_rows_pops(x, indices):
    rows = [x[:0]]
    while indices:
        rows.append(x[indices.pop(0)][None])
    return torch.cat(rows)


def wrong_pick_rows_one_based(x, indices):
    return x[[i - 1 for i in indices]]


# --------------------------------------------------------------------------------------------------------------- above

def right_above_masked_select(x, threshold):
    return torch.masked_select(x, x > threshold)


def right_above_gt(x, threshold):
    return x[x.gt(threshold)].clone()


def right_above_nonzero(x, threshold):
    flat = x.reshape(-1)
    return flat[(flat > threshold).nonzero(as_tuple=True)[0]]


def right_above_list(x, threshold):
    return torch.tensor([v for v in x.flatten().tolist() if v > threshold], dtype=x.dtype)


def right_above_numpy(x, threshold):
    a = x.numpy()
    return torch.from_numpy(a[a > threshold])


def right_above_where(x, threshold):
    return x[torch.where(x > threshold)]


@says("strictly above")
def wrong_above_or_equal(x, threshold):
    return x[x >= threshold]


@says("that is the mask")
def wrong_above_mask(x, threshold):
    return x > threshold


@says("places")
def wrong_above_places(x, threshold):
    return torch.where(x.flatten() > threshold)[0]


@says("became 0")
def wrong_above_zeroes(x, threshold):
    return torch.where(x > threshold, x, torch.zeros_like(x))


@says("sorted")
def wrong_above_sorted(x, threshold):
    return x[x > threshold].sort().values


@says("below the threshold")
def wrong_above_below(x, threshold):
    return x[x < threshold]


@says("signs count")
def wrong_above_absolute(x, threshold):
    return x[x.abs() > abs(threshold)]


@says("lost its fraction")
def wrong_above_integer_threshold(x, threshold):
    return x[x > torch.tensor(threshold).to(x.dtype)]


def wrong_above_squeeze(x, threshold):
    return x[x > threshold].squeeze()


def wrong_above_nonzero_squeeze(x, threshold):
    flat = x.flatten()
    return flat[(flat > threshold).nonzero().squeeze()]


def wrong_above_list_dtype(x, threshold):
    return torch.tensor([v for v in x.flatten().tolist() if v > threshold])


def wrong_above_float32(x, threshold):
    return torch.tensor([v for v in x.flatten().tolist() if v > threshold], dtype=torch.float32)


def wrong_above_one_dim_only(x, threshold):
    return torch.stack([v for v in x if v > threshold]) if (x > threshold).any() else x[:0]


def wrong_above_unique(x, threshold):
    return x[x > threshold].flip(0)


def wrong_above_python_list(x, threshold):
    return [v for v in x.flatten().tolist() if v > threshold]


def wrong_above_memory_order(x, threshold):
    flat = torch.as_strided(x, (x.numel(),), (1,), x.storage_offset()) if x.stride()[:1] == (1,) else x
    return flat[flat > threshold]


def wrong_above_view(x, threshold):
    flat = x.view(-1)
    return flat[flat > threshold]


def wrong_above_none_is_none(x, threshold):
    found = x[x > threshold]
    return found if len(found) else None


def wrong_above_rows(x, threshold):
    return x[x > threshold] if x.dim() == 1 else x[(x > threshold).any(dim=-1)]


# ------------------------------------------------------------------------------------------------------ clip_negatives

def right_clip_negatives_where(x):
    return torch.where(x < 0, torch.zeros_like(x), x)


def right_clip_negatives_copy(x):
    y = x.clone()
    y[y < 0] = 0
    return y


def right_clip_negatives_relu(x):
    return torch.relu(x)


def right_clip_negatives_masked_fill(x):
    return x.masked_fill(x < 0, 0)


def right_clip_negatives_maximum(x):
    return torch.maximum(x, torch.zeros((), dtype=x.dtype))


def right_clip_negatives_multiply(x):
    return x * (x > 0)


def right_clip_negatives_same_object(x):
    return x.clamp(min=0) if (x < 0).any() else x


def right_clip_negatives_numpy(x):
    return torch.from_numpy(np.maximum(x.numpy(), 0))


@says("changed its input")
def wrong_clip_negatives_in_place(x):
    x[x < 0] = 0
    return x


@says("changed its input")
def wrong_clip_negatives_alias(x):
    y = x
    y[y < 0] = 0
    return y


@says("changed its input")
def wrong_clip_negatives_slice_alias(x):
    y = x.view_as(x)
    y.clamp_(min=0)
    return y


@says("changed its input")
def wrong_clip_negatives_relu_in_place(x):
    return torch.nn.functional.relu(x, inplace=True)


@says("lost their sign")
def wrong_clip_negatives_abs(x):
    return x.abs()


@says("left out")
def wrong_clip_negatives_dropped(x):
    return x[x >= 0]


@says("large elements are clipped")
def wrong_clip_negatives_unit(x):
    return x.clamp(0, 1)


@says("1 where x is positive")
def wrong_clip_negatives_sign(x):
    return (x > 0).to(x.dtype)


@says("positive elements are clipped")
def wrong_clip_negatives_max(x):
    return x.clamp(max=0)


def wrong_clip_negatives_where_float(x):
    return torch.where(x < 0, 0.0, x)


def wrong_clip_negatives_half_sum(x):
    return (x + x.abs()) / 2


def wrong_clip_negatives_float(x):
    return torch.relu(x.float())


def wrong_clip_negatives_leaky(x):
    return torch.where(x < 0, x / 100, x).to(x.dtype)


def wrong_clip_negatives_minus_one(x):
    return torch.where(x < -1, torch.zeros_like(x), x)


def wrong_clip_negatives_flat(x):
    return torch.tensor([max(v, 0) for v in x.flatten().tolist()], dtype=x.dtype)


def wrong_clip_negatives_view(x):
    return x.view(-1).clamp(min=0).view(x.shape)


def wrong_clip_negatives_truncates(x):
    return x.long().clamp(min=0).to(x.dtype)


def wrong_clip_negatives_rows(x):
    y = x.clone()
    if x.dim():
        y[(x < 0).any(dim=-1)] = 0
    return y


# --------------------------------------------------------------------------------------------------- true_class_scores

def right_true_class_scores_pairs(scores, labels):
    return scores[torch.arange(len(labels)), labels]


def right_true_class_scores_range(scores, labels):
    return scores[range(scores.shape[0]), labels]


def right_true_class_scores_gather_select(scores, labels):
    return torch.gather(scores, 1, labels.unsqueeze(-1))[:, 0]


def right_true_class_scores_loop(scores, labels):
    return torch.stack([row[label] for row, label in zip(scores, labels, strict=True)])


def right_true_class_scores_diagonal(scores, labels):
    return scores[:, labels].diagonal()


def right_true_class_scores_mask(scores, labels):
    return scores[labels[:, None] == torch.arange(scores.shape[1])]


def right_true_class_scores_one_hot(scores, labels):
    hot = torch.nn.functional.one_hot(labels, scores.shape[1]).to(scores.dtype)
    return (scores * hot).sum(dim=1)


def right_true_class_scores_flat(scores, labels):
    n, c = scores.shape
    return scores.reshape(-1)[torch.arange(n) * c + labels]


def right_true_class_scores_numpy(scores, labels):
    return torch.from_numpy(scores.numpy()[np.arange(len(labels)), labels.numpy()])


def right_true_class_scores_nll(scores, labels):
    return -torch.nn.functional.nll_loss(scores, labels, reduction="none")


def right_true_class_scores_take(scores, labels):
    return torch.take_along_dim(scores, labels.view(-1, 1) if labels.is_contiguous() else labels[:, None], 1).squeeze(-1)


@says("every row met every label")
def wrong_true_class_scores_all_pairs(scores, labels):
    return scores[:, labels]


@says("whole rows")
def wrong_true_class_scores_rows(scores, labels):
    return scores[labels]


@says("largest scores")
def wrong_true_class_scores_max(scores, labels):
    return scores.max(dim=1).values


@says("still a column")
def wrong_true_class_scores_column(scores, labels):
    return scores.gather(1, labels[:, None])


@says("swapped")
def wrong_true_class_scores_swapped(scores, labels):
    return scores[labels, torch.arange(len(labels))]


@says("diagonal")
def wrong_true_class_scores_plain_diagonal(scores, labels):
    return scores.diagonal()


@says("a batch of one lost its dimension")
def wrong_true_class_scores_squeeze(scores, labels):
    return scores.gather(1, labels[:, None]).squeeze()


@says("first label")
def wrong_true_class_scores_first_label(scores, labels):
    return scores[:, labels[0]]


def wrong_true_class_scores_sum(scores, labels):
    return scores[torch.arange(len(labels)), labels].sum()


def wrong_true_class_scores_negative(scores, labels):
    return -scores[torch.arange(len(labels)), labels]


def wrong_true_class_scores_float32(scores, labels):
    return torch.tensor([float(scores[i, y]) for i, y in enumerate(labels)])


def wrong_true_class_scores_list(scores, labels):
    return [scores[i, y].item() for i, y in enumerate(labels.tolist())]


def wrong_true_class_scores_one_based(scores, labels):
    return scores[torch.arange(len(labels)), labels - 1]


def wrong_true_class_scores_gather_rows(scores, labels):
    return scores.gather(0, labels[None].clamp(max=len(scores) - 1)[:, :scores.shape[1]])[0]


def wrong_true_class_scores_view(scores, labels):
    n, c = scores.shape
    return scores.view(-1)[torch.arange(n) * c + labels]


def wrong_true_class_scores_softmax(scores, labels):
    return scores.double().softmax(dim=1).to(scores.dtype)[torch.arange(len(labels)), labels]


def wrong_true_class_scores_nonzero_mask(scores, labels):
    hot = torch.nn.functional.one_hot(labels, scores.shape[1]).to(scores.dtype)
    return (scores * hot).max(dim=1).values
