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
        r"cannot reshape tensor of 0 elements",
        "A tensor without elements fits any size, so -1 cannot be worked out: compute the size yourself.",
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
        (
            "A whole tensor stands in an if: reduce it first, with .all() or .any(). Or a loss was built with tensors, nn.MSELoss(a, b): it is "
            "nn.MSELoss()(a, b)."
        ),
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
    _known(
        r"IndexError: index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)",
        lambda m: (
            f"Dimension {m[2]} has size {m[3]}: its positions run from 0 to {int(m[3]) - 1}, or from -{m[3]} to -1."
            if int(m[3])
            else f"Dimension {m[2]} is empty: it has no position at all."
        ),
    ),
    _known(
        r"too many indices for (?:tensor of dimension|array)",
        "More indices than dimensions: each place between the commas of x[…, …] takes one dimension.",
    ),
    _known(
        r"The shape of the mask \[(.*?)\] at index \d+ does not match the shape of the indexed tensor \[(.*?)\]",
        r"A mask of shape (\1) cannot choose from a tensor of shape (\2): a mask has the shape of what it is laid on, or of its first dimensions.",
    ),
    _known(
        r"tensors used as indices must be long, int, byte or bool",
        "Positions are whole numbers: make the index int64 (.long()), or a bool mask.",
    ),
    _known(
        r"Target (-?\d+) is out of bounds",
        r"Class id \1 has no logit: with C logits a sample the labels run from 0 to C - 1.",
    ),
    _known(
        r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)",
        r"\1 predictions met \2 labels: logits are (N, C), labels (N,), of the same N. Was the batch flattened, too?",
    ),
    _known(
        r"expected Tensor as element \d+ in argument 0, but got (\w+)",
        r"stack and cat take a list of tensors; this list holds one of type \1. torch.tensor(values) makes one tensor of numbers.",
    ),
    _known(
        r"zero-dimensional tensor \(at position \d+\) cannot be concatenated",
        "cat joins along a dimension, and a single number has none: torch.stack gives it one.",
    ),
    _known(
        r"stack expects a non-empty TensorList", "The list of tensors is empty: nothing was collected before stack."
    ),
    _known(
        r"Tensors must have same number of dimensions: got (\d+) and (\d+)",
        r"cat joins tensors of equally many dimensions; here are \1 and \2. unsqueeze adds one.",
    ),
    _known(
        r"Only Tensors of floating point and complex dtype can require gradients",
        "Wrong dtype: whole numbers have no gradient. Make the tensor float: torch.tensor(values, dtype=torch.float32).",
    ),
    _known(
        r"modified by an inplace operation",
        "A tensor that backward still needs was changed in place (+=, an index assignment, a method ending in _): make a new one, as in x = x + 1.",
    ),
    _known(
        r"grad can be implicitly created only for scalar outputs",
        "backward starts from one number: reduce the losses first, with .mean() or .sum().",
    ),
    _known(
        r"The expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\)",
        r"Wrong shape: a place of size \1 cannot take a tensor of size \2 there (only size 1 is stretched).",
    ),
    _known(
        r"number of dimensions in the tensor input does not match the length of the desired ordering",
        "permute names each dimension of the tensor once: as many numbers as x.ndim.",
    ),
    _known(
        r"operands could not be broadcast together with shapes (\(.*?\)) (\(.*?\))",
        r"Wrong shape: \1 and \2 do not broadcast (sizes must be equal, or one of them 1, counted from the right).",
    ),
    _known(
        r"mismatch in its core dimension .*size (\d+) is different from (\d+)",
        r"Matrix product: the inner sizes \2 and \1 must be equal. Transpose one of the two.",
    ),
    _known(
        r"1D tensors expected, but got (\w+) and (\w+) tensors",
        "torch.dot takes two vectors: for matrices it is @.",
    ),
    _known(r"batch\d must be a 3D tensor", "bmm multiplies batches, (B, n, k) by (B, k, m): for two matrices it is @."),
    _known(
        r"size mismatch, got input \(\d+\), mat \((\d+)x(\d+)\), vec \((\d+)\)",
        r"Matrix times vector: a matrix (\1, \2) takes a vector of \2, not of \3.",
    ),
    _known(
        r"einsum\(\): subscript (\w) has size (\d+) .* previously seen size (\d+)",
        r"In einsum each letter is one size: \1 is \3 in one tensor and \2 in another.",
    ),
    _known(
        r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)",
        r"The rows have different lengths (\1 and \3): a tensor is a full table.",
    ),
    _known(r"too many dimensions 'str'", "Tensors hold numbers, not texts: turn names into class ids first."),
    _known(
        r"argument '(\w+)' \(position \d+\) must be Tensor, not (\w+)",
        r"Something of type \2 went in where a tensor is due (\1): torch.tensor(…) makes one.",
    ),
    _known(
        r"must be tuple of ints, not (\w+)",
        r"Sizes are whole numbers; this is a \1. // divides whole numbers, int() cuts.",
    ),
    _known(
        r"^\w+: \w+\(\) received an invalid combination of arguments - got \((.{0,80}?)\), but",
        r"torch has no form of this call for (\1): a type or the number of arguments is another than the function's. help(…) shows its forms.",
    ),
    _known(
        r"Kernel size can't be greater than actual input size|Output size is too small",
        "The picture has become smaller than the window that runs over it: fewer pooling layers, or padding.",
    ),
    _known(
        r"running_mean should contain (\d+) elements not (\d+)",
        r"BatchNorm was made for \2 channels and got \1: its number is the previous layer's out_channels.",
    ),
    _known(
        r"size of dim|Provided sizes .* don't multiply up|selected index k out of range",
        "The sizes asked for do not fit those that the tensor has.",
    ),
    _known(
        r"Index tensor must have the same number of dimensions as input tensor",
        "gather wants an index of as many dimensions as the tensor: unsqueeze(1) the labels, and squeeze(1) the result.",
    ),
    _known(
        r"can only concatenate str|can't multiply sequence by non-int",
        'A text or list meets a number: lists do not calculate (torch.tensor makes a tensor of one), and f"{x}" puts a number into a text.',
    ),
    _known(
        r"(?:iteration over|len\(\) of) a 0-d tensor",
        "A single number has no rows: was the batch dimension lost, to squeeze() or an index?",
    ),
    _known(
        r"'Linear' object is not iterable|'\w*(?:Net|Model|Sequential)' object is not iterable",
        "An optimiser takes the model's parameters: model.parameters().",
    ),
    _known(
        r"optimizer can only optimize Tensors",
        "An optimiser takes tensors that it may change: model.parameters().",
    ),
    _known(
        r"'(?:builtin_function_or_method|method|function)' object (?:has no attribute '(\w+)'|is not subscriptable)",
        "A function stands here without its brackets: x.mean is the method, x.mean() its result.",
    ),
    _known(
        r"'Tensor' object is not callable",
        "Round brackets call; a tensor is indexed with square ones: x[0]. Or was a function's name given to a tensor?",
    ),
    _known(
        r"'(list|tuple|dict|int|float|bool|str)' object has no attribute '(\w+)'",
        r"This is a Python \1, which has no .\2: was a tensor due? A function that returns several things gives a tuple.",
    ),
    _known(
        r"'Tensor' object has no attribute '(\w+)'",
        r"Tensors have no .\1: a spelling mistake, or a name from NumPy or from another class?",
    ),
    _known(
        r"'(\w+)' object has no attribute '(\w+)'",
        r"\1 has no .\2: a spelling mistake, or set nowhere? __init__ sets attributes as self.\2 = ….",
    ),
    _known(
        r"too many values to unpack \(expected (\d+)|not enough values to unpack \(expected (\d+)",
        lambda m: (
            f"{m[1] or m[2]} names stand left of =, and another number of values came: what does the right side return?"
        ),
    ),
    _known(
        r"cannot access local variable '(\w+)'",
        r"\1 is set only in a branch or loop that did not run: give it a value before.",
    ),
    _known(
        r"ZeroDivisionError", "Something is divided by zero: what should come out for an empty batch or a count of 0?"
    ),
    _known(
        r"IndexError: (?:list|tuple) index out of range",
        "The list is shorter than this index: positions run from 0 to len - 1.",
    ),
    _known(r"KeyError: (.{1,60})", r"The dictionary has no key \1: print(d.keys()) shows those it has."),
    _known(
        r"unsupported operand type\(s\) for .*NoneType|not supported between instances of .*NoneType",
        "Something is None here: did a function end without return, or is a .grad not filled yet (backward fills it)?",
    ),
    _known(
        r"'(\w+)' object is not (callable|iterable|subscriptable)",
        r"An object of type \1 stands here where something \2 is due: is a name used for two things?",
    ),
    _known(
        r"object of type '(\w+)' has no len\(\)",
        r"An object of type \1 has no length: a list, tuple or tensor is due here.",
    ),
    _known(
        r"unsupported operand type\(s\) for (\S+): '(\w+)' and '(\w+)'",
        r"\2 \1 \3 means nothing to Python: one of the two is not what its name says.",
    ),
    _known(
        r"'float' object cannot be interpreted as an integer|indices must be integers or slices, not float",
        "A whole number is due: / always gives a float, // divides whole numbers.",
    ),
    _known(
        r"cannot convert float NaN to integer",
        "nan came up in the calculation: a division 0/0, or the mean of nothing?",
    ),
    _known(
        r"FileNotFoundError",
        "There is no such file where graded code runs: use the path that the function is given.",
    ),
)
