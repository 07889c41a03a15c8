"""Right and wrong answers to 02_classification/metrics."""

from fractions import Fraction

import numpy as np
import torch

from autograder.checks import says

# ----------------------------------------------------------------------------------------------------------- accuracy


def right_accuracy_mean(predictions, labels):
    if predictions.shape != labels.shape:
        raise ValueError("shapes differ")
    if labels.numel() == 0:
        return 0.0
    return torch.eq(predictions, labels).float().mean().item()


def right_accuracy_loop(predictions, labels):
    if predictions.size(0) != labels.size(0):
        raise ValueError(f"{predictions.size(0)} != {labels.size(0)}")
    right = 0
    for p, t in zip(predictions.tolist(), labels.tolist(), strict=True):
        right += p == t
    return right / max(1, len(labels))


def right_accuracy_numpy(predictions, labels):
    a, b = predictions.numpy(), labels.numpy()
    if len(a) != len(b):
        raise ValueError("lengths")
    return float(np.mean(a == b)) if len(a) else 0.0


def _accuracy(predictions, labels):
    if len(predictions) != len(labels):
        raise ValueError("lengths")
    return (predictions == labels).float().mean().item() if len(labels) else 0.0


@says("per cent")
def wrong_accuracy_per_cent(predictions, labels):
    return 100 * _accuracy(predictions, labels)


@says("nan")
def wrong_accuracy_nan(predictions, labels):
    if len(predictions) != len(labels):
        raise ValueError
    return (predictions == labels).float().mean().item()


def wrong_accuracy_divides_by_zero(predictions, labels):
    if len(predictions) != len(labels):
        raise ValueError
    return (predictions == labels).sum().item() / len(labels)


def wrong_accuracy_empty_is_one(predictions, labels):
    return _accuracy(predictions, labels) if len(labels) or len(predictions) else 1.0


@says("broadcasts")
def wrong_accuracy_no_check(predictions, labels):
    try:
        same = predictions == labels
    except RuntimeError as error:
        raise ValueError(str(error)) from None
    return same.float().mean().item() if len(same) else 0.0


@says("ValueError")
def wrong_accuracy_runtime_error(predictions, labels):
    return (predictions == labels).float().mean().item() if len(labels) else 0.0


@says("ValueError")
def wrong_accuracy_empty_first(predictions, labels):
    if len(predictions) == 0 or len(labels) == 0:
        return 0.0
    return _accuracy(predictions, labels)


@says("ValueError")
def wrong_accuracy_asserts(predictions, labels):
    assert len(predictions) == len(labels)
    return _accuracy(predictions, labels)


def wrong_accuracy_cuts_to_the_shorter(predictions, labels):
    n = min(len(predictions), len(labels))
    return _accuracy(predictions[:n], labels[:n])


@says("tensor")
def wrong_accuracy_tensor(predictions, labels):
    if len(predictions) != len(labels):
        raise ValueError
    return (predictions == labels).float().mean()


@says("share of wrong")
def wrong_accuracy_error_rate(predictions, labels):
    return 1 - _accuracy(predictions, labels) if len(labels) else _accuracy(predictions, labels)


@says("number of right")
def wrong_accuracy_count(predictions, labels):
    if len(predictions) != len(labels):
        raise ValueError
    return (predictions == labels).sum().item()


@says("every prediction with every label")
def wrong_accuracy_all_pairs(predictions, labels):
    _accuracy(predictions, labels)
    return (predictions[:, None] == labels).float().mean().item() if len(labels) else 0.0


def wrong_accuracy_int_labels_only(predictions, labels):
    if len(predictions) != len(labels):
        raise ValueError
    return ((predictions - labels) == 0).sum().item() / len(labels) if len(labels) else 0.0


def wrong_accuracy_rounded(predictions, labels):
    return round(_accuracy(predictions, labels), 1)


# --------------------------------------------------------------------------------------------------- confusion_matrix


def right_confusion_matrix_loop(predictions, labels, num_classes):
    matrix = torch.zeros((num_classes, num_classes), dtype=torch.long)
    for p, t in zip(predictions, labels, strict=True):
        matrix[t, p] += 1
    return matrix


def right_confusion_matrix_index_put(predictions, labels, num_classes):
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    return matrix.index_put_((labels, predictions), torch.ones_like(labels), accumulate=True)


def right_confusion_matrix_one_hot(predictions, labels, num_classes):
    true = (labels[:, None] == torch.arange(num_classes)).long()
    guess = (predictions[:, None] == torch.arange(num_classes)).long()
    return true.T @ guess


def right_confusion_matrix_comparisons(predictions, labels, num_classes):
    rows = []
    for t in range(num_classes):
        rows.append([int(((labels == t) & (predictions == p)).sum()) for p in range(num_classes)])
    return torch.tensor(rows)


def right_confusion_matrix_numpy(predictions, labels, num_classes):
    matrix = np.zeros((num_classes, num_classes), dtype=np.int64)
    np.add.at(matrix, (labels.numpy(), predictions.numpy()), 1)
    return torch.from_numpy(matrix)


def _matrix(predictions, labels, num_classes):
    return torch.bincount(labels * num_classes + predictions, minlength=num_classes ** 2).reshape(num_classes, num_classes)


@says("swapped")
def wrong_confusion_matrix_transposed(predictions, labels, num_classes):
    return _matrix(labels, predictions, num_classes)


@says("once")
def wrong_confusion_matrix_no_accumulation(predictions, labels, num_classes):
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    matrix[labels, predictions] += 1
    return matrix


@says("whole numbers")
def wrong_confusion_matrix_float(predictions, labels, num_classes):
    return _matrix(predictions, labels, num_classes).float()


def wrong_confusion_matrix_int32(predictions, labels, num_classes):
    return _matrix(predictions, labels, num_classes).int()


@says("shares of each row")
def wrong_confusion_matrix_shares(predictions, labels, num_classes):
    matrix = _matrix(predictions, labels, num_classes).float()
    return matrix / matrix.sum(dim=1, keepdim=True)


@says("num_classes by num_classes")
def wrong_confusion_matrix_largest_label(predictions, labels, num_classes):
    size = int(torch.cat([predictions, labels]).max()) + 1 if len(labels) else num_classes
    return _matrix(predictions, labels, size)


def wrong_confusion_matrix_present_classes(predictions, labels, num_classes):
    names = torch.cat([predictions, labels]).unique()
    return torch.stack([torch.stack([((labels == t) & (predictions == p)).sum() for p in names]) for t in names]) if len(
        names) else torch.zeros(num_classes, num_classes, dtype=torch.int64)


def wrong_confusion_matrix_short_count(predictions, labels, num_classes):
    counts = torch.bincount(labels * num_classes + predictions)
    return counts.reshape(num_classes, -1)


@says("diagonal")
def wrong_confusion_matrix_right_only(predictions, labels, num_classes):
    return torch.diag(torch.bincount(labels[labels == predictions], minlength=num_classes))


def wrong_confusion_matrix_empty(predictions, labels, num_classes):
    if labels.max() >= num_classes:
        raise ValueError
    return _matrix(predictions, labels, num_classes)


def wrong_confusion_matrix_starts_at_one(predictions, labels, num_classes):
    return _matrix(predictions, labels, num_classes) + 1


def wrong_confusion_matrix_list(predictions, labels, num_classes):
    return _matrix(predictions, labels, num_classes).tolist()


# ------------------------------------------------------------------------------------------------ precision_recall_f1


def right_precision_recall_f1_harmonic(matrix):
    tp = matrix.diag().float()
    precision = torch.where(matrix.sum(0) > 0, tp / matrix.sum(0), torch.zeros_like(tp))
    recall = torch.where(matrix.sum(1) > 0, tp / matrix.sum(1), torch.zeros_like(tp))
    f1 = 2 * precision * recall / (precision + recall)
    return {"precision": precision, "recall": recall, "f1": torch.nan_to_num(f1, nan=0.0)}


def right_precision_recall_f1_loop(matrix):
    rows = matrix.tolist()
    classes = range(len(rows))
    result = {"precision": [], "recall": [], "f1": []}
    for c in classes:
        tp = rows[c][c]
        fp, fn = sum(rows[r][c] for r in classes) - tp, sum(rows[c]) - tp
        p = tp / (tp + fp) if tp + fp else 0.0
        r = tp / (tp + fn) if tp + fn else 0.0
        result["precision"].append(p)
        result["recall"].append(r)
        result["f1"].append(2 * p * r / (p + r) if p + r else 0.0)
    return {key: torch.tensor(values) for key, values in result.items()}


def right_precision_recall_f1_nan_to_num(matrix):
    m = matrix.to(torch.float32)
    tp = torch.diagonal(m)
    p = (tp / m.sum(dim=0)).nan_to_num()
    r = (tp / m.sum(dim=1)).nan_to_num()
    return dict(recall=r, precision=p, f1=(2 * p * r / (p + r)).nan_to_num())


def right_precision_recall_f1_counts(matrix):
    tp = matrix.diagonal()
    fp, fn = matrix.sum(0) - tp, matrix.sum(1) - tp

    def divide(a, b):
        out = torch.zeros(len(a))
        out[b != 0] = (a / b)[b != 0]
        return out

    return {"precision": divide(tp, tp + fp), "recall": divide(tp, tp + fn), "f1": divide(2 * tp, 2 * tp + fp + fn)}


def _scores(matrix):
    tp, column, row = matrix.diagonal(), matrix.sum(0), matrix.sum(1)
    return {"precision": tp / column.clamp(min=1), "recall": tp / row.clamp(min=1), "f1": 2 * tp / (column + row).clamp(min=1)}


@says("swapped")
def wrong_precision_recall_f1_swapped(matrix):
    s = _scores(matrix)
    return {"precision": s["recall"], "recall": s["precision"], "f1": s["f1"]}


@says("nan")
def wrong_precision_recall_f1_nan(matrix):
    tp = matrix.diagonal()
    p, r = tp / matrix.sum(0), tp / matrix.sum(1)
    return {"precision": p, "recall": r, "f1": 2 * p * r / (p + r)}


@says("nan")
def wrong_precision_recall_f1_nan_f1(matrix):
    s = _scores(matrix)
    p, r = s["precision"], s["recall"]
    return s | {"f1": 2 * p * r / (p + r)}


@says("nan")
def wrong_precision_recall_f1_nan_recall(matrix):
    return _scores(matrix) | {"recall": matrix.diagonal() / matrix.sum(1)}


@says("nan")
def wrong_precision_recall_f1_nan_precision(matrix):
    return _scores(matrix) | {"precision": matrix.diagonal() / matrix.sum(0)}


def wrong_precision_recall_f1_one_if_undefined(matrix):
    s = _scores(matrix)
    return s | {"recall": torch.where(matrix.sum(1) == 0, 1.0, s["recall"])}


@says("plain mean")
def wrong_precision_recall_f1_mean(matrix):
    s = _scores(matrix)
    return s | {"f1": (s["precision"] + s["recall"]) / 2}


@says("factor 2")
def wrong_precision_recall_f1_no_factor(matrix):
    s = _scores(matrix)
    return s | {"f1": s["f1"] / 2}


def wrong_precision_recall_f1_clamped_sum(matrix):
    s = _scores(matrix)
    p, r = s["precision"], s["recall"]
    return s | {"f1": 2 * p * r / (p + r).clamp(min=1)}


@says("one number")
def wrong_precision_recall_f1_averaged(matrix):
    return {key: value.mean() for key, value in _scores(matrix).items()}


@says("float32")
def wrong_precision_recall_f1_double(matrix):
    return {key: value.double() for key, value in _scores(matrix).items()}


def wrong_precision_recall_f1_integer_division(matrix):
    tp = matrix.diagonal()
    return {"precision": (tp // matrix.sum(0).clamp(min=1)).float(), "recall": (tp // matrix.sum(1).clamp(min=1)).float(),
            "f1": _scores(matrix)["f1"]}


def wrong_precision_recall_f1_lists(matrix):
    return {key: value.tolist() for key, value in _scores(matrix).items()}


def wrong_precision_recall_f1_tuple(matrix):
    return tuple(_scores(matrix).values())


def wrong_precision_recall_f1_no_f1(matrix):
    s = _scores(matrix)
    del s["f1"]
    return s


@says("changed its input")
def wrong_precision_recall_f1_in_place(matrix):
    result = _scores(matrix)
    matrix.fill_diagonal_(0)
    return result


def wrong_precision_recall_f1_smoothed(matrix):
    tp = matrix.diagonal()
    p, r = tp / (matrix.sum(0) + 1), tp / (matrix.sum(1) + 1)
    return {"precision": p, "recall": r, "f1": (2 * p * r / (p + r)).nan_to_num()}


# ----------------------------------------------------------------------------------------------------- best_threshold


def right_best_threshold_fractions(probabilities, labels):
    positives = int(labels.sum())
    scored = []
    for p in probabilities.tolist():
        called = probabilities >= p
        tp = int((called & (labels == 1)).sum())
        scored.append((Fraction(2 * tp, int(called.sum()) + positives), -p))
    return -max(scored)[1]


def right_best_threshold_doubles(probabilities, labels):
    # 2 tp / (called + positives) in float64 is one rounding of the exact fraction, so equal fractions stay equal
    best, best_f1 = None, -1.0
    for p in sorted(set(probabilities.tolist())):
        called = probabilities >= p
        tp = int((called * (labels == 1)).sum())
        f1 = 2 * tp / int(called.sum() + (labels == 1).sum())
        if f1 > best_f1:
            best, best_f1 = p, f1
    return best


def right_best_threshold_sorted(probabilities, labels):
    values, order = probabilities.sort(descending=True)
    hits = (labels[order] == 1).long().cumsum(0).tolist()
    total = hits[-1]
    best = Fraction(-1)
    answer = None
    for i, value in enumerate(values.tolist()):
        if i + 1 < len(values) and values[i + 1] == value:
            continue
        f1 = Fraction(2 * hits[i], i + 1 + total)
        if f1 >= best:
            best, answer = f1, value
    return answer


def right_best_threshold_numpy(probabilities, labels):
    p, y = probabilities.numpy().astype(np.float64), labels.numpy().astype(bool)
    values = np.unique(p)
    tp = np.array([int(y[p >= v].sum()) for v in values])
    called = np.array([int((p >= v).sum()) for v in values])
    f1 = 2 * tp / (called + y.sum())
    return float(values[np.argmax(f1)])


def _search(probabilities, labels, measure, better=lambda new, old: new > old, reverse=False):
    best, found = None, None
    for p in sorted(set(probabilities.tolist()), reverse=reverse):
        value = measure(p)
        if found is None or better(value, found):
            best, found = p, value
    return best


def _f1(probabilities, labels, strict=False):
    def measure(p):
        called = probabilities > p if strict else probabilities >= p
        bottom = int(called.sum() + (labels == 1).sum())
        return Fraction(2 * int((called & (labels == 1)).sum()), bottom) if bottom else Fraction(0)
    return measure


@says("accuracy")
def wrong_best_threshold_accuracy(probabilities, labels):
    return _search(probabilities, labels, lambda p: int(((probabilities >= p) == (labels == 1)).sum()))


@says(">=")
def wrong_best_threshold_strict(probabilities, labels):
    return _search(probabilities, labels, _f1(probabilities, labels, strict=True))


@says("lowest one wins")
def wrong_best_threshold_highest_on_ties(probabilities, labels):
    return _search(probabilities, labels, _f1(probabilities, labels), reverse=True)


@says("lowest one wins")
def wrong_best_threshold_last_on_ties(probabilities, labels):
    return _search(probabilities, labels, _f1(probabilities, labels), better=lambda new, old: new >= old)


def wrong_best_threshold_first_in_order(probabilities, labels):
    measure = _f1(probabilities, labels)
    values = [measure(p) for p in probabilities.tolist()]
    return probabilities.tolist()[values.index(max(values))]


@says("lowest one wins")
def wrong_best_threshold_rounded_ratios(probabilities, labels):
    def measure(p):
        called = probabilities >= p
        tp = int((called & (labels == 1)).sum())
        if tp == 0:
            return 0.0
        precision, recall = tp / int(called.sum()), tp / int((labels == 1).sum())
        return 2 * precision * recall / (precision + recall)
    return _search(probabilities, labels, measure)


@says("float32")
def wrong_best_threshold_single_precision(probabilities, labels):
    def measure(p):
        called = probabilities >= p
        tp = (called & (labels == 1)).sum()
        return (2 * tp / (called.sum() + (labels == 1).sum())).item()
    return _search(probabilities, labels, measure)


def wrong_best_threshold_with_tolerance(probabilities, labels):
    return _search(probabilities, labels, _f1(probabilities, labels), better=lambda new, old: new > old + Fraction(1, 10**6))


def wrong_best_threshold_nan(probabilities, labels):
    def measure(p):
        called = probabilities >= p
        tp = (called & (labels == 1)).sum().double()
        precision, recall = tp / called.sum(), tp / (labels == 1).sum()
        return float(2 * precision * recall / (precision + recall))
    values = sorted(set(probabilities.tolist()))
    scores = torch.tensor([measure(p) for p in values])
    return values[int(scores.argmax())] if not scores.isnan().all() else float("nan")


def wrong_best_threshold_grid(probabilities, labels):
    return _search(torch.linspace(0, 1, 101), labels, _f1(probabilities, labels))


def wrong_best_threshold_half(probabilities, labels):
    return 0.5


@says("F1 came back")
def wrong_best_threshold_score(probabilities, labels):
    measure = _f1(probabilities, labels)
    return float(max(measure(p) for p in probabilities.tolist()))


@says("position")
def wrong_best_threshold_index(probabilities, labels):
    best = _search(probabilities, labels, _f1(probabilities, labels))
    return float(sorted(set(probabilities.tolist())).index(best))


@says("tensor")
def wrong_best_threshold_tensor(probabilities, labels):
    return torch.tensor(_search(probabilities, labels, _f1(probabilities, labels)))


def wrong_best_threshold_precision(probabilities, labels):
    def measure(p):
        called = probabilities >= p
        return Fraction(int((called & (labels == 1)).sum()), int(called.sum()))
    return _search(probabilities, labels, measure)


def wrong_best_threshold_recall(probabilities, labels):
    return _search(probabilities, labels, lambda p: int(((probabilities >= p) & (labels == 1)).sum()))


def wrong_best_threshold_class_zero(probabilities, labels):
    return _search(probabilities, labels, _f1(probabilities, labels == 0))


def wrong_best_threshold_midpoints(probabilities, labels):
    values = sorted(set(probabilities.tolist()))
    middles = torch.tensor([(a + b) / 2 for a, b in zip(values, values[1:], strict=False)] or values)
    return _search(middles, labels, _f1(probabilities, labels))


def wrong_best_threshold_int_labels_only(probabilities, labels):
    negatives = 1 - labels
    return _search(probabilities, labels, _f1(probabilities, 1 - negatives))


def wrong_best_threshold_no_positive_raises(probabilities, labels):
    if not (labels == 1).any():
        raise ValueError("no positive label")
    return _search(probabilities, labels, _f1(probabilities, labels))


def wrong_best_threshold_counts_repeats_apart(probabilities, labels):
    values, order = probabilities.sort(descending=True, stable=True)
    hits = (labels[order] == 1).long().cumsum(0).tolist()
    best, answer = Fraction(-1), None
    for i, value in enumerate(values.tolist()):
        f1 = Fraction(2 * hits[i], i + 1 + hits[-1])
        if f1 >= best:
            best, answer = f1, value
    return answer
