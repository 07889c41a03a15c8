"""Scores of the trained exercise of 02_classification/binary, for `python -m autograder calibrate`."""

import torch

from autograder.calibrate import sibling

SEEDS = 50
NEEDED = {"fit_circles": (2, 3)}
OTHER_CHECKS = (
    "wrong_fit_circles_unseeded", "wrong_fit_circles_seed_after_the_model", "wrong_fit_circles_fixed_seed",
    "wrong_fit_circles_ignores_epochs", "wrong_fit_circles_unseeded_batches", "wrong_fit_circles_probabilities",
    "wrong_fit_circles_centers_the_input",
)

grader = sibling(__file__, "test_binary.py")


def score_fit_circles(answer, seed: int) -> float:
    """Accuracy on 1000 fresh points after training on 400; noise 0.03, factor 0.5."""
    generator = torch.Generator().manual_seed(1000 + seed)
    X, y = grader.draw_circles(400, generator)
    model = answer(X, y, seed)
    test_X, test_y = grader.draw_circles(1000, generator)
    with torch.no_grad():
        return grader.judge(model.eval()(test_X), test_y)[0]
