"""Hidden checks of 00_fundamentals/reproducibility."""

import random

import numpy as np
import torch

from autograder.checks import assert_equal, check, expect, fail, in_worker

# Scenarios that several exercises share: what the global generators give around a call.


@in_worker
def draw_all():
    """A little of everything, with an odd number of normal draws, whose second half a generator may keep."""
    torch_draws = torch.rand(2).tolist() + torch.randn(1).tolist() + torch.randperm(5).tolist()
    return torch_draws, [*np.random.rand(2).tolist(), np.random.randn()], [random.random(), random.gauss(0.0, 1.0)]


@in_worker
def draw_around(student, name, arguments, seed):
    """Draws, the answer, and the draws that follow it, from global states seeded before."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    before = draw_all()
    answer = getattr(student, name)(*arguments)
    return before, answer, draw_all()


@in_worker
def call_in_between(student, name, calls):
    """The answers to several calls, with other random draws before each."""
    answers = []
    for count, arguments in enumerate(calls):
        torch.rand(count + 1)
        np.random.rand(count + 1)
        random.random()
        answers.append(getattr(student, name)(*arguments))
    return answers


def undisturbed(seed):
    """What draw_all gives twice in a row from states of that seed; computed here, with generators of our own."""
    g, numpy, python = torch.Generator().manual_seed(seed), np.random.RandomState(seed), random.Random(seed)
    draws = []
    for _ in range(2):
        drawn = torch.rand(2, generator=g).tolist() + torch.randn(1, generator=g).tolist() + torch.randperm(5, generator=g).tolist()
        draws.append((drawn, [*numpy.rand(2).tolist(), numpy.randn()], [python.random(), python.gauss(0.0, 1.0)]))
    return draws


def hidden(count):
    """Different seeds that nobody can have learnt by heart."""
    return random.sample(range(100, 10**6 + 100), count)


def answer_undisturbed(student, name, arguments):
    """The answer, after making sure that nothing else in the worker draws other numbers because of the call."""
    seed = 1234
    before, after = undisturbed(seed)
    drawn_before, answer, drawn_after = draw_around(student, name, arguments, seed)
    expect(drawn_before == before, "The global generators do not draw what their seed says.")
    for library, got, want, restart in zip(("torch", "NumPy", "random"), drawn_after, after, before, strict=True):
        expect(got != restart, f"After the call {library}'s global generator starts its sequence again: it was seeded afresh, "
                               "which is not where it had been. Draw from a torch.Generator of your own.")
        expect(got == want, f"After the call {library}'s global generator draws other numbers: the call moved its state. "
                            "Draw from a torch.Generator of your own.")
    return answer


# ---------------------------------------------------------------------------------------------------------- equal_pair

def assert_pair(got, shape):
    expect(isinstance(got, list | tuple) and len(got) == 2 and all(isinstance(t, torch.Tensor) for t in got),
           "Expected a tuple of two tensors.")
    a, b = got
    for t in got:
        expect(tuple(t.shape) == shape, f"Expected two tensors of shape {shape}, got one of shape {tuple(t.shape)}.", shapes=(t.shape, shape))
    expect(a.dtype == b.dtype, "The two tensors have different dtypes.")
    if not torch.equal(a, b):
        fail("The two tensors differ: each draw moves the generator on, so a second draw gives other numbers. "
             "Seed again before the second draw, or copy the first tensor.")
    if a.numel() > 20:
        expect(bool(a.min() < a.max()), "All elements are the same; random numbers were asked for.")


@check("equal_pair", hint="Draw once and copy, or seed before each of the two draws.")
def test_gives_equal_tensors(student):
    """gives a tuple of two equal random tensors of that shape"""
    (fresh,) = hidden(1)
    for shape, seed in (((6, 10), 3), ((5,), 0), ((2, 3, 4), 11), (tuple(torch.randint(2, 30, (2,)).tolist()), fresh)):
        assert_pair(student.equal_pair(shape, seed), shape)


@in_worker
def write_to_one(student, shape, seed, which):
    pair = student.equal_pair(shape, seed)
    before = pair[1 - which].clone()
    pair[which].zero_()
    return before, pair[1 - which], pair[which]


@check("equal_pair", hint="clone() has memory of its own; b = a, a.view(...) and a.detach() have not.")
def test_gives_separate_tensors(student):
    """gives separate memory: writing to one tensor leaves the other as it was"""
    for which in (0, 1):
        shape = 4, int(torch.randint(8, 30, ()))
        assert_pair(student.equal_pair(shape, 5), shape)
        before, other, written = write_to_one(student, shape, 5, which)
        expect(isinstance(before, torch.Tensor) and before.any() and not written.any(), "Expected two random tensors.")
        assert_equal(other, before, what="the other tensor", mistakes={
            "Writing to one tensor changed the other: they share memory. clone() makes a copy.": torch.zeros_like(before),
        })


@check("equal_pair", hint="Everything random must come from the seed that was given.")
def test_pair_follows_the_seed(student):
    """gives the same pair for the same seed, whatever was drawn in between, and another for another seed"""
    shape, (a, b) = (3, int(torch.randint(9, 30, ()))), hidden(2)
    pairs = call_in_between(student, "equal_pair", [(shape, a), (shape, b), (shape, a), (shape, 0), (shape, b)])
    for pair in pairs:
        assert_pair(pair, shape)
    first, second, third, fourth, fifth = (pair[0] for pair in pairs)
    expect(torch.equal(first, third) and torch.equal(second, fifth),
           "The same seed gave another pair the second time: the numbers do not come from the seed alone.")
    expect(not torch.equal(first, second) and not torch.equal(first, fourth) and not torch.equal(second, fourth),
           "Another seed gave the same pair: the seed is not used.")


# ------------------------------------------------------------------------------------------------------ private_random

def seeded(shape, seed):
    """The oracle."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@check("private_random", hint="torch.rand with a generator of that seed gives torch.rand's own values.")
def test_draws_the_seeds_values(student):
    """gives, in float32, the very values of torch.rand after torch.manual_seed(seed)"""
    (fresh,) = hidden(1)
    for shape, seed in (((3, 4), 5), ((7,), 0), ((2, 3, 5), fresh), ((40,), 8), ((1,), 9), ((0, 3), 1)):
        g = torch.Generator().manual_seed(seed)
        first, second = torch.rand(shape, generator=g), torch.rand(shape, generator=g)
        assert_equal(student.private_random(shape, seed), first, mistakes={
            "Those are normal numbers (randn); uniform ones on [0, 1) were asked for (rand).":
                torch.randn(shape, generator=torch.Generator().manual_seed(seed)),
            "Those are the second numbers of the sequence: something was drawn between the seed and them.": second,
            "Those are the values of another seed.": seeded(shape, 0),
        })


@check("private_random", points=2, rng="untouched", hint="Nothing global: neither manual_seed nor a draw without generator=.")
def test_draws_privately(student):
    """leaves the global random state of random, NumPy and torch untouched"""
    a, b = hidden(2)
    assert_equal(student.private_random((2, 3), a), seeded((2, 3), a))
    assert_equal(answer_undisturbed(student, "private_random", ((4,), b)), seeded((4,), b))


@check("private_random", hint="The result may depend on shape and seed alone.")
def test_draws_the_same_again(student):
    """gives the same values again for the same seed, whatever was drawn in between"""
    a, b = hidden(2)
    calls = [((5,), a), ((5,), b), ((5,), a), ((2, 2), a), ((5,), b)]
    for (shape, seed), got in zip(calls, call_in_between(student, "private_random", calls), strict=True):
        assert_equal(got, seeded(shape, seed), mistakes={
            "Those values continue an earlier call's sequence: each call starts from its own seed.":
                torch.rand(5 + torch.Size(shape).numel(), generator=torch.Generator().manual_seed(seed))[5:].reshape(shape),
        })


# ---------------------------------------------------------------------------------------------------- shuffled_indices

def assert_permutation(got, n):
    expect(isinstance(got, torch.Tensor), f"Expected a tensor, got {type(got).__name__}.")
    expect(got.dtype == torch.int64, f"Indices are int64; got {got.dtype}.")
    expect(tuple(got.shape) == (n,), f"Expected shape {(n,)}, got {tuple(got.shape)}.", shapes=(got.shape, (n,)))
    if not torch.equal(got.sort().values, torch.arange(n)):
        if len(got.unique()) < n:
            fail("Some numbers occur twice and others never: randint draws with repeats, randperm without.")
        fail("Each number from 0 to n - 1 should occur exactly once.")


@check("shuffled_indices", hint="torch.randperm gives each number once, in random order.")
def test_shuffles_every_index(student):
    """gives each of 0 to n - 1 once, int64, in a random order"""
    for n, seed in ((10, 0), (37, 5), (200, 7), (2, 1), (1, 3), (int(torch.randint(40, 190, ())), 2)):
        got = student.shuffled_indices(n, seed)
        assert_permutation(got, n)
        if n == 200:
            expect((got.diff().abs() == 1).double().mean() < 0.5,
                   "Neighbours stayed neighbours: the numbers are in order, turned round or shifted, but not shuffled.")


@check("shuffled_indices", hint="Everything random must come from the seed that was given.")
def test_order_follows_the_seed(student):
    """gives the same order for the same seed, whatever was drawn in between, and another for another seed"""
    seeds, n = [*hidden(12), 2**31, 987654321], int(torch.randint(40, 60, ()))
    calls = [(10, seed) for seed in seeds * 2] + [(n, 3), (n, 4), (n, 3)]
    orders = call_in_between(student, "shuffled_indices", calls)
    for (n, _), order in zip(calls, orders, strict=True):
        assert_permutation(order, n)
    once, again, longer = orders[:len(seeds)], orders[len(seeds):2 * len(seeds)], orders[2 * len(seeds):]
    expect(all(torch.equal(p, q) for p, q in zip(once, again, strict=True)) and torch.equal(longer[0], longer[2]),
           "The same seed gave another order the second time: the order does not come from the seed alone. "
           "A generator that outlives the call, or the global one, continues its sequence.")
    expect(len({tuple(order.tolist()) for order in once}) == len(seeds) and not torch.equal(longer[0], longer[1]),
           "Different seeds gave the same order: the seed is not used, or not all of it.")


@check("shuffled_indices", points=2, rng="untouched", hint="Pass generator=torch.Generator().manual_seed(seed).")
def test_shuffles_privately(student):
    """leaves the global random state of random, NumPy and torch untouched"""
    n, (seed,) = int(torch.randint(30, 90, ())), hidden(1)
    assert_permutation(student.shuffled_indices(20, 6), 20)
    order = answer_undisturbed(student, "shuffled_indices", (n, seed))
    assert_permutation(order, n)
    expect(torch.equal(order, student.shuffled_indices(n, seed)), "The same seed gave another order the second time.")


# ----------------------------------------------------------------------------------------------------- seed_everything

SEEDS = (3, 4, 3, 0, 4, 12345, 0, 12345, 45, 2**31 - 1, 5)


@in_worker
def draw_after_seeding(student, seeds):
    """For each seed, what the generators give after it; other draws in between leave the states somewhere else."""
    draws = []
    for count, seed in enumerate(seeds):
        student.seed_everything(seed)
        weights = nn.Linear(2, 2).weight.detach().clone()
        draws.append((
            [torch.rand(3), torch.randn(3), torch.randperm(20), weights],
            [np.random.rand(3), np.random.permutation(20), np.random.randn(1)],
            [random.random(), random.sample(range(100), 10), random.gauss(0.0, 1.0)],
        ))
        torch.randn(count)
        np.random.randn(count)
        random.gauss(0.0, 1.0)
    return draws


def assert_seeded(student, which, library, cure):
    seeds = [*SEEDS, *(SEEDS[i] for i in torch.randint(len(SEEDS), (9,)).tolist())]  # in an order that nobody foresees
    draws = draw_after_seeding(student, seeds)
    first = {}
    for seed, drawn in zip(seeds, draws, strict=True):
        got = str([np.asarray(value).tolist() for value in drawn[which]])
        if seed in first and first[seed] != got:
            fail(f"{library} gave other numbers after the same seed: {cure}")
        first.setdefault(seed, got)
    expect(len(set(first.values())) == len(first), f"{library} gave the same numbers for different seeds: pass on the seed you are given.")


@check("seed_everything", hint="torch.manual_seed seeds torch alone.")
def test_seeds_torch(student):
    """makes torch's draws and new layers repeat for the same seed and differ for another"""
    assert_seeded(student, 0, "torch", "its global generator is not seeded (a torch.Generator that you make is another one).")


@check("seed_everything", hint="torch.manual_seed does not seed NumPy.")
def test_seeds_numpy(student):
    """makes np.random's draws repeat for the same seed and differ for another"""
    assert_seeded(student, 1, "NumPy", "its global state is not seeded (np.random.default_rng makes a separate generator).")


@check("seed_everything", hint="torch.manual_seed does not seed Python's random.")
def test_seeds_python(student):
    """makes random's draws repeat for the same seed and differ for another"""
    assert_seeded(student, 2, "random", "its global state is not seeded (random.Random makes a separate generator).")
