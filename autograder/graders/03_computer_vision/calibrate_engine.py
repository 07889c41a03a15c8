"""How the bar of 03_computer_vision/engine was measured; `python -m autograder calibrate 03_computer_vision` runs it."""

from autograder.calibrate import sibling

grader = sibling(__file__, "test_engine.py")

SEEDS = 20
OTHER_CHECKS = (
    "wrong_train_fashion_softmax", "wrong_train_fashion_probabilities", "wrong_train_fashion_unseeded",
    "wrong_train_fashion_seeds_after_the_model", "wrong_train_fashion_squeezes",
)


def score_train_fashion(answer, seed: int) -> float:
    """Accuracy on 1,900 pictures that the answer was not given, trained on 5,000 (drawn, mirrored, moved and renumbered by the seed)."""
    train, test, judged = grader.fashion_task(seed)
    accuracy, _ = grader.accuracy_of(answer(train, test, seed), judged)
    return accuracy
