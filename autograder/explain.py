"""An error's or a warning's text in plain words, and whether it is about shapes."""

from __future__ import annotations

import re

from .causes import CAUSES

CALL = "The call on this line does not fit the parameters of what it calls: their number or a name is another. help(…) shows them."
"""Where the student's own line calls with other arguments than the function has; the stub's parameters are not to blame then."""

ARGUMENTS = re.compile(
    r"required (?:positional|keyword-only) argument|positional arguments? but|unexpected keyword argument"
)


def explain(error_type: str, message: str, *, inside: bool = False) -> str | None:
    """The cause of `error_type: message` in plain words; None where it is not known. `inside`: a line of the student's own raised it."""
    text = f"{error_type}: {message}"
    if inside and ARGUMENTS.search(message):
        return CALL
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
