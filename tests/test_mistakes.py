"""The mistakes that students make here, and that each draws the message which names it: mistake -> exercise -> wrong answer -> words.

The wrong answers are the course's own (`variants_<topic>.py`). The engine runs pytest, which does not run inside itself, so they are graded by this
file run as a program, all in one run:

    python -m tests.test_mistakes FILE.json
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.engine import Engine, Options, run
from autograder.submission import SourceFile, Submission
from autograder.verify import read_variants, with_variant

ROOT = Path(__file__).resolve().parent.parent

MISTAKES = {
    1: "the mean of integers",
    2: "torch.Tensor for torch.tensor",
    3: "whole numbers as features",
    4: "NumPy's float64 as features",
    5: "class labels as floats",
    6: "binary targets as integers",
    7: "* for @",
    8: "inner sizes that do not meet",
    9: "view of a transposed tensor",
    10: "reshape for permute",
    11: "a view for a copy",
    12: "squeeze() of a batch of one",
    13: "squeeze(dim) of a larger dimension",
    14: "unsqueeze in the wrong place",
    15: "stack and cat mixed up",
    16: "argmax without dim",
    17: "softmax over the batch",
    18: "memory shared with NumPy",
    19: ".to(device) not assigned",
    20: "cuda written into the code",
    21: "model and data on two devices",
    22: "numpy() of a tracked or distant tensor",
    23: "one seed, two draws",
    24: "seeded after the model was built",
    25: "seeded inside the loop",
    26: "other draws shift the order",
    27: "a plain tensor for a parameter",
    28: "layers in a Python list",
    29: "no super().__init__()",
    30: "forward misspelt or without return",
    31: "no zero_grad",
    32: "zero_grad between backward and step",
    33: "step before backward",
    34: "no step or no backward",
    35: "an optimiser of another model",
    36: "arguments of the loss swapped",
    37: "training without recording",
    38: "no eval() while measuring",
    39: "no train() after eval()",
    40: "eval() taken for no_grad",
    41: "softmax before CrossEntropyLoss",
    42: "sigmoid before BCEWithLogitsLoss",
    43: "BCELoss on logits",
    44: "(N, 1) against (N,) in the loss",
    45: "(N, 1) against (N,) in the accuracy",
    46: "logits rounded to labels",
    47: "activation behind the output layer",
    48: "no non-linearity",
    49: "a loss that stays at guessing",
    50: "in_features that do not fit",
    51: "the batch flattened, too",
    52: "picture without batch dimension, HWC or uint8",
    53: "losses kept with their graphs",
    54: "mean of batch means",
    55: "test data shuffled",
    56: "tested on the training data",
    57: "a split that changes or leaks",
    58: "classes in the disk's order",
    59: "no __len__, or pictures of different sizes in a batch",
    60: "the whole model saved",
    61: "load_state_dict misread",
    62: "a state_dict taken for a copy",
    63: "an untrained model saved or returned",
    64: "no map_location",
}


@dataclass(frozen=True)
class Row:
    """One wrong answer that makes a mistake, and words that its message must hold (in any case)."""

    mistake: int
    exercise: str
    variant: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.mistake}-{self.exercise.partition('/')[2]}-{self.variant}"


def rows(chapter: str, *lines: tuple[int, str, str, str]) -> tuple[Row, ...]:
    """Rows of one chapter; words are separated by " | "."""
    return tuple(
        Row(mistake, f"{chapter}/{exercise}", variant, tuple(words.split(" | ")))
        for mistake, exercise, variant, words in lines
    )


FUNDAMENTALS = rows(
    "00_fundamentals",
    (1, "attributes/mean_of", "mean", "no mean | .float()"),
    (1, "operations/summarize", "no_conversion", "no mean | float()"),
    (2, "creating/make_scalar", "capital", "capital T | small t"),
    (3, "creating/make_vector", "keeps_ints", "int64 | float32"),
    (3, "creating/make_matrix", "keeps_ints", "int64 | float32"),
    (4, "numpy_bridge/from_array", "keeps_dtype", "from_numpy keeps NumPy's dtype | .type(torch.float32)"),
    (7, "operations/products", "twice_elementwise", "both results are the element-wise product"),
    (7, "shapes/fix_matmul", "element_wise", "element-wise product; the matrix product was asked for"),
    (8, "shapes/fix_matmul", "plain", "the inner sizes 2 and 4 must be equal | transpose"),
    (9, "shapes/to_rows", "view", "view needs | reshape"),
    (9, "shapes/flatten_batch", "view_of_strided", "view needs | reshape"),
    (10, "shapes/hwc_to_chw", "reshape", "permute moves axes | reshape recounts"),
    (10, "shapes/batch_to_channels_last", "reshape", "permute moves axes"),
    (11, "shapes/independent_copy_as", "reshape", "independent copy | clone()"),
    (11, "shapes/share_memory_as", "clone", "the result is a copy"),
    (11, "attributes/cast", "to", "independent copy | clone()"),
    (12, "shapes/drop_dim", "all", "drops them all | name the dim"),
    (12, "operations/row_argmax", "squeeze", "a batch of one lost its dimension"),
    (13, "shapes/drop_dim", "silent", "nothing to squeeze"),
    (14, "shapes/add_batch_dim", "end", "stands at the end | a batch dimension comes first"),
    (15, "shapes/stack_rows", "cat", "cat lengthens a dimension, stack adds one"),
    (15, "shapes/join_columns", "stack", "stack added"),
    (16, "operations/row_argmax", "no_dim", "reads the tensor flat | dim=1"),
    (18, "numpy_bridge/from_array", "float", "from_numpy shares memory"),
    (19, "devices/on_device_of", "not_assigned", "not moved in place | x = x.to(device)"),
    (19, "devices/move_tree", "not_assigned", "not moved in place"),
    (20, "devices/on_device_of", "cuda", '"cuda" is written into the code'),
    (20, "creating/make_ones_like", "cuda", "use the device"),
    (22, "numpy_bridge/to_array", "no_detach", ".detach()"),
    (22, "numpy_bridge/to_array", "no_cpu", ".cpu()"),
    (23, "reproducibility/equal_pair", "seed_once", "each draw moves the generator on"),
    (26, "reproducibility/shuffled_indices", "global_seed", "moved the global random state | generator"),
    (26, "reproducibility/private_random", "global_seed", "moved the global random state | generator"),
)

WORKFLOW = rows(
    "01_workflow",
    (14, "data/make_line", "rows", "samples are rows"),
    (23, "training/fit_line", "seeds_the_first_time_only", "each draw advances | re-seed"),
    (24, "training/fit_line", "seeds_after_the_model", "seed before you build"),
    (25, "training/fit", "seeds_in_the_loop", "inside the loop"),
    (26, "data/split_shuffled", "no_generator", "generator of its own"),
    (27, "models/LinearRegression", "plain_tensors", "requires_grad | nn.Parameter"),
    (28, "models/LinearLayerRegression", "list", "Python list"),
    (29, "models/LinearRegression", "no_super", "super().__init__()"),
    (30, "models/LinearRegression", "misspelt_forward", "no method named forward"),
    (30, "models/LinearRegression", "no_return", "did not return it"),
    (31, "training/train_step", "no_zero_grad", "add up"),
    (31, "training/fit", "no_zero_grad", "add up"),
    (31, "autograd/gradient_step", "no_zero_before", "add up"),
    (32, "training/train_step", "zero_between", "erased the gradients before using them"),
    (33, "training/train_step", "step_before_backward", "which backward() fills"),
    (34, "training/train_step", "no_step", "nobody updated the weights"),
    (34, "training/train_step", "no_backward", "nobody updated the weights"),
    (35, "training/make_training_tools", "copied_model", "own this model's parameters"),
    (35, "training/fit_line", "optimiser_of_another_model", "own this model's parameters"),
    (36, "training/train_step", "swapped_arguments", "prediction first"),
    (36, "training/test_step", "swapped_arguments", "prediction first"),
    (37, "training/train_step", "inference_mode", "inference_mode | while training"),
    (38, "training/test_step", "no_eval", "model.eval()"),
    (38, "prediction/predict", "no_eval", "model.eval()"),
    (39, "training/fit", "train_once", "second epoch on | model.train()"),
    (40, "training/test_step", "eval_only", "eval() does not stop"),
    (40, "prediction/predict", "eval_only", "eval() does not stop"),
    (44, "training/train_step", "squeezed_prediction", "broadcast"),
    (44, "training/test_step", "squeezed_prediction", "broadcast"),
    (53, "training/train_step", "returns_tensor", "loss.item()"),
    (53, "training/fit", "keeps_tensors", "loss.item()"),
    (56, "training/fit", "tests_on_training_data", "measured on the training set"),
    (57, "data/split_shuffled", "random_split_without_generator", "another split at every call | generator"),
    (57, "data/split_shuffled", "leak", "in both parts"),
    (60, "saving/save_model", "whole", "not the model itself | state_dict"),
    (60, "saving/save_checkpoint", "whole_objects", "weights_only=True"),
    (61, "saving/load_model", "assigns_the_report", "returns a report"),
    (61, "saving/load_model", "path_for_state", "not a path"),
    (61, "saving/load_model", "not_strict", "strict=False"),
    (62, "saving/load_model", "alias_backup", "copy.deepcopy"),
    (63, "saving/save_model", "fresh_model", "untrained"),
    (63, "training/fit_line", "returns_a_fresh_model", "untrained"),
    (64, "saving/load_model", "no_map_location", "map_location"),
)

CLASSIFICATION = rows(
    "02_classification",
    (5, "data/make_circles", "float_labels", "names, not amounts"),
    (5, "multiclass/fit_classifier", "float_labels", "names, not amounts | int64"),
    (6, "binary/train_step", "int_targets", ".float()"),
    (17, "nonlinearity/softmax", "over_the_batch", "over the batch"),
    (17, "multiclass/predict_probabilities", "over_the_batch", "over the batch"),
    (25, "multiclass/fit_classifier", "reseeds", "every epoch"),
    (41, "multiclass/Classifier", "softmax", "softmax is inside"),
    (41, "multiclass/fit_spirals", "softmax", "raw logits"),
    (42, "binary/CircleClassifier", "sigmoid", "sigmoid is already inside"),
    (43, "binary/fit_circles", "bce_on_logits", "BCELoss wants probabilities | BCEWithLogitsLoss"),
    (44, "binary/fit_circles", "column_against_row", "same shape | squeeze(1)"),
    (45, "binary/train_step", "broadcasts", "every prediction with every label"),
    (45, "metrics/accuracy", "all_pairs", "every prediction with every label"),
    (46, "binary/logits_to_labels", "rounds_logits", "rounded the logits"),
    (47, "multiclass/Classifier", "relu_out", "able to be negative"),
    (48, "binary/CircleClassifier", "straight", "two linear layers are one"),
    (49, "binary/fit_circles", "tiny_rate", "ln 2"),
    (49, "multiclass/fit_spirals", "tiny_rate", "ln 3"),
    (54, "multiclass/fit_classifier", "mean_of_means", "weigh each batch"),
    (55, "multiclass/predict_classes", "shuffled", "not shuffled | same answer twice"),
    (57, "data/stratified_split", "unseeded", "change sides between two runs | generator"),
    (57, "data/stratified_split", "leak", "2 rows are in both splits"),
    (57, "data/standardize", "statistics_of_both", "test set leaked"),
)

COMPUTER_VISION = rows(
    "03_computer_vision",
    (20, "engine/train_epoch", "cuda", "cuda"),
    (21, "engine/train_epoch", "ignores_device", "on another device"),
    (21, "engine/evaluate", "labels_not_moved", "on another device"),
    (50, "models/TinyVGG", "one_pooling_counted", "in_features"),
    (51, "models/TinyVGG", "flattens_the_batch", "batch was flattened"),
    (51, "models/LinearBaseline", "flattens_the_batch", "batch was flattened"),
    (53, "engine/train_epoch", "tensor_loss", "keep numbers, not graphs"),
    (54, "engine/train_epoch", "batch_means", "mean of the batch means"),
    (54, "engine/evaluate", "len_loader", "mean of the batch means"),
    (55, "data/make_loaders", "test_shuffled", "same answer twice"),
    (56, "engine/fit", "measures_on_train", "measured on the training set"),
    (63, "engine/train_fashion", "untrained", "the trained model that you return"),
)

CUSTOM_DATASETS = rows(
    "04_custom_datasets",
    (26, "loading/make_loaders", "global_seed", "shift the order"),
    (52, "inference/predict_image", "no_batch", "batch of one"),
    (52, "inference/predict_image", "reshaped", "permute moves the axes"),
    (52, "dataset/image_to_tensor", "hwc", "channels first"),
    (52, "dataset/image_to_tensor", "uint8", "uint8"),
    (55, "loading/make_loaders", "test_shuffled", "test loader is shuffled"),
    (58, "folders/find_classes", "unsorted", "order of the disk"),
    (58, "dataset/PictureFolder", "string_labels", "label is a text"),
    (59, "dataset/PictureFolder", "no_len", "has no len()"),
    (59, "loading/pad_collate", "stacks", "equal size"),
    (62, "training/EarlyStopping", "alias", "shares memory with the model"),
    (63, "training/train_pictures", "untrained", "are these weights trained"),
)

TRANSFER_LEARNING = rows(
    "05_transfer_learning",
    (61, "backbone/load_matching", "report", "report of load_state_dict"),
    (61, "backbone/load_matching", "assigns_the_report", "do not assign its result to model"),
    (61, "backbone/load_matching", "strict_false", "strict=False"),
    (63, "fine_tuning/fine_tune", "untrained_head", "untrained"),
)

TABLE = FUNDAMENTALS + WORKFLOW + CLASSIFICATION + COMPUTER_VISION + CUSTOM_DATASETS + TRANSFER_LEARNING


def submissions(course: Course) -> list[Submission]:
    """Each row's wrong answer in the reference file of its topic."""
    found = []
    topics = {topic.key: topic for topic in course.topics}
    read = {
        key: read_variants(topics[key], topics[key].read())
        for key in {row.exercise.rpartition("/")[0] for row in TABLE}
    }
    for row in TABLE:
        key, _, name = row.exercise.rpartition("/")
        shared, variants = read[key]
        variant = next((v for v in variants if not v.right and (v.exercise, v.label) == (name, row.variant)), None)
        if variant is None:
            raise SystemExit(f"{topics[key].variants}: no wrong_{name}_{row.variant}")
        text = with_variant(topics[key].solution.read_text(encoding="utf-8"), shared, variant)
        found.append(Submission(str(row), {key: SourceFile(f"solutions/{key}.py", text)}, frozenset({row.exercise})))
    return found


def main(path: Path) -> int:
    """Grade every row in one run; write what each is told, by row."""
    course = Course.at(ROOT)
    wanted = submissions(course)
    topics = [topic for topic in course.topics if any(topic.key in submission.files for submission in wanted)]
    told: dict[str, str] = {}

    def use(engine: Engine) -> int:
        for position, graded in engine.grade_many(wanted, seed=1):
            checks = graded.report.exercises[0].checks
            told[wanted[position].name] = "\n".join(check.message for check in checks if check.status != "passed")
        return 0

    run(course, topics, Options("best"), use)
    path.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    path = tmp_path_factory.mktemp("mistakes") / "told.json"
    command = [sys.executable, "-m", "tests.test_mistakes", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("row", TABLE, ids=str)
def test_mistake_is_named(told, row):
    """The wrong answer loses points, and its message names the mistake."""
    message = told[str(row)]
    assert message, f"{row.exercise} {row.variant} earns full points"
    assert [word for word in row.words if word.lower() not in message.lower()] == [], (
        f"{MISTAKES[row.mistake]}:\n{message}"
    )


def test_every_mistake_has_a_row():
    assert {row.mistake for row in TABLE} == set(MISTAKES)


def test_each_row_is_there_once():
    assert len({str(row) for row in TABLE}) == len(TABLE)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
