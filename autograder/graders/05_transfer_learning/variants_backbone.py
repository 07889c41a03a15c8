"""Right and wrong answers to 05_transfer_learning/backbone."""

import copy
import types
from collections import namedtuple

import torch
from torch import nn

from autograder.checks import says

_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
_Report = namedtuple("_Report", "loaded skipped")


# ------------------------------------------------------------------------------------------------ load_matching


def right_load_matching_by_filter(model, state_dict):
    own = model.state_dict()
    fit = {name: value for name, value in state_dict.items() if name in own and own[name].shape == value.shape}
    model.load_state_dict(fit, strict=False)
    return sorted(fit), sorted(name for name in state_dict if name not in fit)


def right_load_matching_by_update(model, state_dict):
    own = model.state_dict()
    loaded, skipped = [], []
    for name in sorted(state_dict):
        value = state_dict[name]
        if name in own and tuple(own[name].size()) == tuple(value.size()):
            own[name] = value
            loaded.append(name)
        else:
            skipped.append(name)
    model.load_state_dict(own)
    return loaded, skipped


def right_load_matching_by_hand(model, state_dict):
    own = dict(model.named_parameters())
    own.update(model.named_buffers())
    report = _Report([], [])
    with torch.no_grad():
        for name, value in state_dict.items():
            if name in own and own[name].shape == value.shape:
                own[name].data.copy_(value.detach().clone())
                report.loaded.append(name)
            else:
                report.skipped.append(name)
    report.loaded.sort()
    report.skipped.sort()
    return report


def right_load_matching_fresh_parameters(model, state_dict):
    own, loaded = model.state_dict(), set()
    for name in state_dict:
        if name not in own or own[name].shape != state_dict[name].shape:
            continue
        path, _, last = name.rpartition(".")
        parent, value = model.get_submodule(path), state_dict[name].detach().clone().to(own[name].dtype)
        if last in parent._parameters:
            value = nn.Parameter(value, requires_grad=getattr(parent, last).requires_grad)
        setattr(parent, last, value)
        loaded.add(name)
    return sorted(loaded), sorted(set(state_dict) - loaded)


@says("report of load_state_dict")
def wrong_load_matching_report(model, state_dict):
    own = model.state_dict()
    return model.load_state_dict({k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}, strict=False)


@says("strict=False")
def wrong_load_matching_strict_false(model, state_dict):
    report = model.load_state_dict(state_dict, strict=False)
    return sorted(set(state_dict) - set(report.unexpected_keys)), sorted(report.unexpected_keys)


@says("wants every name to agree")
def wrong_load_matching_strict(model, state_dict):
    model.load_state_dict(state_dict)
    return sorted(state_dict), []


@says("do not assign its result to model")
def wrong_load_matching_assigns_the_report(model, state_dict):
    own = model.state_dict()
    fit = {k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    model = model.load_state_dict(fit, strict=False)
    return sorted(k for k in state_dict if k in model.state_dict()), sorted(set(state_dict) - set(fit))


@says("buffers")
def wrong_load_matching_parameters_only(model, state_dict):
    own, loaded = dict(model.named_parameters()), []
    with torch.no_grad():
        for name, value in state_dict.items():
            if name in own and own[name].shape == value.shape:
                own[name].copy_(value)
                loaded.append(name)
    return sorted(loaded), sorted(set(state_dict) - set(loaded))


@says("another shape")
def wrong_load_matching_broadcasts(model, state_dict):
    own, loaded, skipped = model.state_dict(), [], []
    for name, value in sorted(state_dict.items()):
        try:
            own[name].copy_(value)
            loaded.append(name)
        except (KeyError, RuntimeError):
            skipped.append(name)
    return loaded, skipped


@says("another shape")
def wrong_load_matching_same_number_of_elements(model, state_dict):
    own = model.state_dict()
    loaded = sorted(k for k, v in state_dict.items() if k in own and own[k].numel() == v.numel())
    for name in loaded:
        own[name].copy_(state_dict[name].reshape(own[name].shape))
    return loaded, sorted(set(state_dict) - set(loaded))


@says("shape")
def wrong_load_matching_names_alone(model, state_dict):
    own, loaded = model.state_dict(), []
    for name, value in state_dict.items():
        if name in own:
            path, _, last = name.rpartition(".")
            parent = model.get_submodule(path)
            value = value.clone()
            setattr(parent, last, nn.Parameter(value, parent._parameters[last].requires_grad) if last in parent._parameters else value)
            loaded.append(name)
    return sorted(loaded), sorted(set(state_dict) - set(loaded))


@says("share memory")
def wrong_load_matching_alias(model, state_dict):
    own = dict(model.named_parameters()) | dict(model.named_buffers())
    loaded = sorted(k for k, v in state_dict.items() if k in own and own[k].shape == v.shape)
    for name in loaded:
        own[name].data = state_dict[name].to(own[name].dtype)
    return loaded, sorted(set(state_dict) - set(loaded))


@says("share memory")
def wrong_load_matching_assign(model, state_dict):
    own = model.state_dict()
    fit = {k: v.to(own[k].dtype) for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fit, strict=False, assign=True)
    return sorted(fit), sorted(set(state_dict) - set(fit))


@says("dtype")
def wrong_load_matching_keeps_foreign_dtype(model, state_dict):
    own = model.state_dict()
    fit = {k: v.clone() for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fit, strict=False, assign=True)
    return sorted(fit), sorted(set(state_dict) - set(fit))


def wrong_load_matching_skips_other_dtypes(model, state_dict):
    own = model.state_dict()
    loaded = sorted(k for k, v in state_dict.items() if k in own and own[k].shape == v.shape and own[k].dtype == v.dtype)
    for name in loaded:
        own[name].copy_(state_dict[name])
    return loaded, sorted(set(state_dict) - set(loaded))


@says("sorted")
def wrong_load_matching_unsorted(model, state_dict):
    own = model.state_dict()
    fit = {k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fit, strict=False)
    return list(fit), [k for k in state_dict if k not in fit]


@says("swapped")
def wrong_load_matching_swapped(model, state_dict):
    own = model.state_dict()
    fit = {k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fit, strict=False)
    return sorted(set(state_dict) - set(fit)), sorted(fit)


@says("names of the state_dict")
def wrong_load_matching_missing_for_skipped(model, state_dict):
    own = model.state_dict()
    fit = {k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    report = model.load_state_dict(fit, strict=False)
    return sorted(fit), sorted(report.missing_keys)


def wrong_load_matching_unknown_names_forgotten(model, state_dict):
    own = model.state_dict()
    fit = {k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fit, strict=False)
    return sorted(fit), sorted(k for k in state_dict if k in own and k not in fit)


@says("other entries")
def wrong_load_matching_pops(model, state_dict):
    own, skipped = model.state_dict(), []
    for name in list(state_dict):
        if name not in own or own[name].shape != state_dict[name].shape:
            skipped.append(name)
            del state_dict[name]
    model.load_state_dict(state_dict, strict=False)
    return sorted(state_dict), sorted(skipped)


@says("Nothing was copied")
def wrong_load_matching_into_a_copy(model, state_dict):
    own = model.state_dict()
    fit = {k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    copy.deepcopy(model).load_state_dict(fit, strict=False)
    return sorted(fit), sorted(set(state_dict) - set(fit))


def wrong_load_matching_dictionary_only(model, state_dict):
    own, loaded = model.state_dict(), []
    for name, value in state_dict.items():
        if name in own and own[name].shape == value.shape:
            own[name] = value
            loaded.append(name)
    return sorted(loaded), sorted(set(state_dict) - set(loaded))


@says("modes")
def wrong_load_matching_eval(model, state_dict):
    own = model.state_dict()
    fit = {k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fit, strict=False)
    model.eval()
    return sorted(fit), sorted(set(state_dict) - set(fit))


@says("requires_grad")
def wrong_load_matching_freezes(model, state_dict):
    own = model.state_dict()
    fit = {k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fit, strict=False)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name not in fit)
    return sorted(fit), sorted(set(state_dict) - set(fit))


@says("two lists")
def wrong_load_matching_sets(model, state_dict):
    own = model.state_dict()
    fit = {k: v for k, v in state_dict.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fit, strict=False)
    return set(fit), set(state_dict) - set(fit)


# ------------------------------------------------------------------------------------------------------- freeze


def right_freeze_own_train(module):
    for p in module.parameters():
        p.requires_grad = False
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)


def right_freeze_train_of_every_module(module):
    module.requires_grad_(False)

    def quiet(self, mode=True):
        type(self).train(self, mode)
        for inner in self.modules():
            if isinstance(inner, nn.modules.batchnorm._BatchNorm):
                inner.training = False
        return self

    for layer in module.modules():
        layer.train = types.MethodType(quiet, layer)
    module.train(module.training)


def right_freeze_train_of_the_root(module):
    module.requires_grad_(False)
    original = module.train

    def train(mode=True):
        original(mode)
        for m in module.modules():
            if isinstance(m, _NORMS):
                m.eval()
        return module

    module.train = train
    module.train(module.training)


def right_freeze_other_class(module):
    for p in module.parameters():
        p.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            base = type(layer)
            layer.__class__ = type(f"Frozen{base.__name__}", (base,), {"train": lambda self, mode=True: base.train(self, False)})
            layer.eval()


def right_freeze_own_forward(module):
    module.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.forward = types.MethodType(
                lambda self, x: nn.functional.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps), layer
            )


def right_freeze_hook_and_eval(module):
    module.eval()
    for p in module.parameters():
        p.requires_grad, p.grad = False, None

    def hook(layer, inputs):
        layer.eval()

    for layer in module.modules():
        if "BatchNorm" in type(layer).__name__:
            layer.register_forward_pre_hook(hook)


class _Frozen1d(nn.BatchNorm1d):
    def train(self, mode=True):
        return super().train(False)


class _Frozen2d(nn.BatchNorm2d):
    def train(self, mode=True):
        return super().train(False)


class _Frozen3d(nn.BatchNorm3d):
    def train(self, mode=True):
        return super().train(False)


def right_freeze_class_swap(module):
    swap = {nn.BatchNorm1d: _Frozen1d, nn.BatchNorm2d: _Frozen2d, nn.BatchNorm3d: _Frozen3d}
    for m in module.modules():
        for p in m.parameters(recurse=False):
            p.requires_grad_(False)
        if type(m) in swap:
            m.__class__ = swap[type(m)]
            m.training = False


def right_freeze_asleep_for_the_call(module):
    """Eval for the call, and the mode back after it."""
    for p in module.parameters():
        p.requires_grad_(False)

    def before(layer, _):
        layer.was = layer.training
        layer.training = False

    def after(layer, _, out):
        layer.training = layer.was

    for m in module.modules():
        if isinstance(m, nn.modules.batchnorm._BatchNorm):
            m.register_forward_pre_hook(before)
            m.register_forward_hook(after)


def right_freeze_train_of_the_whole(module):
    module.requires_grad_(False)
    module.eval()
    module.train = types.MethodType(lambda self, mode=True: self, module)


class _FrozenNorm(nn.Module):
    """Takes the place of a batch norm; the names in the state_dict stay."""

    def __init__(self, old):
        super().__init__()
        self.eps = old.eps
        self.weight, self.bias = old.weight, old.bias
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            self.register_buffer(name, getattr(old, name))

    def forward(self, x):
        return nn.functional.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps)


def _swap_norms(parent):
    for name, child in list(parent.named_children()):
        if isinstance(child, nn.modules.batchnorm._BatchNorm):
            setattr(parent, name, _FrozenNorm(child))
        else:
            _swap_norms(child)


def right_freeze_swaps_layers(module):
    module.requires_grad_(False)
    if isinstance(module, nn.modules.batchnorm._BatchNorm):
        module.forward = _FrozenNorm(module).forward
    else:
        _swap_norms(module)


@says("requires_grad=False is not enough")
def wrong_freeze_parameters_only(module):
    module.requires_grad_(False)


@says("woke")
def wrong_freeze_eval_once(module):
    module.requires_grad_(False)
    module.eval()


@says("still require grad")
def wrong_freeze_plain_attribute(module):
    module.requires_grad = False
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)


@says("nested")
def wrong_freeze_parameters_of_children(module):
    for child in module.children():
        for p in child.parameters(recurse=False):
            p.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)


@says("batch norm still require grad")
def wrong_freeze_all_but_norms(module):
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)
        else:
            for p in layer.parameters(recurse=False):
                p.requires_grad_(False)


@says("momentum")
def wrong_freeze_momentum(module):
    module.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.momentum = 0.0


@says("normalises with the batch")
def wrong_freeze_no_tracking(module):
    module.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.track_running_stats = False


def wrong_freeze_throws_statistics_away(module):
    module.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.running_mean = layer.running_var = None


@says("Some batch-norm layers")
def wrong_freeze_only_2d(module):
    module.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)


@says("Some batch-norm layers")
def wrong_freeze_children_only(module):
    module.requires_grad_(False)
    for layer in [module, *module.children()]:
        if isinstance(layer, _NORMS):
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)


def wrong_freeze_needs_weights(module):
    for p in module.parameters():
        p.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.weight.requires_grad_(False)
            layer.bias.requires_grad_(False)
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)


def wrong_freeze_norms_with_weights_only(module):
    module.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS) and layer.affine:
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)


def wrong_freeze_every_norm_of_the_world(module):
    module.requires_grad_(False)
    nn.modules.batchnorm._BatchNorm.train = lambda self, mode=True: nn.Module.train(self, False)
    module.train(module.training)


def wrong_freeze_counter_runs_on(module):
    module.requires_grad_(False)

    def hook(layer, inputs):
        layer.training = False
        layer.num_batches_tracked += 1

    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.register_forward_pre_hook(hook)


def wrong_freeze_resets_statistics(module):
    module.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.reset_running_stats()
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)


@says("returns nothing")
def wrong_freeze_returns_the_module(module):
    module.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.eval()
            layer.train = types.MethodType(lambda self, mode=True: self, layer)
    return module


def wrong_freeze_a_copy(module):
    module = copy.deepcopy(module).requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            layer.eval()


def wrong_freeze_last_layer_late_binding(module):
    module.requires_grad_(False)
    for layer in module.modules():
        if isinstance(layer, _NORMS):
            keep = (layer.running_mean.clone(), layer.running_var.clone())
            layer.register_forward_hook(lambda m, i, o, keep=keep: (m.running_mean.copy_(keep[0]), m.running_var.copy_(keep[1])) and None)


# ------------------------------------------------------------------------------------------------- replace_head


def right_replace_head_walk(model, num_classes):
    found = None
    for path, module in model.named_modules():
        if isinstance(module, nn.Linear):
            found = path, module
    if found is None:
        raise ValueError("no nn.Linear")
    path, old = found
    parent = model
    *steps, last = path.split(".")
    for step in steps:
        parent = getattr(parent, step)
    parent.add_module(last, nn.Linear(old.in_features, num_classes, old.bias is not None, device=old.weight.device))
    return model


def right_replace_head_by_parent(model, num_classes):
    heads = [m for m in model.modules() if isinstance(m, nn.Linear)]
    if len(heads) == 0:
        raise ValueError(type(model).__name__)
    old = heads[-1]
    bias = False if old.bias is None else True
    fresh = nn.Linear(in_features=old.weight.size(1), out_features=num_classes, bias=bias).to(old.weight.device)
    for module in model.modules():
        for name, child in module._modules.items():
            if child is old:
                module._modules[name] = fresh
    return model


def right_replace_head_set_submodule(model, num_classes):
    try:
        name, old = [(n, m) for n, m in model.named_modules() if type(m) is nn.Linear].pop()
    except IndexError:
        raise ValueError("nothing to replace") from None
    with torch.device(old.weight.device):
        model.set_submodule(name, nn.Linear(old.in_features, num_classes, bias=old.bias is not None))
    return model


def right_replace_head_subclass(model, num_classes):
    class Head(nn.Linear):
        pass

    layers = {n: m for n, m in model.named_modules() if isinstance(m, nn.Linear)}
    if not layers:
        raise ValueError
    name = list(layers)[-1]
    old = layers[name]
    new = Head(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device)
    nn.init.xavier_uniform_(new.weight)
    parent = model.get_submodule(name[: -len(name.split(".")[-1]) - 1] if "." in name else "")
    setattr(parent, name.split(".")[-1], new)
    return model


def wrong_replace_head_last_child(model, num_classes):
    name, old = list(model.named_children())[-1]
    if not isinstance(old, nn.Linear):
        raise ValueError("no head")
    setattr(model, name, nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device))
    return model


def wrong_replace_head_fc(model, num_classes):
    name = "fc" if hasattr(model, "fc") else "head" if hasattr(model, "head") else str(len(list(model.children())) - 1)
    old = getattr(model, name)
    if not isinstance(old, nn.Linear):
        raise ValueError("no head")
    setattr(model, name, nn.Linear(old.in_features, num_classes))
    return model


@says("last nn.Linear")
def wrong_replace_head_first(model, num_classes):
    for name, old in model.named_modules():
        if isinstance(old, nn.Linear):
            path, _, last = name.rpartition(".")
            setattr(model.get_submodule(path), last, nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device))
            return model
    raise ValueError("no linear layer")


@says("last nn.Linear")
def wrong_replace_head_top_level_only(model, num_classes):
    found = [(n, m) for n, m in model.named_children() if isinstance(m, nn.Linear)]
    if not found:
        raise ValueError("no linear layer")
    name, old = found[-1]
    setattr(model, name, nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device))
    return model


@says("or one too many")
def wrong_replace_head_all(model, num_classes):
    found = [(n, m) for n, m in model.named_modules() if isinstance(m, nn.Linear)]
    if not found:
        raise ValueError("no linear layer")
    for name, old in found:
        path, _, last = name.rpartition(".")
        setattr(model.get_submodule(path), last, nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device))
    return model


def _swap(model, make):
    found = [(n, m) for n, m in model.named_modules() if isinstance(m, nn.Linear)]
    if not found:
        raise ValueError("no linear layer")
    name, old = found[-1]
    path, _, last = name.rpartition(".")
    new = make(old)
    setattr(model.get_submodule(path), last, new)
    return model


@says("bias")
def wrong_replace_head_always_bias(model, num_classes):
    return _swap(model, lambda old: nn.Linear(old.in_features, num_classes, device=old.weight.device))


@says("bias")
def wrong_replace_head_bias_as_truth(model, num_classes):
    return _swap(model, lambda old: nn.Linear(old.in_features, num_classes, bias=False, device=old.weight.device))


@says("device")
def wrong_replace_head_on_cpu(model, num_classes):
    return _swap(model, lambda old: nn.Linear(old.in_features, num_classes, bias=old.bias is not None))


@says("features")
def wrong_replace_head_swapped_sizes(model, num_classes):
    return _swap(model, lambda old: nn.Linear(old.out_features, num_classes, bias=old.bias is not None, device=old.weight.device))


@says("weights of the old head")
def wrong_replace_head_keeps_old_rows(model, num_classes):
    def make(old):
        new = nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device)
        with torch.no_grad():
            rows = min(num_classes, old.out_features)
            new.weight[:rows] = old.weight[:rows]
        return new

    return _swap(model, make)


def wrong_replace_head_keeps_fitting_head(model, num_classes):
    def make(old):
        if old.out_features == num_classes:
            return old
        return nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device)

    return _swap(model, make)


@says("frozen")
def wrong_replace_head_frozen(model, num_classes):
    def make(old):
        new = nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device)
        return new.requires_grad_(old.weight.requires_grad)

    return _swap(model, make)


@says("what was frozen stays frozen")
def wrong_replace_head_thaws(model, num_classes):
    model = _swap(model, lambda old: nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device))
    return model.requires_grad_(True)


@says("very model")
def wrong_replace_head_copy(model, num_classes):
    return _swap(copy.deepcopy(model), lambda old: nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device))


@says("model itself")
def wrong_replace_head_returns_nothing(model, num_classes):
    _swap(model, lambda old: nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device))


@says("assign the new layer")
def wrong_replace_head_rebinds_a_name(model, num_classes):
    layers = [m for m in model.modules() if isinstance(m, nn.Linear)]
    if not layers:
        raise ValueError("no linear layer")
    layers[-1] = nn.Linear(layers[-1].in_features, num_classes, bias=layers[-1].bias is not None)
    return model


def wrong_replace_head_dotted_attribute(model, num_classes):
    found = [n for n, m in model.named_modules() if isinstance(m, nn.Linear)]
    if not found:
        raise ValueError("no linear layer")
    old = model.get_submodule(found[-1])
    model._modules[found[-1]] = nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device)
    return model


@says("ValueError")
def wrong_replace_head_index_error(model, num_classes):
    name = [n for n, m in model.named_modules() if isinstance(m, nn.Linear)][-1]
    path, _, last = name.rpartition(".")
    old = model.get_submodule(name)
    setattr(model.get_submodule(path), last, nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device))
    return model


@says("ValueError")
def wrong_replace_head_silent(model, num_classes):
    if not any(isinstance(m, nn.Linear) for m in model.modules()):
        return model
    return _swap(model, lambda old: nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device))


@says("mode")
def wrong_replace_head_trains(model, num_classes):
    return _swap(model, lambda old: nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device)).train()


def wrong_replace_head_with_softmax(model, num_classes):
    def make(old):
        new = nn.Linear(old.in_features, num_classes, bias=old.bias is not None, device=old.weight.device)
        return nn.Sequential(new, nn.Softmax(dim=1))

    return _swap(model, make)
