"""Pictures of 05_transfer_learning/fine_tuning: the loss of fine_tune, and the shoes it is most wrong about."""

import numpy as np
import torch
from torch import nn

from autograder.checks import DATASETS, in_worker
from autograder.pictures import curve, most_wrong, picture

SHOES = (5, 7, 9)


def shoes(each):
    """(images, labels) of ten training pictures of each kind of shoe, as many others as asked for, and their names."""
    with np.load(DATASETS / "fashion_mnist" / "fashion_mnist_7k.npz", allow_pickle=False) as data:
        images = torch.from_numpy(data["X_train"]).float().div(255).unsqueeze(1)
        labels, names = torch.from_numpy(data["y_train"]).long(), [str(data["class_names"][kind]) for kind in SHOES]
    chosen = [(labels == kind).nonzero().flatten()[: 10 + each] for kind in SHOES]
    train, tested = (torch.cat([part[cut] for part in chosen]) for cut in (slice(10), slice(10, None)))
    return (images[train], torch.arange(3).repeat_interleave(10)), (images[tested], torch.arange(3).repeat_interleave(each)), names


@in_worker
def tuned(student, state, train, others):
    layers = []
    for inside, outside in ((1, 16), (16, 32), (32, 32)):
        layers += [nn.Conv2d(inside, outside, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    backbone = nn.Sequential(*layers, nn.Flatten())
    backbone.load_state_dict(state)
    model, losses = record_losses(student.fine_tune, backbone, train, 3, 1)
    model.eval()
    with torch.no_grad():
        return losses, model(others)


@picture("fine_tune", "Loss while fine_tune trains", "Shoes that your model is most wrong about", seconds=30, reference=True)
def tuned_shoes(student):
    train, (images, labels), names = shoes(100)
    state = torch.load(DATASETS / "transfer" / "fashion7_backbone.pt", weights_only=True)
    losses, logits = tuned(student, state, train, images)
    return [curve(losses, x="training step"), most_wrong(logits, images, labels, names)]
