"""What torch's, NumPy's and Python's error texts mean, in a beginner's words: the cause, then the edit that usually mends it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """One known error: a pattern on `Type: message`, and what to say of its match."""

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str]], str]


def _known(pattern: str, say: str | Callable[[re.Match[str]], str]) -> Cause:
    return Cause(re.compile(pattern, re.DOTALL), (lambda match: match.expand(say)) if isinstance(say, str) else say)


CAUSES: tuple[Cause, ...] = (
    _known(
        r"shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        lambda m: (
            f"Matrix product: the inner sizes {m[2]} and {m[3]} must be equal. Transpose one matrix, or, in front of a Linear layer, "
            f"give it in_features={m[2]}."
        ),
    ),
    _known(
        r"view size is not compatible",
        (
            "view needs the elements in memory order, and a transposed or permuted tensor only has other strides: use reshape, or "
            ".contiguous() before view."
        ),
    ),
    _known(
        r"shape '\[(.*?)\]' is invalid for input of size (\d+)",
        lambda m: f"A tensor of {m[2]} elements does not fit shape ({m[1]}): the product of the sizes must be {m[2]}.",
    ),
    _known(
        r"could not infer output dtype|mean\(\): (?:could not|input dtype)",
        "Integers and booleans have no mean in torch: convert with .float() first.",
    ),
    _known(
        r"expected m1 and m2 to have the same dtype|mat1 and mat2 must have the same dtype, but got (\w+) and (\w+)|"
        r"expected scalar type (\w+) but found (\w+)",
        (
            "Wrong dtype: two tensors of different dtypes meet. Model weights are float32: Python ints make int64 (Long), NumPy makes float64 (Double); convert "
            "the data with .float()."
        ),
    ),
    _known(
        r"expected target dtype to be Long|expected scalar type Long|nll_loss.*not implemented for '(?:Float|Int)'",
        ("Wrong dtype: class ids are names, not amounts; CrossEntropyLoss wants them as int64 (.long())."),
    ),
    _known(
        r"result type Float can't be cast to the desired output type Long|Found dtype Long but expected Float",
        (
            "Wrong dtype: the loss compares floats here; targets of a binary loss are probabilities: convert them with .float()."
        ),
    ),
    _known(
        r"Using a target size .* that is different to the input size|Target size .* must be the same as input size",
        (
            "Predictions and targets must have the same shape; (N, 1) against (N,) is the usual pair: squeeze(1) or unsqueeze(1) one of them."
        ),
    ),
    _known(
        r"all elements of input should be between 0 and 1",
        "BCELoss wants probabilities and got logits: use BCEWithLogitsLoss on the raw logits.",
    ),
    _known(
        r"Can't call numpy\(\) on Tensor that requires grad",
        "NumPy knows no gradients: .detach() first, as in x.detach().cpu().numpy().",
    ),
    _known(
        r"can't convert .* device type tensor to numpy",
        "NumPy lives in CPU memory: .cpu() first, as in x.detach().cpu().numpy().",
    ),
    _known(
        r"not compiled with CUDA|No CUDA GPUs|Found no NVIDIA",
        'Wrong device: "cuda" is written into the code. Use the device you are given.',
    ),
    _known(
        r"[Ee]xpected all tensors to be on the same device|not on the expected device|is on meta device|different from other tensors on",
        (
            "Wrong device: two tensors on different devices meet. Move both to one device, and assign the result: x = x.to(device)."
        ),
    ),
    _known(
        r"Cannot copy out of meta tensor|Tensor\.item\(\) cannot be called on meta|meta tensors",
        (
            "The check runs on torch's device without data: the code reads values where shape, dtype and device are enough."
        ),
    ),
    _known(
        r"element 0 of tensors does not require grad and does not have a grad_fn",
        (
            "backward found no graph: gradients were not recorded. Train outside no_grad/inference_mode, and do not detach or re-wrap the predictions."
        ),
    ),
    _known(
        r"Trying to backward through the graph a second time",
        "backward frees the graph: compute the loss anew in every step.",
    ),
    _known(
        r"a leaf Variable that requires grad is being used in an in-place operation|a view of a leaf Variable that requires grad",
        (
            "A leaf that requires grad may only be changed where torch does not record: put the update under torch.no_grad()."
        ),
    ),
    _known(
        r"Inference tensors cannot be saved for backward|Inplace update to inference tensor",
        (
            "A tensor made under inference_mode entered the training: record gradients while training; inference_mode is for testing only."
        ),
    ),
    _known(
        r"optimizer got an empty parameter list",
        (
            "The model has no registered parameters: wrap tensors in nn.Parameter, and keep layers as attributes, in nn.Sequential or nn.ModuleList."
        ),
    ),
    _known(
        r"cannot assign (?:module|parameters?) before Module\.__init__\(\) call",
        "super().__init__() must be the first line of __init__.",
    ),
    _known(
        r"missing the required \"forward\" function", "The method must be spelt forward and stand inside the class."
    ),
    _known(
        r"cannot assign .* as parameter",
        "A Parameter can only be replaced by another nn.Parameter; change its values under torch.no_grad() instead.",
    ),
    _known(
        r"only one element tensors can be converted|only integer tensors of a single element|a Tensor with (\d+) elements cannot be converted to Scalar",
        ("A tensor of several elements stands where one number is needed: .item() works for exactly one element."),
    ),
    _known(
        r"Boolean value of Tensor with more than one value is ambiguous",
        "A whole tensor stands in an if: reduce it first, with .all() or .any().",
    ),
    _known(
        r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)",
        (r"Dimension \3 does not exist: this tensor's dimensions count from \1 to \2."),
    ),
    _known(
        r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)",
        (
            r"Wrong shape: sizes \1 and \2 do not broadcast (sizes must be equal, or one of them 1, counted from the right)."
        ),
    ),
    _known(
        r"stack expects each tensor to be equal size",
        "stack and the default collate need equal sizes: resize or pad every picture to one size first.",
    ),
    _known(
        r"Sizes of tensors must match except in dimension",
        "cat joins along one dimension; all the others must be equal.",
    ),
    _known(
        r"Given groups=\d+, weight of size \[(\d+), (\d+), .*expected input.* to have (\d+) channels, but got (\d+) channels",
        (
            r"The layer expects \3 channels and got \4: is the picture (H, W, C) instead of (C, H, W), or the previous layer's out_channels another?"
        ),
    ),
    _known(
        r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d",
        "Conv2d wants (N, C, H, W): add the batch dimension with unsqueeze(0).",
    ),
    _known(
        r"Expected more than 1 value per channel when training",
        "BatchNorm in train mode met a batch of one: call model.eval() before predicting.",
    ),
    _known(
        r"Input type \((?:unsigned char|c10::Byte|torch\.ByteTensor).*should be the same|\"\w+\" not implemented for 'Byte'",
        ("uint8 pixels went into a layer: convert them with .float() / 255 first."),
    ),
    _known(
        r"not implemented for '(Long|Int|Bool|Byte|Half)'",
        lambda m: f"torch has no such operation for dtype {m[1]}: convert the tensor first, usually with .float().",
    ),
    _known(
        r"Weights only load failed",
        (
            "The file holds pickled objects, not only tensors: save model.state_dict() (or a dict of plain values), not the model itself."
        ),
    ),
    _known(
        r"Attempting to deserialize object on a CUDA device",
        'The file was saved from a GPU: torch.load(path, map_location="cpu").',
    ),
    _known(
        r"Expected state_dict to be dict-like",
        "load_state_dict takes the dictionary that torch.load returns, not a path.",
    ),
    _known(
        r"Error\(s\) in loading state_dict",
        "Names or shapes in the file do not match this model: is it another class, or are layers renamed?",
    ),
    _known(
        r"'(?:_IncompatibleKeys|tuple)' object has no attribute '(?:eval|train|forward)'|'_IncompatibleKeys' object is not callable",
        ("load_state_dict changes the model in place and returns a report: do not assign its result to model."),
    ),
    _known(
        r"'NoneType' object has no attribute '(\w+)'",
        (
            r"Something is None where .\1 is used: did a function end without return, or is a .grad not filled yet (backward fills it)?"
        ),
    ),
    _known(
        r"'NoneType' object is not (?:subscriptable|iterable|callable)",
        "Something is None here: did a function end without return?",
    ),
    _known(
        r"unsupported operand type\(s\) for .*'NoneType'",
        (
            "Something in this calculation is None: the .grad of a tensor that the loss does not depend on, or the result of a function "
            "that ends without return."
        ),
    ),
    _known(r"EOFError", "Graded code has no keyboard: take values from the arguments instead of input()."),
    _known(
        r"URLError|gaierror|name resolution|Name or service not known",
        "Graded code has no network: what an exercise needs comes with its arguments or with the course.",
    ),
    _known(
        r"PermissionError|Operation not permitted",
        ("Graded code may only read and write in its own folder, without network and without other programs."),
    ),
    _known(
        r"(?:ModuleNotFoundError|ImportError): No module named '([\w.]+)'",
        (r"The package \1 is not among the course's: requirements.txt lists those that a solution may use."),
    ),
    _known(
        r"NameError: name '(\w+)' is not defined",
        r"\1 is used before it is defined: a missing import, or a spelling mistake?",
    ),
    _known(r"IndentationError|TabError", "The indentation of this line does not fit its neighbours."),
    _known(r"RecursionError", "The function calls itself without an end."),
    _known(
        r"MemoryError|can't allocate memory|DefaultCPUAllocator",
        "The call needs far more memory than the exercise does: is a shape multiplied out that should stay small?",
    ),
    _known(r"SystemExit", "The code calls exit(): return from the function instead."),
    _known(
        r"missing (\d+) required (?:positional|keyword-only) argument|takes (?:from )?\d+(?: to \d+)? positional arguments? but \d+ (?:was|were) given|"
        r"unexpected keyword argument",
        "The parameters must stay as the stub has them: compare the def line with `nox -s reset` on a copy.",
    ),
)


def explain(error_type: str, message: str) -> str | None:
    """The cause of `error_type: message` in plain words; None where it is not known."""
    text = f"{error_type}: {message}"
    for cause in CAUSES:
        match = cause.pattern.search(text)
        if match:
            return cause.say(match)
    return None


ABOUT_SHAPES = re.compile(
    r"shapes? cannot|shape '\[|size of tensor|[Ss]izes? of tensors|invalid for input of size|equal size|must match|mismatch|Dimension out of range|"
    r"too many indices|broadcast|channels|[Tt]arget size|input size|expected .*(?:shape|size|dim)|got .*[Ss]hape|inconsistent tensor size|"
    r"\bmat1\b|1D tensors|2D tensors|3D tensors|must be a matrix|dimension|out of bounds"
)


def about_shapes(message: str) -> bool:
    """Whether an error's text is about shapes, so that a picture of the tensors helps."""
    return bool(ABOUT_SHAPES.search(message)) and "dtype" not in message


BROADCAST = re.compile(
    r"Using a target size \(torch\.Size\(\[(.*?)\]\)\) that is different to the input size \(torch\.Size\(\[(.*?)\]\)\)"
)


def explain_warning(text: str) -> str | None:
    """What a warning that torch gave during the call means, where it is the likely cause of wrong numbers."""
    match = BROADCAST.search(text)
    if match:
        return (
            f"torch warned: a target of shape ({match[1]}) met an input of shape ({match[2]}) and was broadcast against it, so "
            "every prediction was compared with every target. Give both one shape: squeeze(1) or unsqueeze(1)."
        )
    if "lr_scheduler.step()` before `optimizer.step()" in text:
        return "torch warned: scheduler.step() ran before optimizer.step(); the optimiser's step comes first."
    return None
