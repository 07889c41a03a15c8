"""How fine_tune's bar was measured: see autograder/calibrate.py."""

import copy
from functools import cache

import torch
from torch import nn

from autograder.calibrate import sibling

grader = sibling(__file__, "test_fine_tuning.py")

OTHER_CHECKS = (
    "wrong_fine_tune_fills_gradients",
    "wrong_fine_tune_freezes_the_given",
    "wrong_fine_tune_leaves_eval",
    "wrong_fine_tune_moves_statistics",
    "wrong_fine_tune_seeds_globally",
    "wrong_fine_tune_seeds_too_late",
    "wrong_fine_tune_shallow_copy",
    "wrong_fine_tune_shuffles_with_random",
    "wrong_fine_tune_softmax",
    "wrong_fine_tune_ten_outputs",
    "wrong_fine_tune_three_classes",
    "wrong_fine_tune_trains_the_given",
    "wrong_fine_tune_unseeded",
)
"""These learn well and break another rule: on the backbone, the random state, the seed, the shape or meaning of the outputs."""


def score_fine_tune(answer, seed):
    """The smaller of two: how much the mean accuracy over three seeds lies above that of the same layers trained from scratch, on
    pictures of shoes that are dimmed, moved by a pixel and noisy; and the accuracy on the pattern pictures less PATTERN_FLOOR."""
    shoes, patterns, scratch = tasks(seed)
    accuracies = [accuracy_of(answer, *task, 3, 100 * seed + number) for number, task in enumerate(shoes)]
    known = accuracy_of(answer, *patterns, 4, seed)
    return min(sum(accuracies) / 3 - scratch, known - grader.PATTERN_FLOOR)


@cache
def tasks(seed):
    """The same for every recipe: three tasks on shoes, one on patterns, and the mean accuracy from scratch on the former."""
    torch.manual_seed(seed)
    backbone = grader.fashion_layers.function()
    backbone.load_state_dict(grader._shipped())
    shoes = [(backbone, *grader.shoe_task()) for _ in range(3)]
    state, train, test = grader.pattern_task()
    patterns = grader.pattern_layers.function()
    patterns.load_state_dict(state)
    scratch = [grader.scratch_accuracy(*task[1:], 100 * seed + number) for number, task in enumerate(shoes)]
    return shoes, (patterns, train, test), sum(scratch) / 3


def accuracy_of(answer, backbone, train, test, num_classes, seed):
    model = answer(copy.deepcopy(backbone), train, num_classes, seed)
    if not isinstance(model, nn.Module):
        raise TypeError("no module")
    with torch.no_grad():
        return grader.accuracy(model.eval()(test[0]), test[1])
