"""Calibration of the bar of 04_custom_datasets/training."""

import contextlib
import tempfile
from pathlib import Path

import torch

from autograder.calibrate import sibling

grader = sibling(__file__, "test_training.py")

NEEDED = {"train_pictures": (2, 3)}
OTHER_CHECKS = ("wrong_train_pictures_unseeded", "wrong_train_pictures_augmentation_unseeded", "wrong_train_pictures_probabilities",
                "wrong_train_pictures_four_classes", "wrong_train_pictures_state_dict", "wrong_train_pictures_not_alone")


def score_train_pictures(answer, seed):
    """Accuracy on the 100 test tiles, turned, mirrored and slightly changed as the grader changes them, after training on
    the 200 training tiles. Which class has which folder name is drawn anew for each seed."""
    torch.manual_seed(1000 + seed)
    files, X, y = grader.task()
    torch.manual_seed(seed)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name, data in files.items():
            Path("tiles", name).parent.mkdir(parents=True, exist_ok=True)
            Path("tiles", name).write_bytes(data)
        model = answer(Path("tiles"), seed)
    model.eval()
    with torch.no_grad():
        return grader.accuracy(model(X), y)
