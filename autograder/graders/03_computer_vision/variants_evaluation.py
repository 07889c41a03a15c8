"""Right and wrong answers for 03_computer_vision/evaluation."""

import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure
from torch.nn import functional as F

from autograder.checks import says

# ------------------------------------------------------------------------------------------------- predict_all


def right_predict_all_no_grad(model, loader, device):
    modes = {name: m.training for name, m in model.named_modules()}
    model.eval()
    logits, truth = [], []
    with torch.no_grad():
        for X, y in loader:
            logits.append(model(X.to(device)))
            truth.extend(y.tolist())
    for name, m in model.named_modules():
        m.training = modes[name]
    return F.softmax(torch.cat(logits), dim=-1).cpu(), torch.tensor(truth)


@torch.inference_mode()
def right_predict_all_decorated(model, loader, device):
    flags = [m.training for m in model.modules()]
    model.train(False)
    pairs = [(torch.softmax(model(X.to(device)), 1).to("cpu"), y) for X, y in loader]
    for m, flag in zip(model.modules(), flags):
        m.training = flag
    probabilities, labels = zip(*pairs)
    return torch.cat(probabilities, dim=0), torch.cat(labels, dim=0)


def right_predict_all_running_cat(model, loader, device):
    before = [(m, m.training) for m in model.modules()]
    model.eval()
    P, L = None, None
    with torch.inference_mode():
        for batch in loader:
            X, y = batch[0].to(device), batch[1].to(device)
            p = model(X).log_softmax(1).exp()
            P = p if P is None else torch.vstack([P, p])
            L = y if L is None else torch.hstack([L, y])
    for m, flag in before:
        m.training = flag
    return [P.detach().cpu(), L.cpu()]


def _predict(model, loader, device, *, act=lambda z: z.softmax(1), eval_mode=True, put_back=True, record=False, back=True):
    modes = [(m, m.training) for m in model.modules()]
    if eval_mode:
        model.eval()
    probabilities, labels = [], []
    with torch.set_grad_enabled(record):
        for X, y in loader:
            p = act(model(X.to(device)))
            probabilities.append(p.cpu() if back else p)
            labels.append(y)
    if put_back:
        for m, mode in modes:
            m.training = mode
    return torch.cat(probabilities), torch.cat(labels)


@says("logits")
def wrong_predict_all_logits(model, loader, device):
    return _predict(model, loader, device, act=lambda z: z)


@says("dim=1")
def wrong_predict_all_softmax_over_the_batch(model, loader, device):
    return _predict(model, loader, device, act=lambda z: z.softmax(0))


@says("dim=1")
def wrong_predict_all_softmax_over_all(model, loader, device):
    logits, labels = _predict(model, loader, device, act=lambda z: z)
    return logits.softmax(0), labels


@says("sigmoid")
def wrong_predict_all_sigmoid(model, loader, device):
    return _predict(model, loader, device, act=torch.sigmoid)


@says("logarithms")
def wrong_predict_all_log_softmax(model, loader, device):
    return _predict(model, loader, device, act=lambda z: z.log_softmax(1))


@says("twice")
def wrong_predict_all_softmax_twice(model, loader, device):
    return _predict(model, loader, device, act=lambda z: z.softmax(1).softmax(1))


def wrong_predict_all_classes(model, loader, device):
    return _predict(model, loader, device, act=lambda z: z.argmax(1))


@says("highest probability")
def wrong_predict_all_highest_only(model, loader, device):
    return _predict(model, loader, device, act=lambda z: z.softmax(1).max(1).values)


@says("eval()")
def wrong_predict_all_no_eval(model, loader, device):
    return _predict(model, loader, device, eval_mode=False)


@says("eval() does not stop")
def wrong_predict_all_builds_a_graph(model, loader, device):
    return _predict(model, loader, device, record=True)


@says("eval() does not stop")
def wrong_predict_all_detached(model, loader, device):
    p, y = _predict(model, loader, device, record=True)
    return p.detach(), y


@says("modes were not put back")
def wrong_predict_all_stays_in_eval(model, loader, device):
    return _predict(model, loader, device, put_back=False)


@says("modes were not put back")
def wrong_predict_all_ends_in_train(model, loader, device):
    out = _predict(model, loader, device)
    model.train()
    return out


@says("modes were not put back")
def wrong_predict_all_outer_mode_only(model, loader, device):
    mode = model.training
    out = _predict(model, loader, device, put_back=False)
    model.train(mode)
    return out


@says("last batch")
def wrong_predict_all_last_batch(model, loader, device):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.inference_mode():
        for X, y in loader:
            p = model(X.to(device)).softmax(1).cpu()
    for m, mode in modes:
        m.training = mode
    return p, y


@says("torch.cat")
def wrong_predict_all_lists(model, loader, device):
    p, y = _predict(model, loader, device)
    return list(p.split(4)), list(y.split(4))


def wrong_predict_all_stack(model, loader, device):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.inference_mode():
        pairs = [(model(X.to(device)).softmax(1).cpu(), y) for X, y in loader]
    for m, mode in modes:
        m.training = mode
    return torch.stack([p for p, _ in pairs]).flatten(0, 1), torch.stack([y for _, y in pairs]).flatten()


def wrong_predict_all_drops_the_last_batch(model, loader, device):
    p, y = _predict(model, [b for b in loader if len(b[1]) == loader.batch_size], device)
    return p, y


@says("another order")
def wrong_predict_all_two_rounds(model, loader, device):
    p, _ = _predict(model, loader, device)
    return p, torch.cat([y for _, y in loader])


@says("loader's order")
def wrong_predict_all_data_sets_order(model, loader, device):
    X, y = loader.dataset.tensors
    p, _ = _predict(model, [(X, y)], device)
    return p, y


@says("another order")
def wrong_predict_all_labels_from_the_data_set(model, loader, device):
    p, _ = _predict(model, loader, device)
    return p, loader.dataset.tensors[1]


@says("stays on the model's device")
def wrong_predict_all_stays_on_the_device(model, loader, device):
    return _predict(model, loader, device, back=False)


@says("stays on the model's device")
def wrong_predict_all_labels_stay_on_the_device(model, loader, device):
    p, y = _predict(model, loader, device)
    return p, y.to(device)


@says("another device")
def wrong_predict_all_ignores_device(model, loader, device):
    return _predict(model, loader, "cpu")


def wrong_predict_all_float_labels(model, loader, device):
    p, y = _predict(model, loader, device)
    return p, y.float()


def wrong_predict_all_numpy(model, loader, device):
    p, y = _predict(model, loader, device)
    return p.numpy(), y.numpy()


def wrong_predict_all_probabilities_only(model, loader, device):
    return _predict(model, loader, device)[0]


# ----------------------------------------------------------------------------------------------- most_confused


def right_most_confused_loops(matrix):
    best, at = -1, (0, 1)
    for i, row in enumerate(matrix.tolist()):
        for j, count in enumerate(row):
            if i != j and count > best:
                best, at = count, (i, j)
    return at


def right_most_confused_mask(matrix):
    masked = matrix.masked_fill(torch.eye(len(matrix), dtype=torch.bool), torch.iinfo(matrix.dtype).min)
    position = int(masked.argmax())
    return position // len(matrix), position % len(matrix)


def right_most_confused_nonzero(matrix):
    off = matrix - torch.diag(matrix.diagonal() + 1)
    i, j = (off == off.max()).nonzero()[0].tolist()
    return i, j


def right_most_confused_numpy(matrix):
    counts = matrix.numpy().astype(float)
    np.fill_diagonal(counts, -np.inf)
    i, j = np.unravel_index(counts.argmax(), counts.shape)
    return int(i), int(j)


def right_most_confused_max_of_keys(matrix):
    c = matrix.shape[0]
    pairs = [(i, j) for i in range(c) for j in range(c) if i != j]
    return max(pairs, key=lambda pair: matrix[pair].item())


@says("diagonal")
def wrong_most_confused_with_diagonal(matrix):
    return divmod(matrix.argmax().item(), len(matrix))


@says("below every count")
def wrong_most_confused_zero_diagonal(matrix):
    return divmod(matrix.clone().fill_diagonal_(0).argmax().item(), len(matrix))


@says("exchanged")
def wrong_most_confused_swapped(matrix):
    i, j = divmod(matrix.clone().fill_diagonal_(-1).argmax().item(), len(matrix))
    return j, i


@says("changed its input matrix")
def wrong_most_confused_in_place(matrix):
    matrix.fill_diagonal_(-1)
    return divmod(matrix.argmax().item(), len(matrix))


@says("last of several")
def wrong_most_confused_last_of_equal_ones(matrix):
    off = matrix.clone().fill_diagonal_(-1)
    i, j = (off == off.max()).nonzero()[-1].tolist()
    return i, j


def wrong_most_confused_column_order(matrix):
    off = matrix.clone().fill_diagonal_(-1)
    j, i = divmod(off.T.contiguous().argmax().item(), len(matrix))
    return i, j


@says(".item()")
def wrong_most_confused_tensors(matrix):
    off = matrix.clone().fill_diagonal_(-1)
    position = off.argmax()
    return position // len(matrix), position % len(matrix)


def wrong_most_confused_flat(matrix):
    return matrix.clone().fill_diagonal_(-1).argmax().item()


def wrong_most_confused_symmetric(matrix):
    both = (matrix + matrix.T).fill_diagonal_(-1)
    return divmod(both.argmax().item(), len(matrix))


def wrong_most_confused_ten_classes(matrix):
    return divmod(matrix.clone().fill_diagonal_(-1).argmax().item(), 10)


def wrong_most_confused_upper_triangle(matrix):
    return divmod(matrix.triu(1).argmax().item(), len(matrix))


def wrong_most_confused_rates(matrix):
    rates = matrix / matrix.sum(1, keepdim=True).clamp(min=1)
    return divmod(rates.fill_diagonal_(-1).argmax().item(), len(matrix))


def wrong_most_confused_view(matrix):
    flat = matrix.view(-1).clone()
    flat[:: len(matrix) + 1] = -1
    return divmod(flat.argmax().item(), len(matrix))


# -------------------------------------------------------------------------------------------------- most_wrong


def right_most_wrong_topk(probabilities, labels, k):
    top, predicted = probabilities.max(dim=-1)
    wrong = torch.where(predicted != labels)[0]
    return wrong[top[wrong].topk(min(k, len(wrong))).indices]


def right_most_wrong_sort_everything(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    order = torch.argsort(confidence, descending=True)
    return order[predicted[order] != labels[order]][:k]


def right_most_wrong_python(probabilities, labels, k):
    rows = []
    for i, (row, label) in enumerate(zip(probabilities.tolist(), labels.tolist())):
        best = max(range(len(row)), key=row.__getitem__)
        if best != label:
            rows.append((-row[best], i))
    return torch.tensor([i for _, i in sorted(rows)[:k]], dtype=torch.long)


def right_most_wrong_masked(probabilities, labels, k):
    predicted = probabilities.argmax(dim=1)
    wrong = predicted != labels
    score = torch.where(wrong, probabilities.amax(1), torch.full_like(probabilities[:, 0], -1))
    return score.sort(descending=True).indices[: min(k, int(wrong.sum()))]


def right_most_wrong_numpy(probabilities, labels, k):
    p = probabilities.numpy()
    wrong = np.flatnonzero(p.argmax(1) != labels.numpy())
    return torch.from_numpy(wrong[np.argsort(-p.max(1)[wrong])][:k].astype(np.int64))


@says("right predictions are among them")
def wrong_most_wrong_right_ones_too(probabilities, labels, k):
    return probabilities.max(1).values.argsort(descending=True)[:k]


@says("whole set")
def wrong_most_wrong_positions_within(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    return confidence[predicted != labels].argsort(descending=True)[:k]


@says("descending")
def wrong_most_wrong_least_sure(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    wrong = (predicted != labels).nonzero().squeeze(1)
    return wrong[confidence[wrong].argsort()][:k]


@says("surest")
def wrong_most_wrong_in_order_of_the_set(probabilities, labels, k):
    return (probabilities.argmax(1) != labels).nonzero().squeeze(1)[:k]


@says("true class's probability")
def wrong_most_wrong_by_true_class(probabilities, labels, k):
    wrong = (probabilities.argmax(1) != labels).nonzero().squeeze(1)
    true = probabilities[torch.arange(len(labels)), labels]
    return wrong[true[wrong].argsort()][:k]


def wrong_most_wrong_topk_of_k(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    wrong = (predicted != labels).nonzero().squeeze(1)
    return wrong[confidence[wrong].topk(k).indices]


def wrong_most_wrong_filled_up_with_right_ones(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    score = confidence * (predicted != labels)
    return score.argsort(descending=True)[:k]


@says("probabilities")
def wrong_most_wrong_values(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    return confidence[predicted != labels].sort(descending=True).values[:k]


def wrong_most_wrong_column(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    wrong = (predicted != labels).nonzero()
    return wrong[confidence[wrong[:, 0]].argsort(descending=True)][:k]


def wrong_most_wrong_squeezes(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    wrong = (predicted != labels).nonzero().squeeze()
    return wrong[confidence[wrong].argsort(descending=True)][:k]


def wrong_most_wrong_below_one_half(probabilities, labels, k):
    true = probabilities[torch.arange(len(labels)), labels]
    confidence = probabilities.max(1).values
    wrong = (true < 0.5).nonzero().squeeze(1)
    return wrong[confidence[wrong].argsort(descending=True)][:k]


@says("only k")
def wrong_most_wrong_all(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    wrong = (predicted != labels).nonzero().squeeze(1)
    return wrong[confidence[wrong].argsort(descending=True)]


def wrong_most_wrong_list(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    wrong = (predicted != labels).nonzero().squeeze(1)
    return wrong[confidence[wrong].argsort(descending=True)][:k].tolist()


def wrong_most_wrong_float_when_empty(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    wrong = [(-float(confidence[i]), i) for i in range(len(labels)) if predicted[i] != labels[i]]
    return torch.tensor([i for _, i in sorted(wrong)[:k]])


def wrong_most_wrong_in_place(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    probabilities[predicted == labels] = 0
    return probabilities.max(1).values.argsort(descending=True)[: min(k, int((predicted != labels).sum()))]


def wrong_most_wrong_float32_only(probabilities, labels, k):
    confidence, predicted = probabilities.max(1)
    score = torch.full((len(labels),), -1.0)
    score[predicted != labels] = confidence[predicted != labels]
    return score.argsort(descending=True)[: min(k, int((predicted != labels).sum()))]


# -------------------------------------------------------------------------------------------- plot_predictions


def right_plot_predictions_add_subplot(images, labels, predictions, class_names):
    n = len(images)
    columns = math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    fig = plt.figure(figsize=(2 * columns, 2 * rows))
    for i in range(n):
        ax = fig.add_subplot(rows, columns, i + 1)
        ax.imshow(images[i].squeeze(0).numpy(), cmap="gray")
        truth, guess = class_names[labels[i]], class_names[predictions[i]]
        ax.set_title(f"pred: {guess} | truth: {truth}", fontsize=8, c="g" if truth == guess else "r")
        ax.axis("off")
    return fig


def right_plot_predictions_figure_class(images, labels, predictions, class_names):
    figure = Figure(figsize=(8, 8), layout="constrained")
    grid = figure.subplots(-(-len(images) // 3), 3, squeeze=False).ravel()
    for axes, x, t, p in zip(grid, images.permute(0, 2, 3, 1), labels, predictions):
        axes.imshow(x, cmap="Greys", vmin=0, vmax=1)
        axes.set_xticks([]), axes.set_yticks([])
        name = class_names[int(p)] if p == t else f"{class_names[int(p)]} ({class_names[int(t)]})"
        title = axes.set_title(name)
        if p != t:
            title.set_color("crimson")
    for axes in grid[len(images):]:
        axes.remove()
    return figure


def right_plot_predictions_pyplot(images, labels, predictions, class_names):
    plt.figure()
    for i, image in enumerate(images):
        plt.subplot((len(images) + 4) // 5, 5, i + 1)
        plt.imshow((image[0] * 255).to(torch.uint8))
        color = "tab:red" if labels[i].item() != predictions[i].item() else "k"
        plt.title(class_names[predictions[i].item()] + " / " + class_names[labels[i].item()], color=color)
        plt.axis(False)
    return plt.gcf()


def _plot(images, labels, predictions, class_names, *, title=None, color=None, columns=4, figure=None, squeeze=False):
    rows = -(-len(images) // columns)
    figure = figure or plt.figure()
    grid = figure.subplots(rows, columns, squeeze=squeeze)
    for i, axes in enumerate(grid.flat[: len(images)]):
        axes.imshow(images[i, 0], cmap="gray")
        names = class_names[int(predictions[i])], class_names[int(labels[i])]
        axes.set_title(title(*names) if title else " / ".join(names),
                       color=color(i) if color else "red" if labels[i] != predictions[i] else "black")
    return figure


@says("right prediction is red")
def wrong_plot_predictions_all_red(images, labels, predictions, class_names):
    return _plot(images, labels, predictions, class_names, color=lambda i: "red")


@says("not red")
def wrong_plot_predictions_no_colours(images, labels, predictions, class_names):
    return _plot(images, labels, predictions, class_names, color=lambda i: "black")


def wrong_plot_predictions_right_ones_red(images, labels, predictions, class_names):
    return _plot(images, labels, predictions, class_names, color=lambda i: "red" if labels[i] == predictions[i] else "black")


@says("true class")
def wrong_plot_predictions_no_truth(images, labels, predictions, class_names):
    return _plot(images, labels, predictions, class_names, title=lambda p, t: p)


@says("predicted class")
def wrong_plot_predictions_no_prediction(images, labels, predictions, class_names):
    return _plot(images, labels, predictions, class_names, title=lambda p, t: t)


@says("by its name")
def wrong_plot_predictions_numbers(images, labels, predictions, class_names):
    return _plot(images, labels, predictions, [str(i) for i in range(len(class_names))])


@says("no title")
def wrong_plot_predictions_no_titles(images, labels, predictions, class_names):
    return _plot(images, labels, predictions, class_names, title=lambda p, t: "")


def wrong_plot_predictions_fashion_names(images, labels, predictions, class_names):
    return _plot(images, labels, predictions, ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"])


@says("Figure was due")
def wrong_plot_predictions_axes(images, labels, predictions, class_names):
    return _plot(images, labels, predictions, class_names).axes[0]


@says("Figure was due")
def wrong_plot_predictions_none(images, labels, predictions, class_names):
    _plot(images, labels, predictions, class_names)


def wrong_plot_predictions_needs_a_grid(images, labels, predictions, class_names):
    side = math.isqrt(len(images))
    figure, grid = plt.subplots(-(-len(images) // side), side)
    for i, axes in enumerate(grid.flat[: len(images)]):
        axes.imshow(images[i, 0])
        axes.set_title(f"{class_names[predictions[i]]} ({class_names[labels[i]]})", color="red" if labels[i] != predictions[i] else "k")
    return figure


def wrong_plot_predictions_drops_the_rest(images, labels, predictions, class_names):
    n = len(images) // 3 * 3 or len(images)
    return _plot(images[:n], labels[:n], predictions[:n], class_names, columns=min(3, n))


def wrong_plot_predictions_nine(images, labels, predictions, class_names):
    return _plot(images[:9], labels[:9], predictions[:9], class_names)


def wrong_plot_predictions_same_picture(images, labels, predictions, class_names):
    return _plot(images[:1].expand_as(images), labels, predictions, class_names)


@says("another order")
def wrong_plot_predictions_column_by_column(images, labels, predictions, class_names):
    columns = 3
    rows = -(-len(images) // columns)
    figure, grid = plt.subplots(rows, columns, squeeze=False)
    for i, axes in enumerate(grid.T.flat[: len(images)]):
        axes.imshow(images[i, 0])
        axes.set_title(f"{class_names[predictions[i]]} ({class_names[labels[i]]})", color="red" if labels[i] != predictions[i] else "k")
    return figure


def wrong_plot_predictions_transposed(images, labels, predictions, class_names):
    return _plot(images.transpose(2, 3), labels, predictions, class_names)


def wrong_plot_predictions_one_axes(images, labels, predictions, class_names):
    figure, axes = plt.subplots()
    for image, label, prediction in zip(images, labels, predictions):
        axes.imshow(image[0])
        axes.set_title(f"{class_names[prediction]} ({class_names[label]})", color="red" if label != prediction else "k")
    return figure


@says("same figure")
def wrong_plot_predictions_reuses_the_figure(images, labels, predictions, class_names):
    plt.figure(1).clf()
    return _plot(images, labels, predictions, class_names, figure=plt.figure(1))


def wrong_plot_predictions_in_place(images, labels, predictions, class_names):
    images -= images.amin(dim=(2, 3), keepdim=True)
    images /= images.amax(dim=(2, 3), keepdim=True)
    return _plot(images, labels, predictions, class_names)


def wrong_plot_predictions_channel_kept(images, labels, predictions, class_names):
    figure, grid = plt.subplots(len(images), squeeze=False)
    for axes, image in zip(grid.flat, images):
        axes.imshow(image)
    return figure


def wrong_plot_predictions_random_sample(images, labels, predictions, class_names):
    i = torch.randperm(len(images))
    return _plot(images[i], labels[i], predictions[i], class_names)
