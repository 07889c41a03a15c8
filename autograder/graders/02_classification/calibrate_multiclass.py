"""Scores of the trained exercises of 02_classification/multiclass, for `python -m autograder calibrate`."""

import torch

from autograder.calibrate import sibling

SEEDS = 50
NEEDED = {"fit_spirals": (2, 3)}
OTHER_CHECKS = (
    # the loop learns all the same; another property of it is wrong
    "wrong_fit_classifier_mean_of_means", "wrong_fit_classifier_reseeds", "wrong_fit_classifier_no_shuffle",
    "wrong_fit_classifier_drops_the_last", "wrong_fit_classifier_full_batch", "wrong_fit_classifier_no_zero_grad",
    "wrong_fit_classifier_eval", "wrong_fit_classifier_leaves_train", "wrong_fit_classifier_leaves_eval",
    "wrong_fit_classifier_softmax", "wrong_fit_classifier_unseeded", "wrong_fit_classifier_global_shuffle",
    "wrong_fit_classifier_fixed_seed", "wrong_fit_classifier_fixed_rate", "wrong_fit_classifier_tensors",
    "wrong_fit_classifier_loss_per_batch", "wrong_fit_classifier_last_loss", "wrong_fit_classifier_returns_the_model",
    "wrong_fit_classifier_fixed_batch_size", "wrong_fit_classifier_shuffles_in_place",
    "wrong_fit_classifier_shuffles_the_batches", "wrong_fit_classifier_with_replacement",
    "wrong_fit_spirals_softmax", "wrong_fit_spirals_unseeded", "wrong_fit_spirals_seed_after_the_model",
    "wrong_fit_spirals_fixed_seed", "wrong_fit_spirals_scales_in_place",
)

grader = sibling(__file__, "test_multiclass.py")


def score_fit_classifier(answer, seed: int) -> float:
    """Accuracy on 600 fresh points of three blobs, after 20 epochs over 150 points in batches of 20, lr 0.02."""
    generator = torch.Generator().manual_seed(2000 + seed)
    torch.manual_seed(seed)
    model = grader.Small()
    X, y = grader.draw_blobs(50, generator)
    answer(model, X, y, 20, 0.02, 20, seed)
    test_X, test_y = grader.draw_blobs(200, generator)
    with torch.no_grad():
        return (model.eval()(test_X).argmax(dim=1) == test_y).double().mean().item()


def score_fit_spirals(answer, seed: int) -> float:
    """Accuracy on 1200 fresh points of three spirals after training on 600; one turn, noise 0.05."""
    generator = torch.Generator().manual_seed(3000 + seed)
    X, y = grader.draw_spirals(200, generator)
    model = answer(X, y, seed)
    test_X, test_y = grader.draw_spirals(400, generator)
    with torch.no_grad():
        return grader.judge(model.eval()(test_X), test_y)
