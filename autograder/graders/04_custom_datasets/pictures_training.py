"""Pictures of 04_custom_datasets/training: losses, the tiles that the trained model is most wrong about, the student's own figure."""

import io

import numpy as np
import torch
from PIL import Image

from autograder.checks import DATASETS, in_worker
from autograder.pictures import curve, figure, most_wrong, picture

KINDS = ("coast", "desert", "forest", "grassland")


def files_of(split, kind):
    return [(path.name, path.read_bytes()) for path in sorted((DATASETS / "earth_tiles" / split / kind).glob("*.png"))]


def tile(data):
    return torch.from_numpy(np.array(Image.open(io.BytesIO(data)).convert("RGB"))).permute(2, 0, 1).float() / 255


@in_worker
def trained(student, files, tiles):
    for name, data in files.items():
        Path("tiles", name).parent.mkdir(parents=True, exist_ok=True)
        Path("tiles", name).write_bytes(data)
    model, losses = record_losses(student.train_pictures, Path("tiles"), 1)
    model.eval()
    with torch.no_grad():
        return losses, model(tiles)


@in_worker
def drawn(student, history):
    return figure_pixels(student.plot_curves(history))


@picture("train_pictures", "Loss while train_pictures trains", "Tiles that your model is most wrong about", seconds=33, reference=True)
def trained_pictures(student):
    files = {f"{kind}/{name}": data for kind in KINDS for name, data in files_of("train", kind)}
    tests = [(tile(data), label) for label, kind in enumerate(KINDS) for _, data in files_of("test", kind)]
    tiles, labels = torch.stack([x for x, _ in tests]), torch.tensor([label for _, label in tests])
    losses, logits = trained(student, files, tiles)
    return [curve(losses, x="training step"), most_wrong(logits, tiles, labels, KINDS)]


@picture("plot_curves", "Your figure: twelve epochs of a training that begins to overfit", seconds=10)
def own_figure(student):
    epochs = range(12)
    history = {
        "train_loss": [1.3 * 0.8**e for e in epochs],
        "test_loss": [1.3 * 0.83**e + 0.004 * e**2 for e in epochs],
        "train_accuracy": [1 - 0.6 * 0.8**e for e in epochs],
        "test_accuracy": [0.9 - 0.55 * 0.8**e - 0.001 * e**2 for e in epochs],
    }
    return figure(drawn(student, history))
