"""Looks through every object that the collector knows for hidden tests, answers and their functions."""
import gc
import re

EXPECT = {"double": ("error", "nothing of the grader's was found")}


def double(x):
    for thing in gc.get_objects():
        values = [thing]
        if type(thing) is dict:
            values = [*thing.values(), *thing]
        elif type(thing) in (list, tuple):
            values = list(thing)
        for value in values:
            if type(value) is str and (found := re.search("answer-key-[0-9a-z]+", value)):
                raise RuntimeError(f"crossed: {found[0]}")
            if type(value).__name__ in ("Check", "CheckSpec", "GraderPlugin", "Topic", "Scenario"):
                raise RuntimeError(f"crossed: a {type(value).__name__} of the grader's is here")
    raise RuntimeError("nothing of the grader's was found")
