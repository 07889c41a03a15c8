"""From a notebook's code cells to one topic file: what the exercises' last definitions need, and nothing else.

Exercises are found by the name that a cell defines, not by cell ids, which students and editors change. Scratch work (training runs, plots,
loops that never end) binds nothing that an exercise needs and is left out; so a topic file loads fast, and a cell that is no Python costs only
what it defines.
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MAX_CELL = 500_000
"""Characters of one cell beyond which it is not read: Python's parser needs a hundred times as much memory."""

MAGIC = re.compile(r"^(\s*)([%!?].*|[\w, ]+=\s*[%!].*|[\w.]+\?{1,2}\s*)$")
HARMLESS_CELL_MAGICS = ("%%time", "%%capture", "%%prun", "%%timeit")
DEFINES = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class CodeCell:
    """A code cell; `number` counts all cells of the notebook from 1, and is 0 for what the course itself gives."""

    number: int
    source: str


@dataclass(frozen=True)
class Composed:
    """A topic file made from cells."""

    text: str
    lines: tuple[tuple[int, int], ...]
    """For each line of `text`: the number of its cell and the line in it; (0, 0) where it comes from none."""
    problems: dict[str, str] = field(default_factory=dict)
    """Exercise -> why it cannot be graded: the cell that defines it is no Python."""
    notes: tuple[str, ...] = ()


@dataclass
class Statement:
    """One top-level statement of a cell."""

    node: ast.stmt
    cell: CodeCell
    source: str
    binds: frozenset[str]
    uses: frozenset[str]
    replaces: bool
    """Whether it binds its names afresh, whatever they were."""
    changes: str | None
    """The name whose value a bare call may change, as in `layers.append(3)`."""


def compose(
    cells: Sequence[CodeCell], exercises: Sequence[str], given: Sequence[CodeCell] = (), shown: str = "the notebook"
) -> Composed:
    """The topic file for `exercises`; `given` are the course's own cells, which stand first so that a deleted import is not missed."""
    statements: list[Statement] = []
    broken: dict[str, str] = {}
    notes: list[str] = []
    magic: list[int] = []
    for cell in [*given, *cells]:
        source, dropped = without_magics(cell.source)
        if dropped and cell.number:
            magic.append(cell.number)
        try:
            statements += read_cell(CodeCell(cell.number, source))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            why = _why(error, source)
            names = list(dict.fromkeys(DEFINES.findall(source[:MAX_CELL])))
            broken |= dict.fromkeys(
                names,
                f"Raised    {why}, in cell {cell.number} of {shown}\nNext      Mend this cell, and run it again; it costs only what it defines.",
            )
            notes.append(f"cell {cell.number} is no Python ({why}) and was not used")
    if magic:
        notes.append(
            f"lines for the notebook itself (%… and !…) were left out of cell{'s' if len(magic) > 1 else ''} {', '.join(map(str, magic[:12]))}"
        )
    defined = {name for statement in statements if statement.cell.number for name in statement.binds}
    for name in exercises:
        count = sum(
            name in s.binds and isinstance(s.node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
            for s in statements
        )
        if count > 1:
            notes.append(f"{name} is defined {count} times; the last one was graded")
        if name in broken and name in defined:
            notes.append(f"one cell that defines {name} is no Python; another definition of it was graded")
    text, lines = _emit(_needed(statements, exercises), statements)
    return Composed(
        text, lines, {name: broken[name] for name in exercises if name in broken and name not in defined}, tuple(notes)
    )


def without_magics(source: str) -> tuple[str, bool]:
    """The cell without IPython's own syntax, line for line; and whether there was any."""
    first, _, rest = source.lstrip("\n").partition("\n")
    if first.startswith("%%"):
        source, dropped = ("\n" + rest if first.startswith(HARMLESS_CELL_MAGICS) else ""), True
    else:
        dropped = False
    if not any(sign in source for sign in "%!?") or _parses(source):
        return source, dropped
    lines = source.split("\n")
    kept = [re.sub(MAGIC, r"\1pass", line) for line in lines]
    return ("\n".join(kept), True) if kept != lines and len(source) <= MAX_CELL else (source, dropped)


def _parses(source: str) -> bool:
    try:
        _parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _parse(source: str) -> ast.Module:
    if len(source) > MAX_CELL:
        raise ValueError(f"it has {len(source):,} characters; a cell may have {MAX_CELL:,}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a student's string is no news
        tree = ast.parse(source)
        compile(
            tree, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        )  # finds what the parser lets pass: return outside a function
    return tree


def _why(error: BaseException, source: str) -> str:
    if not isinstance(error, SyntaxError):
        return str(error)[:200] or type(error).__name__
    lines = source.split("\n")
    number = error.lineno or 1
    code = lines[number - 1].strip()[:120] if number <= len(lines) else ""
    said = f"{type(error).__name__}: {error.msg}, line {number}: {code}"
    return "".join(character if character.isprintable() else "?" for character in said)


def read_cell(cell: CodeCell) -> Iterator[Statement]:
    """The statements of a cell.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: where it is no Python.
    """
    tree = _parse(cell.source)
    rows = cell.source.split("\n")
    taken: dict[int, int] = {}
    for node in tree.body:
        for row in {_first(node), node.end_lineno or node.lineno}:
            taken[row] = taken.get(row, 0) + 1
    for node in tree.body:
        first, last = _first(node), node.end_lineno or node.lineno
        alone = taken[first] == taken[last] == 1  # no `a = 1; b = 2`
        text = "\n".join(rows[first - 1 : last]) if alone else ""
        binds, uses = _names(node)
        yield Statement(node, cell, text, binds, uses, _replaces(node), _changed_by(node))


def _first(node: ast.stmt) -> int:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return node.lineno


def _names(node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """What a statement binds at the top level, and every name in it that may be looked up there."""
    binds: set[str] = set()
    uses: set[str] = set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        binds.add(node.name)
    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            uses.add(child.id)
    for child in _top_level(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            binds.add(child.id)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            binds.add(child.name)
        elif isinstance(child, ast.Import | ast.ImportFrom):
            binds |= {(alias.asname or alias.name.partition(".")[0]) for alias in child.names}
        elif isinstance(child, ast.ExceptHandler) and child.name:
            binds.add(child.name)
        elif isinstance(child, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete):
            targets = child.targets if isinstance(child, ast.Assign | ast.Delete) else [child.target]
            binds |= {root for target in targets if (root := _root(target))}
    return frozenset(binds), frozenset(uses - BUILTINS)


def _top_level(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is in it, without the insides of functions, classes, lambdas and comprehensions."""
    yield node
    if isinstance(
        node,
        ast.FunctionDef
        | ast.AsyncFunctionDef
        | ast.ClassDef
        | ast.Lambda
        | ast.ListComp
        | ast.SetComp
        | ast.DictComp
        | ast.GeneratorExp,
    ):
        return
    for child in ast.iter_child_nodes(node):
        yield from _top_level(child)


def _root(target: ast.AST) -> str | None:
    """`a` of `a.b[0].c`."""
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def _replaces(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Name) for target in node.targets)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)


def _changed_by(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return _root(node.value.func)
    return None


def _needed(statements: list[Statement], exercises: Sequence[str]) -> set[int]:
    """Indices of the statements that bind, or change, what the exercises use."""
    binding: dict[str, list[int]] = {}
    own: set[str] = set()
    for index, statement in enumerate(statements):
        for name in statement.binds:
            binding.setdefault(name, []).append(index)
            if not isinstance(statement.node, ast.Import | ast.ImportFrom):
                own.add(name)
        if statement.changes:
            binding.setdefault(statement.changes, []).append(index)
    wanted = [*exercises, "*"]  # `from x import *` may give any name
    chosen: set[int] = set()
    chosen |= {
        i for i, s in enumerate(statements) if isinstance(s.node, ast.ImportFrom) and s.node.module == "__future__"
    }
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        for index in binding.get(name, ()):
            if statements[index].changes == name and name not in own:
                continue  # torch.manual_seed(0), plt.show(): nothing of the notebook's own changes
            if index not in chosen:
                chosen.add(index)
                wanted += statements[index].uses | statements[index].binds
    return chosen


def _emit(chosen: set[int], statements: list[Statement]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text, and where each of its lines comes from. What a later statement replaces is run as a kernel would: its failure ends nothing."""
    last: dict[str, int] = {}
    for index in sorted(chosen):
        for name in statements[index].binds if statements[index].replaces else ():
            last[name] = index
    text: list[str] = []
    places: list[tuple[int, int]] = []

    def add(lines: Sequence[str], cell: int, first: int, moving: bool) -> None:
        text.extend(lines)
        places.extend((cell, first + offset if moving else first) for offset in range(len(lines)))

    for index in sorted(chosen):
        statement = statements[index]
        node = statement.node
        first, number = _first(node), statement.cell.number
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            text.insert(0, ast.unparse(node))
            places.insert(0, (number, first))
        elif statement.changes or (
            statement.replaces and statement.binds and all(last.get(name) != index for name in statement.binds)
        ):
            body = textwrap.indent(ast.unparse(node), "    ").split("\n")
            add(["try:", *body, "except Exception:", "    pass"], number, first, False)
        elif statement.source:
            add(statement.source.split("\n"), number, first, True)
        else:
            add(ast.unparse(node).split("\n"), number, first, False)
    return "\n".join(text) + "\n", tuple(places)


def in_cells(message: str, shown: str, lines: Sequence[Sequence[int]]) -> str:
    """A message whose line numbers, which count the composed file, name the notebook's cells."""

    def place(match: re.Match[str]) -> str:
        number = int(match[2])
        cell, line = lines[number - 1] if 1 <= number <= len(lines) else (0, 0)
        return f"{', ' if match[1] else ''}cell {cell}, line {line}" if cell else match[0]

    message = re.sub(rf"(?<={re.escape(shown)})(:)(\d+)\b", place, message)
    return re.sub(r"(?<!\d, )\b()line (\d+)\b", place, message)
