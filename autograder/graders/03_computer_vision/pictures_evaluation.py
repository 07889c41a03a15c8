"""Pictures of 03_computer_vision/evaluation: what the student's most_wrong picks, and the student's own figure."""

import numpy as np
import torch

from autograder.checks import DATASETS, CheckFailed, in_worker
from autograder.pictures import figure, gallery, picture


def clothes(n):
    with np.load(DATASETS / "fashion_mnist" / "fashion_mnist_7k.npz", allow_pickle=False) as data:
        images = torch.from_numpy(data["X_test"][:n]).float().div(255).unsqueeze(1)
        return images, torch.from_numpy(data["y_test"][:n]).long(), [str(name) for name in data["class_names"]]


def guesses(images, labels):
    """Logits by the nearest class mean: right for most pictures, and surely wrong for some."""
    flat = images.flatten(1)
    means = torch.stack([flat[labels == c].mean(dim=0) for c in range(10)])
    return -torch.cdist(flat, means)


@in_worker
def drawn(student, images, labels, predictions, names):
    return figure_pixels(student.plot_predictions(images, labels, predictions, names))


@picture("most_wrong", "The pictures that your most_wrong picks")
def picked(student):
    images, labels, names = clothes(400)
    logits = guesses(images, labels)
    found = student.most_wrong(logits.softmax(dim=1), labels, 6)
    if not isinstance(found, torch.Tensor) or found.ndim != 1 or found.dtype != torch.int64 or not 0 < len(found) <= 6:
        raise CheckFailed("most_wrong gave no indices")
    if int(found.min()) < 0 or int(found.max()) >= len(images):
        raise CheckFailed("most_wrong gave indices of no picture")
    return gallery(logits, images, labels, names, found, "Surest first; the number is the probability of the wrong class.")


@picture("plot_predictions", "Your figure: eight pictures, some taken for something else", seconds=10)
def own_figure(student):
    images, labels, names = clothes(8)
    predictions = labels.clone()
    predictions[1], predictions[6] = (labels[1] + 3) % 10, (labels[6] + 2) % 10
    return figure(drawn(student, images, labels, predictions, names))
