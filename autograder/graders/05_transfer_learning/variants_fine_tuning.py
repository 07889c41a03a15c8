"""Right and wrong answers to 05_transfer_learning/fine_tuning."""

import copy
import random
from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import says

# --------------------------------------------------------------------------------------------- parameter_groups


def right_parameter_groups_loop(model, head, head_lr, backbone_lr):
    heads, rest = [], []
    for p in model.parameters():
        if not p.requires_grad:
            continue
        if any(p is q for q in head.parameters()):
            heads.append(p)
        else:
            rest.append(p)
    return [{"params": heads, "lr": head_lr}, {"params": rest, "lr": backbone_lr}]


def right_parameter_groups_sets(model, head, head_lr, backbone_lr):
    first = {p for p in head.parameters() if p.requires_grad}
    second = {p for p in model.parameters() if p.requires_grad} - first
    return [dict(params=list(first), lr=head_lr), dict(params=list(second), lr=backbone_lr)]


def right_parameter_groups_named(model, head, head_lr, backbone_lr):
    ids = set(map(id, head.parameters()))
    groups = [OrderedDict(name="head", params=[], lr=head_lr), OrderedDict(name="rest", params=[], lr=backbone_lr)]
    for p in filter(lambda p: p.requires_grad, model.parameters()):
        groups[id(p) not in ids]["params"].append(p)
    return groups


def right_parameter_groups_head_first(model, head, head_lr, backbone_lr):
    seen, lists = set(), ([], [])
    for module, found in ((head, lists[0]), (model, lists[1])):
        for _, p in module.named_parameters():
            if p.requires_grad and id(p) not in seen:
                found.append(p)
                seen.add(id(p))
    return [{"params": lists[0], "lr": head_lr}, {"params": lists[1], "lr": backbone_lr}]


@says("swapped")
def wrong_parameter_groups_swapped(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    ps = [p for p in model.parameters() if p.requires_grad]
    return [{"params": [p for p in ps if id(p) not in own], "lr": backbone_lr}, {"params": [p for p in ps if id(p) in own], "lr": head_lr}]


@says("learning rates are swapped")
def wrong_parameter_groups_swapped_rates(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    ps = [p for p in model.parameters() if p.requires_grad]
    return [{"params": [p for p in ps if id(p) in own], "lr": backbone_lr}, {"params": [p for p in ps if id(p) not in own], "lr": head_lr}]


@says("both groups")
def wrong_parameter_groups_all_of_the_model(model, head, head_lr, backbone_lr):
    return [
        {"params": [p for p in head.parameters() if p.requires_grad], "lr": head_lr},
        {"params": [p for p in model.parameters() if p.requires_grad], "lr": backbone_lr},
    ]


@says("frozen parameter")
def wrong_parameter_groups_frozen_too(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    return [{"params": list(head.parameters()), "lr": head_lr}, {"params": [p for p in model.parameters() if id(p) not in own], "lr": backbone_lr}]


@says("frozen parameter")
def wrong_parameter_groups_frozen_in_head(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    return [
        {"params": list(head.parameters()), "lr": head_lr},
        {"params": [p for p in model.parameters() if id(p) not in own and p.requires_grad], "lr": backbone_lr},
    ]


@says("generator")
def wrong_parameter_groups_generators(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    return [
        {"params": (p for p in head.parameters() if p.requires_grad), "lr": head_lr},
        {"params": (p for p in model.parameters() if id(p) not in own and p.requires_grad), "lr": backbone_lr},
    ]


@says("same object")
def wrong_parameter_groups_equal_values(model, head, head_lr, backbone_lr):
    own = [p for p in head.parameters() if p.requires_grad]
    rest = [p for p in model.parameters() if p.requires_grad and not any(p.shape == q.shape and torch.equal(p, q) for q in own)]
    return [{"params": own, "lr": head_lr}, {"params": rest, "lr": backbone_lr}]


@says("same object")
def wrong_parameter_groups_in_operator(model, head, head_lr, backbone_lr):
    own = list(head.parameters())
    return [{"params": own, "lr": head_lr}, {"params": [p for p in model.parameters() if p not in own], "lr": backbone_lr}]


@says("shared with the head")
def wrong_parameter_groups_shared_to_backbone(model, head, head_lr, backbone_lr):
    inside = {id(m) for m in head.modules()}
    rest = {id(p) for m in model.modules() if id(m) not in inside for p in m.parameters(recurse=False)}
    ps = [p for p in model.parameters() if p.requires_grad]
    return [{"params": [p for p in ps if id(p) not in rest], "lr": head_lr}, {"params": [p for p in ps if id(p) in rest], "lr": backbone_lr}]


def wrong_parameter_groups_by_name(model, head, head_lr, backbone_lr):
    prefix = next(name for name, module in model.named_modules() if module is head)
    heads = [p for n, p in model.named_parameters() if n.startswith(prefix) and p.requires_grad]
    rest = [p for n, p in model.named_parameters() if not n.startswith(prefix) and p.requires_grad]
    return [{"params": heads, "lr": head_lr}, {"params": rest, "lr": backbone_lr}]


def wrong_parameter_groups_named_head(model, head, head_lr, backbone_lr):
    heads = [p for n, p in model.named_parameters() if ("head" in n or "fc" in n or "classifier" in n) and p.requires_grad]
    rest = [p for n, p in model.named_parameters() if not ("head" in n or "fc" in n or "classifier" in n) and p.requires_grad]
    return [{"params": heads, "lr": head_lr}, {"params": rest, "lr": backbone_lr}]


@says("twice")
def wrong_parameter_groups_shared_twice(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    ps = [p for _, p in model.named_parameters(remove_duplicate=False) if p.requires_grad]
    return [{"params": [p for p in ps if id(p) in own], "lr": head_lr}, {"params": [p for p in ps if id(p) not in own], "lr": backbone_lr}]


@says("exactly two groups")
def wrong_parameter_groups_drops_empty(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    ps = [p for p in model.parameters() if p.requires_grad]
    groups = [{"params": [p for p in ps if id(p) in own], "lr": head_lr}, {"params": [p for p in ps if id(p) not in own], "lr": backbone_lr}]
    return [g for g in groups if g["params"]]


@says("list of two dicts")
def wrong_parameter_groups_optimizer(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    ps = [p for p in model.parameters() if p.requires_grad]
    heads, rest = [p for p in ps if id(p) in own], [p for p in ps if id(p) not in own]
    return torch.optim.SGD([{"params": heads, "lr": head_lr}, {"params": rest, "lr": backbone_lr}])


@says("own parameters")
def wrong_parameter_groups_copies(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    ps = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p.detach().clone() for p in ps if id(p) in own], "lr": head_lr},
        {"params": [p.detach().clone() for p in ps if id(p) not in own], "lr": backbone_lr},
    ]


@says("requires_grad")
def wrong_parameter_groups_thaws(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    ps = [p for p in model.parameters() if p.requires_grad]
    model.requires_grad_(True)
    return [{"params": [p for p in ps if id(p) in own], "lr": head_lr}, {"params": [p for p in ps if id(p) not in own], "lr": backbone_lr}]


@says("'lr'")
def wrong_parameter_groups_learning_rate_key(model, head, head_lr, backbone_lr):
    own = {id(p) for p in head.parameters()}
    ps = [p for p in model.parameters() if p.requires_grad]
    heads, rest = [p for p in ps if id(p) in own], [p for p in ps if id(p) not in own]
    return [{"params": heads, "learning_rate": head_lr}, {"params": rest, "learning_rate": backbone_lr}]


# --------------------------------------------------------------------------------------------- extract_features


def right_extract_features_inference_mode(backbone, loader):
    before = {module: module.training for module in backbone.modules()}
    try:
        backbone.eval()
        with torch.inference_mode():
            pairs = [(backbone(images), labels) for images, labels in loader]
        return torch.cat([f for f, _ in pairs], dim=0), torch.cat([y for _, y in pairs], dim=0)
    finally:
        for module, mode in before.items():
            module.training = mode


def right_extract_features_on_a_copy(backbone, loader):
    quiet = copy.deepcopy(backbone).eval()
    features, targets = [], []
    for images, labels in loader:
        features.extend(quiet(images).detach())
        targets.extend(labels)
    return torch.stack(features), torch.stack(targets)


@torch.no_grad()
def right_extract_features_decorated(backbone, loader):
    modes = [m.training for m in backbone.modules()]
    backbone.train(False)
    f = y = None
    for images, labels in loader:
        out = backbone.forward(images)
        f = out if f is None else torch.vstack([f, out])
        y = labels if y is None else torch.hstack([y, labels])
    for m, mode in zip(backbone.modules(), modes):
        m.training = mode
    return [f, y]


def _loop(backbone, loader):
    features, targets = [], []
    for images, labels in loader:
        features.append(backbone(images))
        targets.append(labels)
    return torch.cat(features), torch.cat(targets)


@says("Dropout or batch norm")
def wrong_extract_features_no_eval(backbone, loader):
    state, modes = copy.deepcopy(backbone.state_dict()), [m.training for m in backbone.modules()]
    backbone.train()
    with torch.no_grad():
        answer = _loop(backbone, loader)
    backbone.load_state_dict(state)
    for m, mode in zip(backbone.modules(), modes):
        m.training = mode
    return answer


@says("batch-norm statistics")
def wrong_extract_features_mode_as_found(backbone, loader):
    with torch.no_grad():
        return _loop(backbone, loader)


@says("eval() does not stop")
def wrong_extract_features_graph(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    answer = _loop(backbone, loader)
    for m, mode in modes:
        m.training = mode
    return answer


@says("mode it came in")
def wrong_extract_features_leaves_eval(backbone, loader):
    backbone.eval()
    with torch.no_grad():
        return _loop(backbone, loader)


@says("mode it came in")
def wrong_extract_features_root_mode(backbone, loader):
    mode = backbone.training
    backbone.eval()
    with torch.no_grad():
        answer = _loop(backbone, loader)
    backbone.train(mode)
    return answer


@says("mode it came in")
def wrong_extract_features_children_modes(backbone, loader):
    modes = [(m, m.training) for m in backbone.children()]
    mode = backbone.training
    backbone.eval()
    with torch.no_grad():
        answer = _loop(backbone, loader)
    backbone.training = mode
    for m, mode in modes:
        m.train(mode)
    return answer


@says("Features and labels")
def wrong_extract_features_two_loops(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    with torch.no_grad():
        features = torch.cat([backbone(images) for images, _ in loader])
        targets = torch.cat([labels for _, labels in loader])
    for m, mode in modes:
        m.training = mode
    return features, targets


def wrong_extract_features_stack(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    with torch.no_grad():
        pairs = [(backbone(images), labels) for images, labels in loader]
    for m, mode in modes:
        m.training = mode
    return torch.stack([f for f, _ in pairs]).flatten(0, 1), torch.stack([y for _, y in pairs]).flatten()


def wrong_extract_features_drops_small_batch(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    with torch.no_grad():
        pairs = [(backbone(images), labels) for images, labels in loader]
    for m, mode in modes:
        m.training = mode
    pairs = [pair for pair in pairs if len(pair[1]) == len(pairs[0][1])]
    return torch.cat([f for f, _ in pairs]), torch.cat([y for _, y in pairs])


def wrong_extract_features_first_batch(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    with torch.no_grad():
        images, labels = next(iter(loader))
        features = backbone(images)
    for m, mode in modes:
        m.training = mode
    return features, labels


@says("features come first")
def wrong_extract_features_swapped(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    with torch.no_grad():
        features, targets = _loop(backbone, loader)
    for m, mode in modes:
        m.training = mode
    return targets, features


def wrong_extract_features_lists(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    with torch.no_grad():
        features, targets = _loop(backbone, loader)
    for m, mode in modes:
        m.training = mode
    return features.tolist(), targets.tolist()


@says("int64")
def wrong_extract_features_float_labels(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    with torch.no_grad():
        features, targets = _loop(backbone, loader)
    for m, mode in modes:
        m.training = mode
    return features, targets.float()


@says("no longer recorded")
def wrong_extract_features_switches_grad_off(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    torch.set_grad_enabled(False)
    answer = _loop(backbone, loader)
    for m, mode in modes:
        m.training = mode
    return answer


@says("requires_grad")
def wrong_extract_features_freezes(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval().requires_grad_(False)
    answer = _loop(backbone, loader)
    for m, mode in modes:
        m.training = mode
    return answer


def wrong_extract_features_sorted_by_label(backbone, loader):
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    with torch.no_grad():
        features, targets = _loop(backbone, loader)
    for m, mode in modes:
        m.training = mode
    order = targets.argsort(stable=True)
    return features[order], targets[order]


# ---------------------------------------------------------------------------------------------------- fine_tune


def right_fine_tune_features_once(backbone, train, num_classes, seed):
    images, labels = train
    body = copy.deepcopy(backbone).eval().requires_grad_(False)
    draw = torch.Generator().manual_seed(seed)
    features = body(images)
    head = nn.Linear(features.shape[1], num_classes, device="meta").to_empty(device="cpu")
    with torch.no_grad():
        head.weight.normal_(0, 0.01, generator=draw)
        head.bias.zero_()
    adam = torch.optim.Adam(head.parameters(), lr=0.003)
    for _ in range(60):
        for batch in torch.randperm(len(labels), generator=draw).split(10):
            adam.zero_grad()
            F.cross_entropy(head(features[batch]), labels[batch]).backward()
            adam.step()
    return nn.Sequential(body, head)


def right_fine_tune_logistic_regression(backbone, train, num_classes, seed):
    images, labels = train
    modes = [(m, m.training) for m in backbone.modules()]
    backbone.eval()
    with torch.no_grad():
        features = backbone(images)
    for m, mode in modes:
        m.training = mode
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        head = nn.Linear(features.size(1), num_classes)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    lbfgs = torch.optim.LBFGS(head.parameters(), max_iter=60, line_search_fn="strong_wolfe")

    def closure():
        lbfgs.zero_grad()
        loss = F.cross_entropy(head(features), labels) + 1e-3 * head.weight.square().sum()
        loss.backward()
        return loss

    lbfgs.step(closure)

    class Whole(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = backbone
            self.classifier = head

        def forward(self, x):
            return self.classifier(self.features(x))

    return Whole()


def right_fine_tune_sgd(backbone, train, num_classes, seed):
    state, other, third = torch.get_rng_state(), random.getstate(), np.random.get_state()
    try:
        torch.manual_seed(seed)
        images, labels = train
        features = copy.deepcopy(backbone)
        width = features.eval()(images[:2]).shape[-1]
        model = nn.Sequential(OrderedDict(body=features, head=nn.Linear(width, num_classes)))
        model.train()
        sgd = torch.optim.SGD([{"params": model.head.parameters(), "lr": 0.02}, {"params": model.body.parameters(), "lr": 0.002}], momentum=0.9)
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images, labels), batch_size=8, shuffle=True)
        for _ in range(40):
            for X, y in loader:
                loss = nn.CrossEntropyLoss()(model(X), y)
                sgd.zero_grad()
                loss.backward()
                sgd.step()
        return model
    finally:
        torch.set_rng_state(state)
        random.setstate(other)
        np.random.set_state(third)


def right_fine_tune_one_rate(backbone, train, num_classes, seed):
    images, labels = train
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        body = copy.deepcopy(backbone)
        with torch.inference_mode():
            width = copy.deepcopy(body).eval()(images).shape[1]
        model = nn.Sequential(body, nn.Linear(width, num_classes))
        model.train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
        for _ in range(30):
            for start in range(0, len(labels), 15):
                optimizer.zero_grad()
                F.cross_entropy(model(images[start:start + 15]), labels[start:start + 15]).backward()
                optimizer.step()
    return model


def right_fine_tune_head_then_all(backbone, train, num_classes, seed):
    images, labels = train
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        body = copy.deepcopy(backbone)
        width = body.eval()(images[:1]).detach().shape[1]
        head = nn.Sequential(nn.Linear(width, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, num_classes))
        model = nn.Sequential(body, head)
        for parameters, lr, epochs in ((head.parameters(), 2e-3, 30), (model.parameters(), 1e-4, 10)):
            adam = torch.optim.Adam(list(parameters), lr=lr)
            for _ in range(epochs):
                head.train()
                for batch in torch.randperm(len(labels)).chunk(3):
                    adam.zero_grad()
                    F.cross_entropy(model(images[batch]), labels[batch]).backward()
                    adam.step()
    return model.eval()


def right_fine_tune_augmented(backbone, train, num_classes, seed):
    images, labels = train
    body, draw = copy.deepcopy(backbone), torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(body, nn.LazyLinear(num_classes)).eval()
        model(images[:1])
        model.train()
        adam = torch.optim.Adam([{"params": model[1].parameters()}, {"params": body.parameters(), "lr": 2e-4}], lr=2e-3)
        for _ in range(40):
            for batch in torch.randperm(len(labels), generator=draw).split(10):
                padded = F.pad(images[batch], (1, 1, 1, 1))
                top, left, flip = torch.randint(0, 3, (3,), generator=draw).tolist()
                moved = padded[:, :, top : top + images.shape[2], left : left + images.shape[3]]
                loss = F.cross_entropy(model(moved.flip(3) if flip == 0 else moved), labels[batch])
                adam.zero_grad()
                loss.backward()
                adam.step()
    return model


def _fit(model, parameters, train, lr, epochs, batch=10):
    images, labels = train
    model.train()
    adam = torch.optim.Adam(parameters, lr=lr)
    for _ in range(epochs):
        for pick in torch.randperm(len(labels)).split(batch):
            adam.zero_grad()
            F.cross_entropy(model(images[pick]), labels[pick]).backward()
            adam.step()
    return model.eval()


def _width(body, images):
    with torch.no_grad():
        return copy.deepcopy(body).eval()(images[:1]).shape[1]


def _reset(body):
    body = copy.deepcopy(body)
    for m in body.modules():
        if hasattr(m, "reset_parameters"):
            m.reset_parameters()
    return body


def wrong_fine_tune_from_scratch(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(_reset(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, model.parameters(), train, 2e-3, 10)


@says("not what the backbone knows")
def wrong_fine_tune_from_scratch_for_long(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(_reset(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, model.parameters(), train, 1e-3, 60)


@says("not what the backbone knows")
def wrong_fine_tune_own_network(backbone, train, num_classes, seed):
    channels = train[0].shape[1]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(
            nn.Conv2d(channels, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(4),
            nn.Flatten(), nn.Linear(512, num_classes),
        )
        return _fit(model, model.parameters(), train, 2e-3, 40)


def wrong_fine_tune_random_backbone_frozen(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(_reset(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, model[1].parameters(), train, 2e-3, 30)


@says("untrained")
def wrong_fine_tune_untrained_head(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes)).eval()


@says("untrained")
def wrong_fine_tune_recreated(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        _fit(model, model.parameters(), train, 1e-3, 20)
        return nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes)).eval()


@says("untrained")
def wrong_fine_tune_optimizer_of_another_model(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(copy.deepcopy(model), model.parameters(), train, 1e-3, 20)


@says("untrained")
def wrong_fine_tune_labels_shuffled_apart(backbone, train, num_classes, seed):
    images, labels = train
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, images), num_classes))
        return _fit(model, model.parameters(), (images, labels[torch.randperm(len(labels))].roll(1)), 5e-4, 20)


@says("weights of the backbone you were given")
def wrong_fine_tune_trains_the_given(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(backbone, nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, [{"params": model[1].parameters()}, {"params": backbone.parameters(), "lr": 2e-4}], train, 2e-3, 30)


@says("weights of the backbone you were given")
def wrong_fine_tune_shallow_copy(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.copy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}], train, 2e-3, 30)


@says("requires_grad")
def wrong_fine_tune_freezes_the_given(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        backbone.requires_grad_(False)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, model[1].parameters(), train, 2e-3, 30)


@says("modes")
def wrong_fine_tune_leaves_eval(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        features = backbone.eval()(train[0]).detach()
        head = nn.Linear(features.shape[1], num_classes)
        _fit(head, head.parameters(), (features, train[1]), 2e-3, 30)
        return nn.Sequential(copy.deepcopy(backbone), head)


@says("batch-norm statistics")
def wrong_fine_tune_moves_statistics(backbone, train, num_classes, seed):
    modes = [m.training for m in backbone.modules()]
    flags = [p.requires_grad for p in backbone.parameters()]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        backbone.requires_grad_(False)
        model = nn.Sequential(backbone, nn.Linear(_width(backbone, train[0]), num_classes))
        model = copy.deepcopy(_fit(model, model[1].parameters(), train, 2e-3, 30))
    for m, mode in zip(backbone.modules(), modes):
        m.training = mode
    for p, flag in zip(backbone.parameters(), flags):
        p.requires_grad_(flag)
    return model


@says(".grad was filled")
def wrong_fine_tune_fills_gradients(backbone, train, num_classes, seed):
    modes = [m.training for m in backbone.modules()]
    backbone.eval()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        head = nn.Linear(_width(backbone, train[0]), num_classes)
        adam = torch.optim.Adam(head.parameters(), lr=2e-3)
        for _ in range(30):
            for pick in torch.randperm(len(train[1])).split(10):
                adam.zero_grad()
                F.cross_entropy(head(backbone(train[0][pick])), train[1][pick]).backward()
                adam.step()
    model = nn.Sequential(copy.deepcopy(backbone), head)
    for m, mode in zip(backbone.modules(), modes):
        m.training = mode
    return model


@says("same seed")
def wrong_fine_tune_unseeded(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.seed()
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}], train, 2e-3, 30)


@says("same seed")
def wrong_fine_tune_seeds_too_late(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        torch.manual_seed(seed + torch.randint(1000, ()).item() * 0)
        return _fit(model, [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}], train, 2e-3, 30)


@says("global random state")
def wrong_fine_tune_seeds_globally(backbone, train, num_classes, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
    return _fit(model, [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}], train, 2e-3, 30)


@says("global random state")
def wrong_fine_tune_shuffles_with_random(backbone, train, num_classes, seed):
    images, labels = train
    random.seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, images), num_classes))
        order = random.sample(range(len(labels)), len(labels))
        groups = [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}]
        return _fit(model, groups, (images[order], labels[order]), 2e-3, 30)


@says("probabilities")
def wrong_fine_tune_softmax(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes), nn.Softmax(dim=1))
        return _fit(model, [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}], train, 2e-3, 30)


def wrong_fine_tune_of_288_features(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(288, num_classes))
        return _fit(model, [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}], train, 2e-3, 30)


@says("classes")
def wrong_fine_tune_three_classes(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), 3))
        return _fit(model, [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}], (train[0], train[1] % 3), 2e-3, 30)


@says("logits are")
def wrong_fine_tune_ten_outputs(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), 10))
        return _fit(model, [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}], train, 2e-3, 30)


def wrong_fine_tune_wipes_it_out(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, model.parameters(), train, 0.1, 30)


def wrong_fine_tune_hardly_trained(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, model.parameters(), train, 1e-5, 2)


@says("nn.Module")
def wrong_fine_tune_with_history(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(copy.deepcopy(backbone), nn.Linear(_width(backbone, train[0]), num_classes))
        return _fit(model, [{"params": model[1].parameters()}, {"params": model[0].parameters(), "lr": 2e-4}], train, 2e-3, 30), []


def wrong_fine_tune_head_alone(backbone, train, num_classes, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        features = copy.deepcopy(backbone).eval()(train[0]).detach()
        head = nn.Linear(features.shape[1], num_classes)
        return _fit(head, head.parameters(), (features, train[1]), 2e-3, 30)


# ------------------------------------------------------------------------------------------------- feature_gain


def right_feature_gain_of_errors(scratch_accuracy, tuned_accuracy):
    before, after = 1 - scratch_accuracy, 1 - tuned_accuracy
    if before == 0:
        return 0.0
    return (before - after) / before


def right_feature_gain_try(scratch_accuracy, tuned_accuracy):
    try:
        return float(1 - (1 - tuned_accuracy) / (1 - scratch_accuracy))
    except ZeroDivisionError:
        return 0.0


def right_feature_gain_tensor(scratch_accuracy, tuned_accuracy):
    errors = 1 - torch.tensor([scratch_accuracy, tuned_accuracy], dtype=torch.float64)
    return ((errors[0] - errors[1]) / errors[0]).item() if errors[0] > 0 else 0.0


@says("difference")
def wrong_feature_gain_difference(scratch_accuracy, tuned_accuracy):
    return tuned_accuracy - scratch_accuracy


@says("one of its errors")
def wrong_feature_gain_relative_accuracy(scratch_accuracy, tuned_accuracy):
    return (tuned_accuracy - scratch_accuracy) / scratch_accuracy if scratch_accuracy else 0.0


def wrong_feature_gain_no_guard(scratch_accuracy, tuned_accuracy):
    return (tuned_accuracy - scratch_accuracy) / (1 - scratch_accuracy)


def wrong_feature_gain_clipped(scratch_accuracy, tuned_accuracy):
    return max(0.0, (tuned_accuracy - scratch_accuracy) / (1 - scratch_accuracy)) if scratch_accuracy < 1 else 0.0


def wrong_feature_gain_absolute(scratch_accuracy, tuned_accuracy):
    return abs(tuned_accuracy - scratch_accuracy) / (1 - scratch_accuracy) if scratch_accuracy < 1 else 0.0


@says("left")
def wrong_feature_gain_share_left(scratch_accuracy, tuned_accuracy):
    return (1 - tuned_accuracy) / (1 - scratch_accuracy) if scratch_accuracy < 1 else 0.0


@says("percentage")
def wrong_feature_gain_percent(scratch_accuracy, tuned_accuracy):
    return 100 * (tuned_accuracy - scratch_accuracy) / (1 - scratch_accuracy) if scratch_accuracy < 1 else 0.0


@says("sign")
def wrong_feature_gain_swapped(scratch_accuracy, tuned_accuracy):
    return (scratch_accuracy - tuned_accuracy) / (1 - scratch_accuracy) if scratch_accuracy < 1 else 0.0


def wrong_feature_gain_epsilon(scratch_accuracy, tuned_accuracy):
    return (tuned_accuracy - scratch_accuracy) / (1 - scratch_accuracy + 1e-8)


def wrong_feature_gain_one_without_errors(scratch_accuracy, tuned_accuracy):
    return (tuned_accuracy - scratch_accuracy) / (1 - scratch_accuracy) if scratch_accuracy < 1 else 1.0


def wrong_feature_gain_nan(scratch_accuracy, tuned_accuracy):
    return (tuned_accuracy - scratch_accuracy) / (1 - scratch_accuracy) if scratch_accuracy < 1 else float("nan")


def wrong_feature_gain_rounded(scratch_accuracy, tuned_accuracy):
    return round((tuned_accuracy - scratch_accuracy) / (1 - scratch_accuracy), 2) if scratch_accuracy < 1 else 0.0


def wrong_feature_gain_over_the_rest(scratch_accuracy, tuned_accuracy):
    return (tuned_accuracy - scratch_accuracy) / (1 - tuned_accuracy) if tuned_accuracy < 1 else 1.0


@says("tensor")
def wrong_feature_gain_zero_dim(scratch_accuracy, tuned_accuracy):
    return torch.tensor((tuned_accuracy - scratch_accuracy) / (1 - scratch_accuracy)) if scratch_accuracy < 1 else torch.tensor(0.0)
