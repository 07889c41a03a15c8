"""Right and wrong answers for 03_computer_vision/engine."""

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from autograder.checks import says

# ------------------------------------------------------------------------------------------------- train_epoch


def right_train_epoch_model_zero_grad(model, loader, loss_fn, optimizer, device):
    model.train(True)
    losses, hits, sizes = [], [], []
    for batch in loader:
        images, labels = (t.to(device, non_blocking=True) for t in batch)
        model.zero_grad(set_to_none=False)
        out = model.forward(images)
        loss = loss_fn(out, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item() * images.shape[0])
        hits.append(int(torch.sum(torch.argmax(out, dim=1) == labels)))
        sizes.append(images.shape[0])
    return dict(loss=sum(losses) / sum(sizes), accuracy=sum(hits) / sum(sizes))


def right_train_epoch_tensor_totals(model, loader, loss_fn, optimizer, device):
    model.train()
    optimizer.zero_grad()
    total = torch.zeros(3, device=device)
    for X, y in loader:
        X = X.to(device=device)
        y = y.to(device=device)
        logits = model(X)
        loss = loss_fn(logits, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        with torch.no_grad():
            total += torch.stack([loss.detach() * len(y), (logits.max(1).indices == y).sum(), torch.tensor(len(y), device=device)])
    return {"loss": (total[0] / total[2]).item(), "accuracy": float(total[1] / total[2])}


def right_train_epoch_dataset_length(model, loader, loss_fn, optimizer, device):
    model = model.to(device)
    model.train()
    size = len(loader.dataset)
    loss_sum = correct = 0.0
    for step, (X, y) in enumerate(loader):
        X, y = X.to(device), y.to(device)
        predictions = model(X)
        loss = loss_fn(predictions, y)
        for group in optimizer.param_groups:
            for p in group["params"]:
                p.grad = None
        loss.backward()
        optimizer.step()
        loss_sum += float(loss) * len(X)
        correct += (predictions.softmax(dim=1).argmax(dim=1) == y).float().sum().item()
    return {"loss": loss_sum / size, "accuracy": correct / size, "batches": step + 1}


def right_train_epoch_numpy_average(model, loader, loss_fn, optimizer, device):
    model.train()
    rows = []
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        optimizer.zero_grad()
        out = model(X)
        loss = loss_fn(out, y)
        loss.backward()
        optimizer.step()
        rows.append((loss.item(), (out.argmax(1).cpu() == y.cpu()).numpy().mean(), len(y)))
    losses, accuracies, sizes = map(np.array, zip(*rows))
    return {"loss": float(np.average(losses, weights=sizes)), "accuracy": np.average(accuracies, weights=sizes)}


def _epoch(model, loader, loss_fn, optimizer, device, *, train=True, zero="before", step=True, backward=True, softmax=False):
    if train:
        model.train()
    rows = []
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        out = model(X)
        loss = loss_fn(out.softmax(dim=1) if softmax else out, y)
        if zero == "before":
            optimizer.zero_grad()
        if backward:
            loss.backward()
        if zero == "between":
            optimizer.zero_grad()
        if step:
            optimizer.step()
        if zero == "after":
            optimizer.zero_grad()
        rows.append((loss.item(), (out.argmax(1) == y).sum().item(), len(y)))
    return rows


def _means(rows):
    count = sum(n for *_, n in rows)
    return {"loss": sum(v * n for v, _, n in rows) / count, "accuracy": sum(r for _, r, _ in rows) / count}


def right_train_epoch_closure(model, loader, loss_fn, optimizer, device):
    model.train()
    total = correct = seen = 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        kept = {}

        def closure():
            optimizer.zero_grad()
            kept["out"] = model(images)
            loss = loss_fn(kept["out"], labels)
            loss.backward()
            return loss

        loss = optimizer.step(closure)
        total += loss.item() * len(labels)
        correct += int((kept["out"].argmax(dim=-1) == labels).sum())
        seen += len(labels)
    return {"loss": total / seen, "accuracy": correct / seen}


def right_train_epoch_autograd_grad(model, loader, loss_fn, optimizer, device):
    model.train()
    params = [p for g in optimizer.param_groups for p in g["params"]]
    L, A, N = [], [], []
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        out = model(X)
        loss = loss_fn(out, y)
        for p, g in zip(params, torch.autograd.grad(loss, params, allow_unused=True)):
            p.grad = g
        optimizer.step()
        L.append(loss.item())
        A.append((out.max(1)[1] == y).double().sum().item())
        N.append(len(X))
    return dict(loss=float(np.average(L, weights=N)), accuracy=float(np.sum(A) / np.sum(N)))


@says("gradients add up")
def wrong_train_epoch_no_zero_grad(model, loader, loss_fn, optimizer, device):
    return _means(_epoch(model, loader, loss_fn, optimizer, device, zero=""))


@says(".grad before the call")
def wrong_train_epoch_zero_grad_last(model, loader, loss_fn, optimizer, device):
    return _means(_epoch(model, loader, loss_fn, optimizer, device, zero="after"))


@says("erased the gradients")
def wrong_train_epoch_zero_grad_between(model, loader, loss_fn, optimizer, device):
    return _means(_epoch(model, loader, loss_fn, optimizer, device, zero="between"))


@says("optimizer.step()")
def wrong_train_epoch_no_step(model, loader, loss_fn, optimizer, device):
    return _means(_epoch(model, loader, loss_fn, optimizer, device, step=False))


@says("never called")
def wrong_train_epoch_no_backward(model, loader, loss_fn, optimizer, device):
    return _means(_epoch(model, loader, loss_fn, optimizer, device, backward=False))


def wrong_train_epoch_step_before_backward(model, loader, loss_fn, optimizer, device):
    model.train()
    rows = []
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        out = model(X)
        loss = loss_fn(out, y)
        optimizer.zero_grad()
        optimizer.step()
        loss.backward()
        rows.append((loss.item(), (out.argmax(1) == y).sum().item(), len(y)))
    return _means(rows)


@says("softmax")
def wrong_train_epoch_softmax(model, loader, loss_fn, optimizer, device):
    return _means(_epoch(model, loader, loss_fn, optimizer, device, softmax=True))


@says("switched off")
def wrong_train_epoch_inference_mode(model, loader, loss_fn, optimizer, device):
    with torch.inference_mode():
        return _means(_epoch(model, loader, loss_fn, optimizer, device))


@says("eval mode")
def wrong_train_epoch_no_train(model, loader, loss_fn, optimizer, device):
    return _means(_epoch(model, loader, loss_fn, optimizer, device, train=False))


@says("eval mode")
def wrong_train_epoch_eval(model, loader, loss_fn, optimizer, device):
    model.eval()
    out = _means(_epoch(model, loader, loss_fn, optimizer, device, train=False))
    model.train()
    return out


@says("train mode")
def wrong_train_epoch_puts_mode_back(model, loader, loss_fn, optimizer, device):
    modes = [(m, m.training) for m in model.modules()]
    out = _means(_epoch(model, loader, loss_fn, optimizer, device))
    for m, mode in modes:
        m.training = mode
    return out


@says("mean of the batch means")
def wrong_train_epoch_batch_means(model, loader, loss_fn, optimizer, device):
    rows = _epoch(model, loader, loss_fn, optimizer, device)
    return {"loss": sum(v for v, *_ in rows) / len(rows), "accuracy": sum(r for _, r, _ in rows) / sum(n for *_, n in rows)}


@says("mean of the batch means")
def wrong_train_epoch_accuracy_batch_means(model, loader, loss_fn, optimizer, device):
    rows = _epoch(model, loader, loss_fn, optimizer, device)
    return {"loss": _means(rows)["loss"], "accuracy": sum(r / n for _, r, n in rows) / len(rows)}


@says("percent")
def wrong_train_epoch_percent(model, loader, loss_fn, optimizer, device):
    out = _means(_epoch(model, loader, loss_fn, optimizer, device))
    return {"loss": out["loss"], "accuracy": out["accuracy"] * 100}


@says("last batch")
def wrong_train_epoch_last_loss(model, loader, loss_fn, optimizer, device):
    rows = _epoch(model, loader, loss_fn, optimizer, device)
    return {"loss": rows[-1][0], "accuracy": _means(rows)["accuracy"]}


@says("weigh each")
def wrong_train_epoch_unweighted_over_samples(model, loader, loss_fn, optimizer, device):
    rows = _epoch(model, loader, loss_fn, optimizer, device)
    return {"loss": sum(v for v, *_ in rows) / sum(n for *_, n in rows), "accuracy": _means(rows)["accuracy"]}


@says("keep numbers, not graphs")
def wrong_train_epoch_tensor_loss(model, loader, loss_fn, optimizer, device):
    model.train()
    total, correct, count = 0, 0, 0
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        out = model(X)
        loss = loss_fn(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss * len(y)
        correct += (out.argmax(1) == y).sum().item()
        count += len(y)
    return {"loss": total / count, "accuracy": correct / count}


@says("Python float")
def wrong_train_epoch_tensor_accuracy(model, loader, loss_fn, optimizer, device):
    out = _means(_epoch(model, loader, loss_fn, optimizer, device))
    return {"loss": out["loss"], "accuracy": torch.tensor(out["accuracy"])}


@says("after each update")
def wrong_train_epoch_measures_after_update(model, loader, loss_fn, optimizer, device):
    model.train()
    rows = []
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            twin = copy.deepcopy(model)
            out = twin(X)
        rows.append((loss_fn(out, y).item(), (out.argmax(1) == y).sum().item(), len(y)))
    return _means(rows)


def wrong_train_epoch_second_forward(model, loader, loss_fn, optimizer, device):
    model.train()
    rows = []
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        rows.append((loss.item(), (model(X).argmax(1) == y).sum().item(), len(y)))
        optimizer.step()
    return _means(rows)


@says("one update")
def wrong_train_epoch_one_update(model, loader, loss_fn, optimizer, device):
    model.train()
    X, y = (torch.cat(parts).to(device) for parts in zip(*loader))
    out = model(X)
    loss = loss_fn(out, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return {"loss": loss.item(), "accuracy": (out.argmax(1) == y).float().mean().item()}


@says("first batch")
def wrong_train_epoch_returns_in_the_loop(model, loader, loss_fn, optimizer, device):
    model.train()
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        out = model(X)
        loss = loss_fn(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return {"loss": loss.item(), "accuracy": (out.argmax(1) == y).float().mean().item()}


def wrong_train_epoch_drops_the_last_batch(model, loader, loss_fn, optimizer, device):
    whole = [batch for batch in loader if len(batch[1]) == loader.batch_size]
    return _means(_epoch(model, whole, loss_fn, optimizer, device))


@says("loss function of your own")
def wrong_train_epoch_own_loss(model, loader, loss_fn, optimizer, device):
    return _means(_epoch(model, loader, nn.CrossEntropyLoss(), optimizer, device))


@says("use the optimiser you were given")
def wrong_train_epoch_own_optimizer(model, loader, loss_fn, optimizer, device):
    own = torch.optim.SGD(model.parameters(), lr=optimizer.param_groups[0]["lr"])
    return _means(_epoch(model, loader, loss_fn, own, device))


@says("on another device")
def wrong_train_epoch_ignores_device(model, loader, loss_fn, optimizer, device):
    model.train()
    rows = []
    for X, y in loader:
        out = model(X)
        loss = loss_fn(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rows.append((loss.item(), (out.argmax(1) == y).sum().item(), len(y)))
    return _means(rows)


@says("on another device")
def wrong_train_epoch_moves_not_assigned(model, loader, loss_fn, optimizer, device):
    model.train()
    rows = []
    for X, y in loader:
        X.to(device), y.to(device)
        out = model(X)
        loss = loss_fn(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rows.append((loss.item(), (out.argmax(1) == y).sum().item(), len(y)))
    return _means(rows)


@says("on another device")
def wrong_train_epoch_labels_not_moved(model, loader, loss_fn, optimizer, device):
    model.train()
    rows = []
    for X, y in loader:
        out = model(X.to(device))
        loss = loss_fn(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rows.append((loss.item(), (out.argmax(1) == y).sum().item(), len(y)))
    return _means(rows)


@says("cuda")
def wrong_train_epoch_cuda(model, loader, loss_fn, optimizer, device):
    return _means(_epoch(model, loader, loss_fn, optimizer, "cuda"))


def wrong_train_epoch_pair(model, loader, loss_fn, optimizer, device):
    out = _means(_epoch(model, loader, loss_fn, optimizer, device))
    return out["loss"], out["accuracy"]


def wrong_train_epoch_argmax_over_all(model, loader, loss_fn, optimizer, device):
    model.train()
    rows = []
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        out = model(X)
        loss = loss_fn(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rows.append((loss.item(), (out.argmax() == y).sum().item(), len(y)))
    return _means(rows)


# ---------------------------------------------------------------------------------------------------- evaluate


def right_evaluate_no_grad(model, loader, loss_fn, device):
    flags = {name: module.training for name, module in model.named_modules()}
    model.eval()
    total_loss = total_right = total = 0
    with torch.no_grad():
        for images, labels in loader:
            images = images.to(device)
            labels = labels.to(device)
            out = model(images)
            total_loss += loss_fn(out, labels).item() * labels.size(0)
            total_right += out.argmax(dim=1).eq(labels).sum().item()
            total += labels.size(0)
    for name, module in model.named_modules():
        module.training = flags[name]
    return {"accuracy": total_right / total, "loss": total_loss / total}


def right_evaluate_all_at_once(model, loader, loss_fn, device):
    modes = [m.training for m in model.modules()]
    for m in model.modules():
        m.training = False
    with torch.inference_mode():
        pairs = [(model(X.to(device)), y.to(device)) for X, y in loader]
        logits, labels = torch.cat([p[0] for p in pairs]), torch.cat([p[1] for p in pairs])
        loss, hits = loss_fn(logits, labels), (logits.argmax(-1) == labels)
    for m, mode in zip(model.modules(), modes):
        m.training = mode
    return {"loss": loss.item(), "accuracy": hits.float().mean().item()}


@torch.no_grad()
def right_evaluate_decorated(model, loader, loss_fn, device):
    before = [(m, m.training) for m in model.modules()]
    model.train(False)
    losses, hits, n = 0.0, 0, 0
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        z = model(X)
        losses += len(X) * float(loss_fn(z, y))
        hits += int((z.topk(1).indices.squeeze(1) == y).sum())
        n += len(X)
    for m, mode in before:
        m.training = mode
    return {"loss": losses / n, "accuracy": float(hits / n)}


def right_evaluate_on_a_copy(model, loader, loss_fn, device):
    twin = copy.deepcopy(model).eval()
    with torch.inference_mode():
        rows = []
        for X, y in loader:
            X, y = X.to(device), y.to(device)
            out = twin(X)
            rows.append((loss_fn(out, y).item(), (out.argmax(1) == y).sum().item(), len(y)))
    return _means(rows)


def _measure(model, loader, loss_fn, device, *, eval_mode=True, put_back=True, record=False, softmax=False):
    modes = [(m, m.training) for m in model.modules()]
    if eval_mode:
        model.eval()
    rows = []
    with torch.set_grad_enabled(record):
        for X, y in loader:
            X, y = X.to(device), y.to(device)
            out = model(X)
            rows.append((loss_fn(out.softmax(1) if softmax else out, y).item(), (out.argmax(1) == y).sum().item(), len(y)))
    if put_back:
        for m, mode in modes:
            m.training = mode
    return rows


@says("dropout and batch norm")
def wrong_evaluate_no_eval(model, loader, loss_fn, device):
    return _means(_measure(model, loader, loss_fn, device, eval_mode=False))


@says("eval() does not stop")
def wrong_evaluate_builds_a_graph(model, loader, loss_fn, device):
    return _means(_measure(model, loader, loss_fn, device, record=True))


@says("modes were not put back")
def wrong_evaluate_stays_in_eval(model, loader, loss_fn, device):
    return _means(_measure(model, loader, loss_fn, device, put_back=False))


@says("modes were not put back")
def wrong_evaluate_ends_in_train(model, loader, loss_fn, device):
    out = _means(_measure(model, loader, loss_fn, device))
    model.train()
    return out


@says("modes were not put back")
def wrong_evaluate_outer_mode_only(model, loader, loss_fn, device):
    mode = model.training
    out = _means(_measure(model, loader, loss_fn, device, put_back=False))
    model.train(mode)
    return out


@says("mean of the batch means")
def wrong_evaluate_batch_means(model, loader, loss_fn, device):
    rows = _measure(model, loader, loss_fn, device)
    return {"loss": sum(v for v, *_ in rows) / len(rows), "accuracy": sum(r / n for _, r, n in rows) / len(rows)}


@says("mean of the batch means")
def wrong_evaluate_len_loader(model, loader, loss_fn, device):
    rows = _measure(model, loader, loss_fn, device)
    return {"loss": sum(v for v, *_ in rows) / len(loader), "accuracy": _means(rows)["accuracy"]}


@says("percent")
def wrong_evaluate_percent(model, loader, loss_fn, device):
    out = _means(_measure(model, loader, loss_fn, device))
    return {"loss": out["loss"], "accuracy": 100 * out["accuracy"]}


@says("softmax")
def wrong_evaluate_softmax(model, loader, loss_fn, device):
    return _means(_measure(model, loader, loss_fn, device, softmax=True))


@says("keep numbers, not graphs")
def wrong_evaluate_tensors(model, loader, loss_fn, device):
    out = _means(_measure(model, loader, loss_fn, device))
    return {key: torch.tensor(value) for key, value in out.items()}


@says(".grad")
def wrong_evaluate_zero_grad(model, loader, loss_fn, device):
    model.zero_grad()
    return _means(_measure(model, loader, loss_fn, device))


def wrong_evaluate_freezes(model, loader, loss_fn, device):
    out = _means(_measure(model, loader, loss_fn, device))
    for p in model.parameters():
        p.requires_grad_(False)
    return out


def wrong_evaluate_seeds(model, loader, loss_fn, device):
    torch.manual_seed(0)
    return _means(_measure(model, loader, loss_fn, device))


def wrong_evaluate_recording_stays_off(model, loader, loss_fn, device):
    torch.set_grad_enabled(False)
    return _means(_measure(model, loader, loss_fn, device))


def wrong_evaluate_trains(model, loader, loss_fn, device):
    rows = _measure(model, loader, loss_fn, device)
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(0.99)
    return _means(rows)


@says("on another device")
def wrong_evaluate_ignores_device(model, loader, loss_fn, device):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.inference_mode():
        rows = [(loss_fn(model(X), y).item(), (model(X).argmax(1) == y).sum().item(), len(y)) for X, y in loader]
    for m, mode in modes:
        m.training = mode
    return _means(rows)


@says("on another device")
def wrong_evaluate_labels_not_moved(model, loader, loss_fn, device):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    rows = []
    with torch.inference_mode():
        for X, y in loader:
            out = model(X.to(device))
            rows.append((loss_fn(out, y).item(), (out.argmax(1) == y).sum().item(), len(y)))
    for m, mode in modes:
        m.training = mode
    return _means(rows)


def wrong_evaluate_own_loss(model, loader, loss_fn, device):
    return _means(_measure(model, loader, nn.CrossEntropyLoss(), device))


def wrong_evaluate_first_batch(model, loader, loss_fn, device):
    return _means(_measure(model, [next(iter(loader))], loss_fn, device))


# --------------------------------------------------------------------------------------------------------- fit


def _blank():
    return {"train_loss": [], "train_accuracy": [], "test_loss": [], "test_accuracy": []}


def _append(history, part, numbers):
    for key, value in numbers.items():
        history[f"{part}_{key}"].append(value)


def right_fit_calls_the_pieces(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = {m: m.training for m in model.modules()}
    history = _blank()
    for epoch in range(epochs):
        _append(history, "train", train_epoch(model, train_loader, loss_fn, optimizer, device))
        _append(history, "test", evaluate(model, test_loader, loss_fn, device))
    for m, mode in modes.items():
        m.training = mode
    return history


def right_fit_written_out(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    names, flags = zip(*[(name, m.training) for name, m in model.named_modules()])
    train_loss, train_accuracy, test_loss, test_accuracy = [], [], [], []
    try:
        for _ in range(epochs):
            model.train()
            a = b = n = 0
            for X, y in train_loader:
                X, y = X.to(device), y.to(device)
                optimizer.zero_grad()
                out = model(X)
                loss = loss_fn(out, y)
                loss.backward()
                optimizer.step()
                a, b, n = a + loss.item() * len(y), b + (out.argmax(1) == y).sum().item(), n + len(y)
            train_loss.append(a / n)
            train_accuracy.append(b / n)
            model.eval()
            a = b = n = 0
            with torch.inference_mode():
                for X, y in test_loader:
                    X, y = X.to(device), y.to(device)
                    out = model(X)
                    a, b, n = a + loss_fn(out, y).item() * len(y), b + (out.argmax(1) == y).sum().item(), n + len(y)
            test_loss.append(a / n)
            test_accuracy.append(b / n)
    finally:
        for name, flag in zip(names, flags):
            model.get_submodule(name).training = flag
    return {"test_loss": test_loss, "test_accuracy": test_accuracy, "train_loss": train_loss, "train_accuracy": train_accuracy}


def right_fit_rows(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    rows = []
    for _ in range(epochs):
        first = _means(_epoch(model, train_loader, loss_fn, optimizer, device))
        second = _means(_measure(model, test_loader, loss_fn, device))
        rows.append((first["loss"], first["accuracy"], second["loss"], second["accuracy"]))
    for m, mode in modes:
        m.training = mode
    keys = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
    return {key: [row[i] for row in rows] for i, key in enumerate(keys)}


def _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs, *, put_back=True, **options):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    for _ in range(epochs):
        _append(history, "train", _means(_epoch(model, train_loader, loss_fn, optimizer, device, **options)))
        _append(history, "test", _means(_measure(model, test_loader, loss_fn, device)))
    if put_back:
        for m, mode in modes:
            m.training = mode
    return history


@says("modes were not put back")
def wrong_fit_ends_in_train_mode(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    return _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs, put_back=False)


@says("modes were not put back")
def wrong_fit_ends_in_eval_mode(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    history = _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs)
    model.eval()
    return history


@says("modes were not put back")
def wrong_fit_outer_mode_only(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    mode = model.training
    history = _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs, put_back=False)
    model.train(mode)
    return history


@says("top of each epoch")
def wrong_fit_train_mode_once(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    model.train()
    for _ in range(epochs):
        _append(history, "train", _means(_epoch(model, train_loader, loss_fn, optimizer, device, train=False)))
        _append(history, "test", _means(_measure(model, test_loader, loss_fn, device, put_back=False)))
    for m, mode in modes:
        m.training = mode
    return history


@says("gradients add up")
def wrong_fit_no_zero_grad(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    return _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs, zero="")


@says("nobody updated")
def wrong_fit_no_step(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    return _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs, step=False)


@says("softmax")
def wrong_fit_softmax(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    return _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs, softmax=True)


@says("training set")
def wrong_fit_measures_on_train(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    fixed = DataLoader(train_loader.dataset, train_loader.batch_size)
    for _ in range(epochs):
        _append(history, "train", _means(_epoch(model, train_loader, loss_fn, optimizer, device)))
        _append(history, "test", _means(_measure(model, fixed, loss_fn, device)))
    for m, mode in modes:
        m.training = mode
    return history


@says("training set")
def wrong_fit_test_is_train(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    for _ in range(epochs):
        numbers = _means(_epoch(model, train_loader, loss_fn, optimizer, device))
        _append(history, "train", numbers)
        _measure(model, test_loader, loss_fn, device)
        _append(history, "test", numbers)
    for m, mode in modes:
        m.training = mode
    return history


@says("test set")
def wrong_fit_trains_on_test(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    return _fit(model, test_loader, train_loader, loss_fn, optimizer, device, epochs)


@says("before the epoch")
def wrong_fit_measures_first(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    for _ in range(epochs):
        _append(history, "test", _means(_measure(model, test_loader, loss_fn, device)))
        _append(history, "train", _means(_epoch(model, train_loader, loss_fn, optimizer, device)))
    for m, mode in modes:
        m.training = mode
    return history


@says("dropout and batch norm")
def wrong_fit_measures_in_train_mode(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    for _ in range(epochs):
        _append(history, "train", _means(_epoch(model, train_loader, loss_fn, optimizer, device)))
        _append(history, "test", _means(_measure(model, test_loader, loss_fn, device, eval_mode=False)))
    for m, mode in modes:
        m.training = mode
    return history


@says("eval() does not stop")
def wrong_fit_measures_with_a_graph(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    for _ in range(epochs):
        _append(history, "train", _means(_epoch(model, train_loader, loss_fn, optimizer, device)))
        _append(history, "test", _means(_measure(model, test_loader, loss_fn, device, record=True)))
    for m, mode in modes:
        m.training = mode
    return history


@says("finished epoch")
def wrong_fit_remeasures_training(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    for _ in range(epochs):
        _epoch(model, train_loader, loss_fn, optimizer, device)
        fixed = DataLoader(train_loader.dataset, train_loader.batch_size)
        _append(history, "train", _means(_measure(model, fixed, loss_fn, device)))
        _append(history, "test", _means(_measure(model, test_loader, loss_fn, device)))
    for m, mode in modes:
        m.training = mode
    return history


def wrong_fit_goes_through_train_twice(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    for _ in range(epochs):
        numbers = _means(_epoch(model, train_loader, loss_fn, optimizer, device))
        _measure(model, train_loader, loss_fn, device)
        _append(history, "train", numbers)
        _append(history, "test", _means(_measure(model, test_loader, loss_fn, device)))
    for m, mode in modes:
        m.training = mode
    return history


@says("mean of the batch means")
def wrong_fit_batch_means(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    for _ in range(epochs):
        for part, rows in (("train", _epoch(model, train_loader, loss_fn, optimizer, device)),
                           ("test", _measure(model, test_loader, loss_fn, device))):
            history[part + "_loss"].append(sum(v for v, *_ in rows) / len(rows))
            history[part + "_accuracy"].append(sum(r / n for _, r, n in rows) / len(rows))
    for m, mode in modes:
        m.training = mode
    return history


@says("averaged together")
def wrong_fit_sums_run_on(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history, rows, tests = _blank(), [], []
    for _ in range(epochs):
        rows += _epoch(model, train_loader, loss_fn, optimizer, device)
        _append(history, "train", _means(rows))
        tests += _measure(model, test_loader, loss_fn, device)
        _append(history, "test", _means(tests))
    for m, mode in modes:
        m.training = mode
    return history


@says("keep numbers, not graphs")
def wrong_fit_tensors(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    history = _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs)
    return {key: [torch.tensor(value) for value in values] for key, values in history.items()}


def wrong_fit_last_numbers_only(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    history = _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs)
    return {key: values[-1] if values else 0.0 for key, values in history.items()}


@says("no key")
def wrong_fit_other_keys(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    history = _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs)
    return {key.replace("accuracy", "acc"): values for key, values in history.items()}


def wrong_fit_one_epoch(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    return _fit(model, train_loader, test_loader, loss_fn, optimizer, device, min(epochs, 1))


def wrong_fit_batches_in_the_history(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    history = _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs)
    history["train_loss"] = [value for value in history["train_loss"] for _ in train_loader]
    return history


def wrong_fit_seeds(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    torch.manual_seed(42)
    return _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs)


@says("on another device")
def wrong_fit_ignores_device(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    device = torch.device("cpu")
    return _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs)


@says("on another device")
def wrong_fit_test_not_moved(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    modes = [(m, m.training) for m in model.modules()]
    history = _blank()
    for _ in range(epochs):
        _append(history, "train", _means(_epoch(model, train_loader, loss_fn, optimizer, device)))
        _append(history, "test", _means(_measure(model, test_loader, loss_fn, "cpu")))
    for m, mode in modes:
        m.training = mode
    return history


def wrong_fit_own_optimizer(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    own = torch.optim.Adam(model.parameters())
    return _fit(model, train_loader, test_loader, loss_fn, own, device, epochs)


def wrong_fit_restores_the_best(model, train_loader, test_loader, loss_fn, optimizer, device, epochs):
    start = copy.deepcopy(model.state_dict())
    history = _fit(model, train_loader, test_loader, loss_fn, optimizer, device, epochs)
    model.load_state_dict(start)
    return history


# ----------------------------------------------------------------------------------------------- train_fashion


class _Centred(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers((x - 0.286) / 0.353)


def _strided(last=10):
    return [nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(784, last)]


def _teach(model, X, y, epochs, optimizer, batch=32, loss_fn=F.cross_entropy, zero=True, generator=None):
    model.train()
    for _ in range(epochs):
        for i in torch.randperm(len(X), generator=generator).split(batch):
            if zero:
                optimizer.zero_grad()
            loss_fn(model(X[i]), y[i]).backward()
            optimizer.step()
    return model


def right_train_fashion_mlp(train, test, seed):
    torch.manual_seed(seed)
    model = _Centred(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-4)
    return _teach(model, *train, 10, optimizer, batch=64)


def right_train_fashion_tiny_vgg(train, test, seed):
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    layers, c = [], 1
    for _ in range(2):
        layers += [nn.Conv2d(c, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        c = 8
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(8 * 49, 10))
    return _teach(model, *train, 3, torch.optim.Adam(model.parameters(), lr=0.003), generator=generator)


def right_train_fashion_batch_norm(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16),
        nn.ReLU(), nn.Flatten(), nn.Dropout(0.2), nn.Linear(784, 10))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    loader = DataLoader(TensorDataset(*train), 64, shuffle=True, generator=torch.Generator().manual_seed(seed))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, epochs=4, steps_per_epoch=len(loader))
    for _ in range(4):
        model.train()
        for X, y in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(X), y).backward()
            optimizer.step()
            schedule.step()
        model.eval()
    return model


def right_train_fashion_log_softmax(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided(), nn.LogSoftmax(dim=1))
    return _teach(model, *train, 4, torch.optim.Adam(model.parameters(), lr=0.003), loss_fn=F.nll_loss).eval()


def right_train_fashion_linear(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    return _teach(model, *train, 15, torch.optim.Adam(model.parameters(), lr=0.001), batch=20)


def right_train_fashion_best_epoch(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    best, kept = -1.0, None
    for _ in range(5):
        _teach(model, *train, 1, optimizer)
        with torch.no_grad():
            score = (model(test[0]).argmax(1) == test[1]).float().mean().item()
        if score > best:
            best, kept = score, copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    return model


@says("guesses")
def wrong_train_fashion_untrained(train, test, seed):
    torch.manual_seed(seed)
    return nn.Sequential(*_strided())


@says("guesses")
def wrong_train_fashion_other_model(train, test, seed):
    torch.manual_seed(seed)
    model, other = nn.Sequential(*_strided()), nn.Sequential(*_strided())
    optimizer = torch.optim.Adam(other.parameters(), lr=0.003)
    return _teach(model, *train, 2, optimizer)


@says("softmax")
def wrong_train_fashion_softmax(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided(), nn.Softmax(dim=1))
    return _teach(model, *train, 2, torch.optim.Adam(model.parameters(), lr=0.003))


def wrong_train_fashion_probabilities(train, test, seed):
    torch.manual_seed(seed)
    body = nn.Sequential(*_strided())
    _teach(body, *train, 2, torch.optim.Adam(body.parameters(), lr=0.003))
    return nn.Sequential(body, nn.Softmax(dim=1))


def wrong_train_fashion_no_zero_grad(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided())
    return _teach(model, *train, 2, torch.optim.SGD(model.parameters(), lr=0.05), zero=False)


def wrong_train_fashion_on_test(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided())
    return _teach(model, *test, 30, torch.optim.Adam(model.parameters(), lr=0.003))


def wrong_train_fashion_too_few_steps(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided())
    return _teach(model, *train, 8, torch.optim.SGD(model.parameters(), lr=0.1), batch=5000)


@says("guesses")
def wrong_train_fashion_relu_behind_the_last_layer(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided(), nn.ReLU(), nn.Hardtanh(0, 1e-3))
    return _teach(model, *train, 2, torch.optim.Adam(model.parameters(), lr=0.003))


@says("nan")
def wrong_train_fashion_blows_up(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided())
    return _teach(model, *train, 1, torch.optim.SGD(model.parameters(), lr=1e30))


def wrong_train_fashion_other_pixels_in_training(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided())
    X = (train[0] - 0.286) / 0.353
    return _teach(model, X * 3, train[1], 2, torch.optim.Adam(model.parameters(), lr=0.003))


def wrong_train_fashion_labels_lost(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided())
    X = train[0][torch.randperm(len(train[0]))]
    return _teach(model, X, train[1], 2, torch.optim.Adam(model.parameters(), lr=0.003))


@says("different models")
def wrong_train_fashion_unseeded(train, test, seed):
    model = nn.Sequential(*_strided())
    return _teach(model, *train, 2, torch.optim.Adam(model.parameters(), lr=0.003))


@says("different models")
def wrong_train_fashion_seeds_after_the_model(train, test, seed):
    model = nn.Sequential(*_strided())
    torch.manual_seed(seed)
    return _teach(model, *train, 2, torch.optim.Adam(model.parameters(), lr=0.003))


@says("changed its input train")
def wrong_train_fashion_normalises_in_place(train, test, seed):
    torch.manual_seed(seed)
    train[0].sub_(0.286).div_(0.353)
    model = nn.Sequential(*_strided())
    return _teach(model, *train, 2, torch.optim.Adam(model.parameters(), lr=0.003))


@says("Return the model alone")
def wrong_train_fashion_model_and_history(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(*_strided())
    return _teach(model, *train, 1, torch.optim.Adam(model.parameters(), lr=0.003)), [0.5]


def wrong_train_fashion_needs_flat_pictures(train, test, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    return _teach(model, train[0].flatten(1), train[1], 2, torch.optim.Adam(model.parameters(), lr=0.003))


class _Squeezes(nn.Sequential):
    def forward(self, x):
        return super().forward(x).squeeze()


def wrong_train_fashion_squeezes(train, test, seed):
    torch.manual_seed(seed)
    model = _Squeezes(*_strided())
    return _teach(model, *train, 2, torch.optim.Adam(model.parameters(), lr=0.003))


def wrong_train_fashion_gives_classes(train, test, seed):
    torch.manual_seed(seed)
    body = nn.Sequential(*_strided())
    _teach(body, *train, 2, torch.optim.Adam(body.parameters(), lr=0.003))

    class Classes(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = body

        def forward(self, x):
            return self.body(x).argmax(dim=1)

    return Classes()
