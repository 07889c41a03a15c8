"""The grading engine of the course: see autograder/README.md."""

__version__ = "0.1.0"
