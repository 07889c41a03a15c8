"""What a grading run produces: plain frozen records, and the one error a wrong course or command raises."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Status = Literal["passed", "failed", "not_implemented", "error", "timed_out"]
STATUSES: tuple[Status, ...] = ("passed", "failed", "not_implemented", "error", "timed_out")

SCHEMA = 1
"""Version of the JSON that `grade --json` writes; raised when a field changes its meaning."""

FULL_POINTS, POINTS_LOST, WRONG_COURSE_OR_COMMAND, INTERRUPTED = 0, 1, 2, 130
"""Exit codes of every command."""

ENGINE_ERROR = "engine error, not yours: {}; grade again"
"""What a check says that the engine failed on: it costs no points for good, and is told by how it begins."""


class CourseError(Exception):
    """The course or the command is wrong: says what, where, and the mending edit or command."""

    def __init__(self, message: str, path: Path | str | None = None, line: int | None = None) -> None:
        where = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(where + message)


class EngineError(Exception):
    """The engine itself failed; never a student's fault, never a pass."""


@dataclass(frozen=True)
class Shapes:
    """The shapes that a shape error is about, so that they can be drawn; never values."""

    given: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Name and shape of what the call was given; where a line raised, of the tensors on it."""
    returned: tuple[int, ...] | None = None
    expected: tuple[int, ...] | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Shapes:
        """The inverse of `dataclasses.asdict` and a JSON round trip."""

        def shape(found: list[int] | None) -> tuple[int, ...] | None:
            return None if found is None else tuple(found)

        given = tuple((str(name), tuple(sizes)) for name, sizes in data["given"])
        return cls(given, shape(data["returned"]), shape(data["expected"]))


@dataclass(frozen=True)
class CheckResult:
    """One check of one exercise."""

    name: str
    status: Status
    points: float
    max_points: float
    message: str = ""


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: passed when all its checks are; its points are those of the checks that passed."""

    id: str
    status: Status
    seconds: float
    checks: tuple[CheckResult, ...]

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def max_points(self) -> float:
        return sum(check.max_points for check in self.checks)

    @property
    def first_message(self) -> str:
        """Message of the first check that did not pass."""
        return next((check.message for check in self.checks if check.status != "passed"), "")


@dataclass(frozen=True)
class Report:
    """One submission, graded."""

    submission: str
    course_version: str
    torch: str
    walls: tuple[str, ...]
    seed: int
    exercises: tuple[ExerciseResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)

    @property
    def max_points(self) -> float:
        return sum(exercise.max_points for exercise in self.exercises)

    @property
    def full(self) -> bool:
        return all(exercise.status == "passed" for exercise in self.exercises)

    @property
    def broke(self) -> bool:
        """Whether the engine itself failed: such a result counts for nobody."""
        return any(c.message.startswith("engine error") for exercise in self.exercises for c in exercise.checks)

    def to_json(self) -> dict[str, Any]:
        """The contract of `grade --json`: see autograder/README.md."""
        return {
            "schema": SCHEMA,
            "submission": self.submission,
            "course_version": self.course_version,
            "torch": self.torch,
            "walls": list(self.walls),
            "seed": self.seed,
            "points": self.points,
            "max_points": self.max_points,
            "notes": list(self.notes),
            "exercises": [
                {
                    "id": exercise.id,
                    "status": exercise.status,
                    "points": exercise.points,
                    "max_points": exercise.max_points,
                    "seconds": round(exercise.seconds, 3),
                    "checks": [dataclasses.asdict(check) for check in exercise.checks],
                }
                for exercise in self.exercises
            ],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Report:
        """The inverse of `to_json`."""
        if data.get("schema") != SCHEMA:
            raise CourseError(f"results have schema {data.get('schema')!r}; this course reads {SCHEMA}: grade again")
        return cls(
            submission=data["submission"],
            course_version=data["course_version"],
            torch=data["torch"],
            walls=tuple(data["walls"]),
            seed=data["seed"],
            notes=tuple(data.get("notes", ())),
            exercises=tuple(
                ExerciseResult(
                    id=exercise["id"],
                    status=exercise["status"],
                    seconds=exercise["seconds"],
                    checks=tuple(CheckResult(**check) for check in exercise["checks"]),
                )
                for exercise in data["exercises"]
            ),
        )


def status_of(checks: tuple[CheckResult, ...]) -> Status:
    """Status of an exercise: passed if all are; unfinished wherever a stub was met; else the first that is not passed."""
    statuses = [check.status for check in checks]
    if "not_implemented" in statuses:
        return "not_implemented"
    return next((status for status in statuses if status != "passed"), "passed")
