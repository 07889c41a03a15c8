"""Right and wrong answers to 01_workflow/saving."""

import copy
import io
import os
import pickle
from pathlib import Path

import torch
from torch import nn

from autograder.checks import says

# ----------------------------------------------------------------------------------------------------------- save_model


def right_save_model_os(model, path):
    folder = os.path.dirname(os.fspath(path))
    if folder:
        os.makedirs(folder, exist_ok=True)
    torch.save(obj=model.state_dict(), f=path)


def right_save_model_copy(model, path):
    target = Path(path).resolve()
    for folder in reversed(target.parents):
        if not folder.exists():
            folder.mkdir()
    torch.save({name: value.detach().cpu().clone() for name, value in model.state_dict().items()}, str(target))


def right_save_model_buffer(model, path):
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    path = Path(path)
    os.makedirs(path.parent, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    return path


def right_save_model_sorted(model, path):
    path = Path(path)
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True)
    state = model.state_dict()
    torch.save({name: state[name] for name in sorted(state)}, path, _use_new_zipfile_serialization=False)


@says("not the model itself")
def wrong_save_model_whole(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save(model, path)


@says("not the model itself")
def wrong_save_model_pickle(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        pickle.dump(model.state_dict(), file)


@says("untrained")
def wrong_save_model_fresh_model(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save(type(model)().state_dict(), path)


@says("with all its parents")
def wrong_save_model_no_folder(model, path):
    torch.save(model.state_dict(), path)


def wrong_save_model_one_folder(model, path):
    Path(path).parent.mkdir(exist_ok=True)
    torch.save(model.state_dict(), path)


@says("exist_ok")
def wrong_save_model_folder_exists(model, path):
    Path(path).parent.mkdir(parents=True)
    torch.save(model.state_dict(), path)


def wrong_save_model_bare_name(model, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.save(model.state_dict(), path)


@says("Path(path)")
def wrong_save_model_path_only(model, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), path)


def wrong_save_model_text_only(model, path):
    folder, _, _ = path.rpartition("/")
    if folder:
        os.makedirs(folder, exist_ok=True)
    torch.save(model.state_dict(), path)


def wrong_save_model_keeps_the_old_file(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    if not Path(path).exists():
        torch.save(model.state_dict(), path)


def wrong_save_model_adds_a_suffix(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), Path(path).with_suffix(".pth"))


def wrong_save_model_folder_for_the_file(model, path):
    Path(path).mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), Path(path) / "model.pt")


@says("buffers")
def wrong_save_model_parameters_only(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save(dict(model.named_parameters()), path)


@says("something around it")
def wrong_save_model_checkpoint(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model_state_dict": model.state_dict()}, path)


def wrong_save_model_more_in_it(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save({**model.state_dict(), "epoch": 3}, path)


def wrong_save_model_list(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save(list(model.state_dict().values()), path)


def wrong_save_model_numbers(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save({name: value.tolist() for name, value in model.state_dict().items()}, path)


def wrong_save_model_half(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save({name: value.half() for name, value in model.state_dict().items()}, path)


def wrong_save_model_eval(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save(model.eval().state_dict(), path)


def wrong_save_model_eval_and_back(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    mode = model.training
    torch.save(model.eval().state_dict(), path)
    model.train(mode)


def wrong_save_model_freezes(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    torch.save(model.requires_grad_(False).state_dict(), path)


def wrong_save_model_returns_state(model, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    return model.state_dict()


# ----------------------------------------------------------------------------------------------------------- load_model


def right_load_model_backup(model, path):
    backup = copy.deepcopy(model.state_dict())
    try:
        model.load_state_dict(torch.load(path, map_location=torch.device("cpu"), weights_only=True))
    except RuntimeError:
        model.load_state_dict(backup)
        raise
    model.eval()
    return model


def right_load_model_trial(model, path):
    state = torch.load(path, map_location=lambda storage, location: storage)
    copy.deepcopy(model).load_state_dict(state)
    model.load_state_dict(state, strict=True)
    return model.train(False)


def right_load_model_shapes(model, path):
    state = torch.load(str(path), map_location=next(model.parameters()).device, weights_only=True)

    def shapes(tensors):
        return {name: tuple(tensor.shape) for name, tensor in tensors.items()}

    if shapes(state) != shapes(model.state_dict()):
        raise RuntimeError("this file belongs to another model")
    with torch.no_grad():
        for name, value in model.state_dict().items():
            value.copy_(state[name])
    return model.eval()


def right_load_model_loop(model, path):
    with open(path, "rb") as file:
        state = torch.load(file, map_location="cpu", weights_only=True)
    own = model.state_dict()
    for name in own:
        if name not in state:
            raise ValueError(f"{name} is missing")
        if own[name].shape != state[name].shape:
            raise ValueError(f"{name} has another shape")
    for name in state:
        if name not in own:
            raise ValueError(f"{name} is unknown")
    print(model.load_state_dict(state))
    for module in model.modules():
        module.eval()
    return model


def _checked(model, state):
    own = model.state_dict()
    if state.keys() != own.keys() or any(state[name].shape != own[name].shape for name in own):
        raise ValueError("another model's file")


@says("map_location")
def wrong_load_model_no_map_location(model, path):
    state = torch.load(path, weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    return model.eval()


def wrong_load_model_cuda(model, path):
    state = torch.load(path, map_location="cuda", weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    return model.eval()


@says("returns a report")
def wrong_load_model_returns_the_report(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model.eval()
    return model.load_state_dict(state)


@says("returns a report")
def wrong_load_model_assigns_the_report(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model = model.load_state_dict(state)
    return model.eval()


@says("not a path")
def wrong_load_model_path_for_state(model, path):
    model.load_state_dict(path)
    return model.eval()


@says("strict=False")
def wrong_load_model_not_strict(model, path):
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True), strict=False)
    return model.eval()


@says("strict=False")
def wrong_load_model_ignores_extra_names(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    own = model.state_dict()
    _checked(model, {name: state[name] for name in own if name in state})
    model.load_state_dict({name: state[name] for name in own})
    return model.eval()


def wrong_load_model_swallows_the_error(model, path):
    backup = copy.deepcopy(model.state_dict())
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except RuntimeError:
        model.load_state_dict(backup)
    return model.eval()


def wrong_load_model_key_error(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    own = model.state_dict()
    if state.keys() != own.keys():
        raise KeyError("names differ")
    _checked(model, state)
    model.load_state_dict(state)
    return model.eval()


def wrong_load_model_shape_assert(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    own = model.state_dict()
    if state.keys() != own.keys():
        raise ValueError("names differ")
    for name in own:
        assert own[name].shape == state[name].shape
    model.load_state_dict(state)
    return model.eval()


@says("half overwritten")
def wrong_load_model_half_overwritten(model, path):
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return model.eval()


@says("copy.deepcopy")
def wrong_load_model_alias_backup(model, path):
    backup = model.state_dict()
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except RuntimeError:
        model.load_state_dict(backup)
        raise
    return model.eval()


@says("half overwritten")
def wrong_load_model_shallow_backup(model, path):
    backup = dict(model.state_dict())
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except RuntimeError:
        model.load_state_dict(backup)
        raise
    return model.eval()


@says("half overwritten")
def wrong_load_model_parameters_backup(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    backup = {name: p.detach().clone() for name, p in model.named_parameters()}
    try:
        model.load_state_dict(state)
    except RuntimeError:
        model.load_state_dict(backup, strict=False)
        raise
    return model.eval()


@says("half overwritten")
def wrong_load_model_checks_names_only(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    if state.keys() != model.state_dict().keys():
        raise ValueError("names differ")
    model.load_state_dict(state)
    return model.eval()


def wrong_load_model_checks_sizes_only(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    own = model.state_dict()
    if state.keys() != own.keys() or any(state[name].numel() != own[name].numel() for name in own):
        raise ValueError("names or sizes differ")
    for name, value in own.items():
        value.copy_(state[name].reshape(value.shape))
    return model.eval()


def wrong_load_model_broadcasts(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    own = model.state_dict()
    if state.keys() != own.keys():
        raise ValueError("names differ")
    backup = copy.deepcopy(own)
    try:
        for name, value in own.items():
            value.copy_(state[name])
    except RuntimeError:
        model.load_state_dict(backup)
        raise
    return model.eval()


def wrong_load_model_by_order(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    own = model.state_dict()
    if [value.shape for value in own.values()] != [value.shape for value in state.values()]:
        raise ValueError("shapes differ")
    model.load_state_dict(dict(zip(own, state.values())))
    return model.eval()


def wrong_load_model_checks_parameters_only(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    for name, parameter in model.named_parameters():
        if name not in state or state[name].shape != parameter.shape:
            raise ValueError("another model's file")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(state[name])
    return model.eval()


def wrong_load_model_eval_first(model, path):
    model.eval()
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    return model


@says("eval mode")
def wrong_load_model_no_eval(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    return model


def wrong_load_model_top_flag_only(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    model.training = False
    return model


@says("another model and returned that")
def wrong_load_model_fills_a_copy(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    net = copy.deepcopy(model)
    net.load_state_dict(state)
    return net.eval()


def wrong_load_model_returns_a_copy(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    model.eval()
    return copy.deepcopy(model)


def wrong_load_model_returns_nothing(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    model.eval()


def wrong_load_model_returns_the_state(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    model.eval()
    return state


def wrong_load_model_never_loads(model, path):
    _checked(model, torch.load(path, map_location="cpu", weights_only=True))
    return model.eval()


def wrong_load_model_freezes(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    return model.eval().requires_grad_(False)


def wrong_load_model_rewrites_the_file(model, path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    _checked(model, state)
    model.load_state_dict(state)
    Path(path).unlink()
    torch.save(model, path)
    return model.eval()


# ------------------------------------------------------------------------------------------------------ save_checkpoint


def right_save_checkpoint_os(path, model, optimizer, epoch):
    folder = os.path.dirname(str(path))
    if folder:
        os.makedirs(folder, exist_ok=True)
    checkpoint = dict(epoch=epoch, model_state_dict=model.state_dict(), optimizer_state_dict=optimizer.state_dict(), version="1")
    torch.save(checkpoint, path)


def right_save_checkpoint_copy(path, model, optimizer, epoch):
    path = Path(path).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    checkpoint = {}
    checkpoint["optimizer_state_dict"] = copy.deepcopy(optimizer.state_dict())
    checkpoint["model_state_dict"] = copy.deepcopy(model.state_dict())
    checkpoint["epoch"] = int(epoch)
    with open(path, "wb") as file:
        torch.save(checkpoint, file)


def _write(path, content):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(content, path)


def _three(model, optimizer, epoch):
    return {"epoch": epoch, "model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict()}


@says("weights_only=True")
def wrong_save_checkpoint_whole_objects(path, model, optimizer, epoch):
    _write(path, {"epoch": epoch, "model_state_dict": model, "optimizer_state_dict": optimizer})


@says("weights_only=True")
def wrong_save_checkpoint_whole_optimizer(path, model, optimizer, epoch):
    _write(path, {"epoch": epoch, "model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer})


@says("no key")
def wrong_save_checkpoint_no_optimizer(path, model, optimizer, epoch):
    _write(path, {"epoch": epoch, "model_state_dict": model.state_dict()})


@says("no key")
def wrong_save_checkpoint_other_keys(path, model, optimizer, epoch):
    _write(path, {"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()})


def wrong_save_checkpoint_state_only(path, model, optimizer, epoch):
    _write(path, model.state_dict())


def wrong_save_checkpoint_tuple(path, model, optimizer, epoch):
    _write(path, (epoch, model.state_dict(), optimizer.state_dict()))


def wrong_save_checkpoint_next_epoch(path, model, optimizer, epoch):
    _write(path, _three(model, optimizer, epoch + 1))


def wrong_save_checkpoint_epoch_as_text(path, model, optimizer, epoch):
    _write(path, _three(model, optimizer, str(epoch)))


def wrong_save_checkpoint_epoch_as_tensor(path, model, optimizer, epoch):
    _write(path, _three(model, optimizer, torch.tensor(epoch)))


def wrong_save_checkpoint_no_epoch_zero(path, model, optimizer, epoch):
    _write(path, _three(model, optimizer, epoch or None))


@says("untrained")
def wrong_save_checkpoint_fresh_model(path, model, optimizer, epoch):
    _write(path, _three(type(model)(), optimizer, epoch))


@says("memory")
def wrong_save_checkpoint_fresh_optimizer(path, model, optimizer, epoch):
    fresh = type(optimizer)(model.parameters(), lr=optimizer.param_groups[0]["lr"])
    _write(path, _three(model, fresh, epoch))


def wrong_save_checkpoint_rate_only(path, model, optimizer, epoch):
    _write(path, {**_three(model, optimizer, epoch), "optimizer_state_dict": {"lr": optimizer.param_groups[0]["lr"]}})


@says("memory")
def wrong_save_checkpoint_groups_only(path, model, optimizer, epoch):
    groups = {"state": {}, "param_groups": optimizer.state_dict()["param_groups"]}
    _write(path, {**_three(model, optimizer, epoch), "optimizer_state_dict": groups})


def wrong_save_checkpoint_states_exchanged(path, model, optimizer, epoch):
    _write(path, {"epoch": epoch, "model_state_dict": optimizer.state_dict(), "optimizer_state_dict": model.state_dict()})


@says("buffers")
def wrong_save_checkpoint_parameters_only(path, model, optimizer, epoch):
    _write(path, {**_three(model, optimizer, epoch), "model_state_dict": dict(model.named_parameters())})


@says("with all its parents")
def wrong_save_checkpoint_no_folder(path, model, optimizer, epoch):
    torch.save(_three(model, optimizer, epoch), path)


def wrong_save_checkpoint_one_folder(path, model, optimizer, epoch):
    Path(path).parent.mkdir(exist_ok=True)
    torch.save(_three(model, optimizer, epoch), path)


@says("exist_ok")
def wrong_save_checkpoint_folder_exists(path, model, optimizer, epoch):
    Path(path).parent.mkdir(parents=True)
    torch.save(_three(model, optimizer, epoch), path)


@says("Path(path)")
def wrong_save_checkpoint_path_only(path, model, optimizer, epoch):
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(_three(model, optimizer, epoch), path)


def wrong_save_checkpoint_bare_name(path, model, optimizer, epoch):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.save(_three(model, optimizer, epoch), path)


def wrong_save_checkpoint_eval(path, model, optimizer, epoch):
    model.eval()
    _write(path, _three(model, optimizer, epoch))


def wrong_save_checkpoint_train(path, model, optimizer, epoch):
    _write(path, _three(model, optimizer, epoch))
    model.train()


def wrong_save_checkpoint_steps_first(path, model, optimizer, epoch):
    optimizer.step()
    _write(path, _three(model, optimizer, epoch))


def wrong_save_checkpoint_name_with_epoch(path, model, optimizer, epoch):
    _write(f"{path}.{epoch}", _three(model, optimizer, epoch))


# ------------------------------------------------------------------------------------------------------ load_checkpoint


def right_load_checkpoint_other_order(path, model, optimizer):
    with open(path, "rb") as file:
        saved = torch.load(file, weights_only=True)
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    print(model.load_state_dict(saved["model_state_dict"]))
    return int(saved["epoch"])


def right_load_checkpoint_copies(path, model, optimizer):
    saved = torch.load(str(path), map_location=next(model.parameters()).device)
    with torch.no_grad():
        for name, value in model.state_dict().items():
            value.copy_(saved["model_state_dict"][name])
    optimizer.load_state_dict(copy.deepcopy(saved.pop("optimizer_state_dict")))
    return saved["epoch"]


def _read(path):
    return torch.load(path, map_location="cpu", weights_only=True)


@says("optimizer.load_state_dict")
def wrong_load_checkpoint_no_optimizer(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    return saved["epoch"]


def wrong_load_checkpoint_no_model(path, model, optimizer):
    saved = _read(path)
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return saved["epoch"]


@says("memory")
def wrong_load_checkpoint_settings_only(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    for group, kept in zip(optimizer.param_groups, saved["optimizer_state_dict"]["param_groups"]):
        group.update({key: value for key, value in kept.items() if key != "params"})
    return saved["epoch"]


def wrong_load_checkpoint_memory_only(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    own = optimizer.state_dict()
    optimizer.load_state_dict({"state": saved["optimizer_state_dict"]["state"], "param_groups": own["param_groups"]})
    return saved["epoch"]


def wrong_load_checkpoint_new_optimizer(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    optimizer = type(optimizer)(model.parameters(), lr=0.1)
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return saved["epoch"]


def wrong_load_checkpoint_new_model(path, model, optimizer):
    saved = _read(path)
    model = copy.deepcopy(model)
    model.load_state_dict(saved["model_state_dict"])
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return saved["epoch"]


def wrong_load_checkpoint_assigned(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict({name: value.clone() for name, value in saved["model_state_dict"].items()}, assign=True)
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return saved["epoch"]


def wrong_load_checkpoint_parameters_only(path, model, optimizer):
    saved = _read(path)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(saved["model_state_dict"][name])
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return saved["epoch"]


def wrong_load_checkpoint_rounded(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict({name: value.bfloat16() for name, value in saved["model_state_dict"].items()})
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return saved["epoch"]


@says("after the saved one")
def wrong_load_checkpoint_next_epoch(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return saved["epoch"] + 1


def wrong_load_checkpoint_no_return(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    optimizer.load_state_dict(saved["optimizer_state_dict"])


def wrong_load_checkpoint_returns_all(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return model, optimizer, saved["epoch"]


def wrong_load_checkpoint_epoch_as_tensor(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return torch.tensor(saved["epoch"])


def wrong_load_checkpoint_eval(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    model.eval()
    return saved["epoch"]


def wrong_load_checkpoint_train(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    model.train()
    return saved["epoch"]


def wrong_load_checkpoint_freezes(path, model, optimizer):
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    nn.Module.requires_grad_(model, False)
    return saved["epoch"]


def wrong_load_checkpoint_seeds(path, model, optimizer):
    torch.manual_seed(0)
    saved = _read(path)
    model.load_state_dict(saved["model_state_dict"])
    optimizer.load_state_dict(saved["optimizer_state_dict"])
    return saved["epoch"]
