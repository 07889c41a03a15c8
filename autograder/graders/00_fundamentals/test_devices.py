"""Hidden checks of 00_fundamentals/devices."""

import numpy as np
import torch

from autograder.checks import assert_equal, check, expect, fail, in_worker

# --------------------------------------------------------------------------------------------------------- pick_device

@in_worker
def pick_on_machines(student, machines):
    """The answers on a row of machines: each says whether it has CUDA and whether it has MPS.

    torch is built for MPS on all of them: that does not say that the machine has it.
    """
    replaced = [(torch.cuda, "is_available"), (torch.cuda, "device_count"), (torch.cuda, "current_device"),
                (torch.backends.mps, "is_available"), (torch.backends.mps, "is_built"), (torch.mps, "is_available")]
    kept = [(owner, name, getattr(owner, name)) for owner, name in replaced if hasattr(owner, name)]
    answers = []
    try:
        for cuda, mps in machines:
            for owner, name, _ in kept:
                has = cuda if owner is torch.cuda else mps
                answer = int(has) if name == "device_count" else 0 if name == "current_device" else has or name == "is_built"
                setattr(owner, name, lambda *args, answer=answer: answer)
            answers.append(student.pick_device())
    finally:
        for owner, name, original in kept:
            setattr(owner, name, original)
    return answers


NOTHING, CUDA, MPS, BOTH = (False, False), (True, False), (False, True), (True, True)
BEST = {NOTHING: "cpu", CUDA: "cuda", MPS: "mps", BOTH: "cuda"}
MACHINE = {NOTHING: "no accelerator", CUDA: "CUDA", MPS: "MPS", BOTH: "both CUDA and MPS"}


def assert_picks(student, *machines):
    for machine, got in zip(machines, pick_on_machines(student, list(machines)), strict=True):
        where = f"On a machine with {MACHINE[machine]}"
        if isinstance(got, str):
            fail("A string came back; make it a device: torch.device(...).")
        expect(isinstance(got, torch.device), f"{where}, a torch.device was due, got {type(got).__name__}.")
        expect(got.type == BEST[machine], f"{where}, the device should be of type {BEST[machine]}; it is {got.type}.")


@check("pick_device", hint='torch.device("cuda") if torch.cuda.is_available(), before any other question.')
def test_picks_cuda(student):
    """gives a torch.device of type cuda where CUDA is available, of type cpu where nothing is"""
    assert_picks(student, CUDA)
    assert_picks(student, NOTHING)
    assert_picks(student, BOTH)


@check("pick_device", hint="The second question is torch.backends.mps.is_available().")
def test_picks_mps(student):
    """gives type mps where MPS is available and CUDA is not"""
    assert_picks(student, MPS)
    assert_picks(student, NOTHING)


@check("pick_device", hint="Call both is_available() inside the function: no constant, no default argument, no cache.")
def test_asks_at_each_call(student):
    """asks at each call anew: the answers follow while availability changes"""
    unforeseen = [(NOTHING, CUDA, MPS, BOTH)[i] for i in torch.randint(4, (12,)).tolist()]
    assert_picks(student, NOTHING, CUDA, NOTHING, MPS, BOTH, MPS, NOTHING, *unforeseen)


# -------------------------------------------------------------------------------------------------------- on_device_of

def assert_brought(student, x, reference):
    got, want = student.on_device_of(x, reference), x.to(reference.device)
    if isinstance(got, torch.Tensor) and want.is_meta and not got.is_meta:
        fail("The tensor stayed where it was: tensors are not moved in place. Write x = x.to(device), or return x.to(device).")
    if isinstance(got, torch.Tensor) and got.shape == x.shape and got.dtype == reference.dtype != x.dtype:
        fail("The tensor took on the reference's dtype: x.to(reference) copies device and dtype. Hand over the device alone.")
    assert_equal(got, want)


@check("on_device_of", points=2, hint="reference.device tells where to; return the tensor that to() gives.")
def test_brings_it_there(student):
    """gives x's elements on the device of reference"""
    for shape, other in (((2, 3), (4,)), ((5,), (1, 1)), ((1, 4), (0,))):
        assert_brought(student, torch.randn(shape), torch.ones(other))
        assert_brought(student, torch.randn(shape), torch.empty(other, device="meta"))


@check("on_device_of", hint="Only the device of reference counts.")
def test_keeps_shape_and_dtype(student):
    """keeps x's own shape and dtype, whatever reference's are"""
    for x in (torch.randint(0, 9, (4,)), torch.randn(2, 2, dtype=torch.float64), torch.tensor([True, False]), torch.tensor(3.5)):
        for reference in (torch.zeros(2, 5), torch.zeros(3, dtype=torch.int32), torch.tensor(1, dtype=torch.float16)):
            assert_brought(student, x, reference)
            assert_brought(student, x, reference.to("meta"))


@check("on_device_of", hint="What is where it should be may stay; nothing is written to x or reference.")
def test_stays_where_it_should(student):
    """works where both are on one device already, and for transposed views"""
    x = torch.empty(2, 3, device="meta", dtype=torch.int64)
    assert_brought(student, x, torch.empty(4, device="meta"))
    x = torch.randn(3, 4).T
    assert_brought(student, x, torch.zeros(2))
    assert_brought(student, x, torch.zeros(2, device="meta"))


# ----------------------------------------------------------------------------------------------------------- move_tree

def moved(tree, device):
    """The oracle."""
    if isinstance(tree, torch.Tensor):
        return tree.to(device)
    if isinstance(tree, dict):
        return {key: moved(value, device) for key, value in tree.items()}
    return type(tree)(moved(item, device) for item in tree) if isinstance(tree, list | tuple) else tree


def assert_same_tree(got, want, place="the result"):
    if isinstance(want, torch.Tensor) and isinstance(got, torch.Tensor) and want.is_meta and not got.is_meta:
        fail(f"{place} is still on the CPU: tensors are not moved in place, so use what .to(device) returns, at every depth.")
    if isinstance(want, dict | list | tuple):
        expect(type(got) is type(want), f"{place} should be a {type(want).__name__}, it is a {type(got).__name__}: "
                                        "the nesting and its types stay the same.")
        if isinstance(want, dict):
            expect(set(got) == set(want), f"{place} should have the keys of the dict in the batch.")
            parts = [(got[key], value, f"{place}[{key!r}]") for key, value in want.items()]
        else:
            expect(len(got) == len(want), f"{place} should hold {len(want)} things; it holds {len(got)}.")
            parts = [(g, w, f"{place}[{i}]") for i, (g, w) in enumerate(zip(got, want, strict=True))]
        for g, w, name in parts:
            assert_same_tree(g, w, name)
    elif isinstance(want, torch.Tensor):
        assert_equal(got, want, what=place)
    else:
        expect(not isinstance(got, torch.Tensor), f"{place} became a tensor; values that are no tensors stay as they are.")
        expect(type(got) is type(want), f"{place} should still be a {type(want).__name__}, it is a {type(got).__name__}.")
        expect(np.array_equal(got, want) if isinstance(want, np.ndarray) else got == want, f"{place} has changed.")


def assert_moves(student, make):
    """Both by name and by torch.device, to a device without data, and to the CPU, where the values count."""
    for device in ("meta", torch.device("meta"), "cpu", torch.device("cpu")):
        tree = make()
        assert_same_tree(student.move_tree(tree, device), moved(tree, device))


@check("move_tree", hint="batch.to(device) for a tensor; new containers of moved values otherwise.")
def test_moves_flat_batches(student):
    """moves a tensor alone, and the tensors of a dict, a list and a tuple"""
    assert_moves(student, lambda: torch.randn(2, 3))
    assert_moves(student, lambda: {"x": torch.randn(4, 2), "y": torch.randint(0, 3, (4,))})
    assert_moves(student, lambda: [torch.randn(3), torch.randn(2, 2), torch.randn(1).double()])
    assert_moves(student, lambda: (torch.randn(5, 1), torch.tensor([True, False])))


@check("move_tree", points=2, hint="The function calls itself on the parts of every container, at every depth.")
def test_moves_nested_batches(student):
    """moves tensors at any depth of dicts, lists and tuples, and keeps the nesting and its types"""
    def tensor():
        return torch.randn(2)

    assert_moves(student, lambda: {"a": [tensor(), {"b": (tensor(), [tensor()])}], "c": (tensor(), {"d": tensor()})})
    assert_moves(student, lambda: [[[[[tensor()]]]], ((((tensor(),),),),), {1: {2: {3: {4: tensor()}}}}])
    assert_moves(student, lambda: ({"a": tensor(), ("b", 1): tensor(), 0: [tensor()], None: tensor()}, [tensor(), (tensor(),)]))
    assert_moves(student, lambda: ({"empty": [], "none": (), "nothing": {}, "x": tensor()}, [], (), {}))


@check("move_tree", hint="What is no tensor, dict, list or tuple is returned as it is; a text is no list.")
def test_keeps_other_values(student):
    """leaves numbers, texts, None, arrays and other values as they are"""
    assert_moves(student, lambda: {
        "x": torch.randn(2), "name": "photo", "sizes": (3, 4.5, True), "none": None, "path": ["a.png", "", b"raw"],
        "array": np.arange(6.0).reshape(2, 3), "dtype": torch.float64, "where": torch.device("cpu"), "ids": {1, 2, 3}, "z": 2 + 3j,
    })
    assert_moves(student, lambda: [1, "two", torch.randn(3), (None, [0, "x", torch.randn(1)])])
    assert_moves(student, lambda: ("label", 7, torch.randn(2)))


@in_worker
def move_and_look(student, device):
    """Whether the caller still finds in its batch what it put there."""
    x, y, inner, items = torch.ones(2), torch.zeros(3), {}, []
    inner["y"] = y
    items.extend([x, inner, "text"])
    batch = {"items": items, "inner": inner, "pair": (x, y)}
    answer = student.move_tree(batch, device)
    kept = [batch["items"] is items, batch["inner"] is inner, inner["y"] is y, items[0] is x, items[1] is inner, len(batch) == 3,
            len(items) == 3, x.device.type == "cpu", batch["pair"][0] is x]
    return answer, kept


@check("move_tree", hint="batch[key] = ... writes into the caller's batch: build a new dict or list.")
def test_leaves_the_batch_alone(student):
    """leaves the batch and its inner containers as they were"""
    answer, kept = move_and_look(student, "meta")
    x, y = torch.ones(2), torch.zeros(3)
    expect(all(kept), "The batch that was handed over has changed: its containers were written to. Build new ones.")
    assert_same_tree(answer, moved({"items": [x, {"y": y}, "text"], "inner": {"y": y}, "pair": (x, y)}, "meta"))
