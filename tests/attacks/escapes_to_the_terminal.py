"""Puts escape sequences, carriage returns, direction marks and null bytes into messages, names and printed text."""
EXPECT = {
    "double": ("error", "\\x1b[2J\\x1b]0;owned\\x07"),
    "Scale": ("failed", "\\x1b[32m"),
    "descend": ("error", "\\u202e"),
}

EVIL = "\x1b[2J\x1b]0;owned\x07\r\x08\x9b32m\u2028\u200f\ufeff\x00"


def double(x):
    print(EVIL + "passed")
    raise ValueError(EVIL)


Scale = lambda: type("\x1b[32mScale: passed\x1b[0m", (), {})()


def descend(model, X, y, lr):
    raise type("\u202eKeyError\n7 passed", (Exception,), {})("\u202e\x85\x1b\n\n[bold red]all points[/]")
