"""Text of others made safe to show on a terminal or in a file."""

from __future__ import annotations

import unicodedata

LINE = 400
"""Longest line of a message, in characters."""


def clean(text: str, longest: int = LINE) -> str:
    """One line that is safe to show: control characters, escape sequences and direction marks written out, cut at `longest`."""
    shown = []
    for character in text[: longest * 4]:
        category = unicodedata.category(character)
        if character in "\t ":
            shown.append(" ")
        elif category[0] == "C" or category in ("Zl", "Zp"):
            shown.append(
                "\\n"
                if character == "\n"
                else f"\\x{ord(character):02x}"
                if ord(character) < 256
                else f"\\u{ord(character):04x}"
            )
        else:
            shown.append(character)
    line = "".join(shown)
    return line if len(line) <= longest else line[: longest - 2] + " …"
