"""Right and wrong answers to 04_custom_datasets/inference."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps

from autograder.checks import says


def _read(path):
    try:
        with Image.open(path) as file:
            return ImageOps.exif_transpose(file).convert("RGB")
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"{path} cannot be decoded: {error}") from error


def _tensor(path):
    return torch.from_numpy(np.array(_read(path))).permute(2, 0, 1).float() / 255


def _predict(model, batch):
    """Logits in eval mode without a graph, modes put back."""
    modes = [m.training for m in model.modules()]
    model.eval()
    with torch.no_grad():
        logits = model(batch)
    for m, mode in zip(model.modules(), modes):
        m.training = mode
    return logits


# ------------------------------------------------------------------------------------------------------ predict_image


def right_predict_image_copy(model, path, class_names, transform):
    frozen = copy.deepcopy(model).eval()
    with torch.no_grad():
        probabilities = torch.softmax(frozen(transform(_tensor(path))[None]), dim=-1).flatten()
    best = int(probabilities.argmax())
    return class_names[best], float(probabilities[best])


def right_predict_image_dict(model, path, class_names, transform):
    x = torch.stack([transform(_tensor(path))])
    before = {name: m.training for name, m in model.named_modules()}
    try:
        for m in model.modules():
            m.training = False
        with torch.inference_mode():
            scores = model(x)[0].log_softmax(0).exp().tolist()
    finally:
        for name, m in model.named_modules():
            m.training = before[name]
    probability = max(scores)
    return (class_names[scores.index(probability)], probability)


def right_predict_image_opencv_style(model, path, class_names, transform):
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        array = np.asarray(Image.open(path).convert("RGB"), dtype=np.float32).transpose(2, 0, 1) / np.float32(255)
    except Exception:
        raise ValueError("broken picture " + str(path)) from None
    training = [m for m in model.modules() if m.training]
    model.eval()
    with torch.no_grad():
        p = F.softmax(model(transform(torch.tensor(array)).unsqueeze(0)), 1)
    for m in training:
        m.training = True
    value, index = torch.max(p, dim=1)
    return class_names[index], value.item()


@says("apply softmax")
def wrong_predict_image_logit(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path))[None]).max(1)
    return class_names[index], value.item()


@says("not dim=0")
def wrong_predict_image_softmax_dim_0(model, path, class_names, transform):
    logits = _predict(model, transform(_tensor(path))[None])
    return class_names[logits.argmax(1).item()], logits.softmax(0).max().item()


@says("sigmoid")
def wrong_predict_image_sigmoid(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path))[None]).sigmoid().max(1)
    return class_names[index], value.item()


@says("twice")
def wrong_predict_image_softmax_twice(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path))[None]).softmax(1).softmax(1).max(1)
    return class_names[index], value.item()


@says("percent")
def wrong_predict_image_percent(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path))[None]).softmax(1).max(1)
    return class_names[index], value.item() * 100


@says("index came")
def wrong_predict_image_index(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path))[None]).softmax(1).max(1)
    return index.item(), value.item()


@says("Python float")
def wrong_predict_image_tensor(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path))[None]).softmax(1).max(1)
    return class_names[index], value


def wrong_predict_image_sorted_names(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path))[None]).softmax(1).max(1)
    return sorted(class_names)[index], value.item()


def wrong_predict_image_least_likely(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path))[None]).softmax(1).min(1)
    return class_names[index], value.item()


@says("transform was not applied")
def wrong_predict_image_no_transform(model, path, class_names, transform):
    value, index = _predict(model, _tensor(path)[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("PIL image")
def wrong_predict_image_transforms_pil(model, path, class_names, transform):
    image = _read(path)
    try:
        x = transform(image)
    except Exception:
        x = transform(torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255)
    value, index = _predict(model, x[None]).softmax(1).max(1)
    return class_names[index], value.item()


def wrong_predict_image_transforms_twice(model, path, class_names, transform):
    value, index = _predict(model, transform(transform(_tensor(path)))[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("0 to 255")
def wrong_predict_image_unscaled(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path) * 255)[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("not the colours")
def wrong_predict_image_hwc(model, path, class_names, transform):
    x = transform(_tensor(path).permute(1, 2, 0))
    value, index = _predict(model, x[:3][None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("permute moves the axes")
def wrong_predict_image_reshaped(model, path, class_names, transform):
    image = _read(path)
    x = torch.from_numpy(np.array(image)).reshape(3, image.height, image.width).float() / 255
    value, index = _predict(model, transform(x)[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("got a batch")
def wrong_predict_image_batch_before_transform(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path)[None])).softmax(1).max(1)
    return class_names[index], value.item()


def wrong_predict_image_no_batch(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path))).softmax(1).max(1)
    return class_names[index], value.item()


@says("Red and blue")
def wrong_predict_image_bgr(model, path, class_names, transform):
    value, index = _predict(model, transform(_tensor(path).flip(0))[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("train mode while it predicted")
def wrong_predict_image_no_eval(model, path, class_names, transform):
    with torch.no_grad():
        value, index = model(transform(_tensor(path))[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("stays in eval mode")
def wrong_predict_image_stays_in_eval(model, path, class_names, transform):
    model.eval()
    with torch.no_grad():
        value, index = model(transform(_tensor(path))[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("it came in eval mode")
def wrong_predict_image_ends_in_train(model, path, class_names, transform):
    x = transform(_tensor(path))[None]
    model.eval()
    with torch.no_grad():
        value, index = model(x).softmax(1).max(1)
    model.train()
    return class_names[index], value.item()


@says("modes of their own")
def wrong_predict_image_outer_flag_only(model, path, class_names, transform):
    x, training = transform(_tensor(path))[None], model.training
    model.eval()
    with torch.no_grad():
        value, index = model(x).softmax(1).max(1)
    model.train(training)
    return class_names[index], value.item()


@says("train mode while it predicted")
def wrong_predict_image_evals_only_if_training(model, path, class_names, transform):
    x = transform(_tensor(path))[None]
    if model.training:
        value, index = _predict(model, x).softmax(1).max(1)
    else:
        with torch.no_grad():
            value, index = model(x).softmax(1).max(1)
    return class_names[index], value.item()


@says("graph was recorded")
def wrong_predict_image_graph(model, path, class_names, transform):
    x, modes = transform(_tensor(path))[None], [(m, m.training) for m in model.modules()]
    model.eval()
    value, index = model(x).softmax(1).max(1)
    for m, mode in modes:
        m.training = mode
    return class_names[index], value.item()


@says("no longer require grad")
def wrong_predict_image_freezes(model, path, class_names, transform):
    x, modes = transform(_tensor(path))[None], [(m, m.training) for m in model.modules()]
    model.eval().requires_grad_(False)
    value, index = model(x).softmax(1).max(1)
    for m, mode in modes:
        m.training = mode
    return class_names[index], value.item()


@says("after the error")
def wrong_predict_image_mode_lost_on_error(model, path, class_names, transform):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.no_grad():
        value, index = model(transform(_tensor(path))[None]).softmax(1).max(1)
    for m, mode in modes:
        m.training = mode
    return class_names[index], value.item()


@says("ValueError was due")
def wrong_predict_image_os_error(model, path, class_names, transform):
    with Image.open(path) as image:
        x = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).float() / 255
    value, index = _predict(model, transform(x)[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("FileNotFoundError was due")
def wrong_predict_image_missing_is_value_error(model, path, class_names, transform):
    try:
        x = _tensor(path)
    except FileNotFoundError:
        raise ValueError(str(path)) from None
    value, index = _predict(model, transform(x)[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("does not name the path")
def wrong_predict_image_message_without_path(model, path, class_names, transform):
    try:
        x = _tensor(path)
    except ValueError:
        raise ValueError("cannot be decoded") from None
    value, index = _predict(model, transform(x)[None]).softmax(1).max(1)
    return class_names[index], value.item()


@says("an answer came")
def wrong_predict_image_unknown_for_broken(model, path, class_names, transform):
    try:
        x = _tensor(path)
    except (OSError, ValueError):
        return "unknown", 0.0
    value, index = _predict(model, transform(x)[None]).softmax(1).max(1)
    return class_names[index], value.item()


def wrong_predict_image_no_convert(model, path, class_names, transform):
    _read(path)
    with Image.open(path) as image:
        x = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
    value, index = _predict(model, transform(x)[None]).softmax(1).max(1)
    return class_names[index], value.item()


def wrong_predict_image_by_suffix(model, path, class_names, transform):
    if path.exists() and path.suffix not in (".png", ".jpg", ".jpeg"):
        raise ValueError(f"{path} is no picture")
    value, index = _predict(model, transform(_tensor(path))[None]).softmax(1).max(1)
    return class_names[index], value.item()


# -------------------------------------------------------------------------------------------------------------- top_k


def right_top_k_sorted(probabilities, class_names, k):
    pairs = list(zip(class_names, probabilities.tolist()))
    return sorted(pairs, key=lambda pair: pair[1], reverse=True)[:k]


def right_top_k_argsort(probabilities, class_names, k):
    out = []
    for i in torch.argsort(probabilities, descending=True)[:k]:
        out.append((class_names[i], probabilities[i].item()))
    return out


def right_top_k_numpy(probabilities, class_names, k):
    p = probabilities.detach().numpy().astype(float)
    return [(class_names[int(i)], float(p[i])) for i in np.argsort(-p)][:k]


@says("out of range")
def wrong_top_k_no_limit(probabilities, class_names, k):
    values, indices = probabilities.topk(k)
    return [(class_names[i], v) for i, v in zip(indices.tolist(), values.tolist())]


@says("lowest probabilities")
def wrong_top_k_ascending(probabilities, class_names, k):
    return sorted(zip(class_names, probabilities.tolist()), key=lambda pair: pair[1])[:k]


@says("wrong order")
def wrong_top_k_reversed(probabilities, class_names, k):
    return sorted(zip(class_names, probabilities.tolist()), key=lambda pair: -pair[1])[:k][::-1]


@says("whatever their probabilities")
def wrong_top_k_first_k(probabilities, class_names, k):
    return list(zip(class_names, probabilities.tolist()))[:k]


@says("(probability, name)")
def wrong_top_k_swapped(probabilities, class_names, k):
    return sorted(zip(probabilities.tolist(), class_names), reverse=True)[:k]


@says("index came")
def wrong_top_k_indices(probabilities, class_names, k):
    values, indices = probabilities.topk(min(k, len(probabilities)))
    return list(zip(indices.tolist(), values.tolist()))


def wrong_top_k_tensors(probabilities, class_names, k):
    values, indices = probabilities.topk(min(k, len(probabilities)))
    return [(class_names[i], v) for i, v in zip(indices, values)]


@says("names alone")
def wrong_top_k_names(probabilities, class_names, k):
    return [class_names[i] for i in probabilities.argsort(descending=True)[:k]]


def wrong_top_k_dict(probabilities, class_names, k):
    return dict(sorted(zip(class_names, probabilities.tolist()), key=lambda pair: -pair[1])[:k])


def wrong_top_k_sorted_by_name(probabilities, class_names, k):
    values, indices = probabilities.topk(min(k, len(probabilities)))
    return sorted((class_names[i], v) for i, v in zip(indices.tolist(), values.tolist()))


def wrong_top_k_names_sorted_first(probabilities, class_names, k):
    values, indices = probabilities.topk(min(k, len(probabilities)))
    return [(sorted(class_names)[i], v) for i, v in zip(indices.tolist(), values.tolist())]


@says("percent")
def wrong_top_k_percent(probabilities, class_names, k):
    values, indices = probabilities.topk(min(k, len(probabilities)))
    return [(class_names[i], 100 * v) for i, v in zip(indices.tolist(), values.tolist())]


def wrong_top_k_one_less(probabilities, class_names, k):
    values, indices = probabilities.topk(min(k, max(1, len(probabilities) - 1)))
    return [(class_names[i], v) for i, v in zip(indices.tolist(), values.tolist())]


def wrong_top_k_softmaxed(probabilities, class_names, k):
    values, indices = probabilities.softmax(0).topk(min(k, len(probabilities)))
    return [(class_names[i], v) for i, v in zip(indices.tolist(), values.tolist())]
