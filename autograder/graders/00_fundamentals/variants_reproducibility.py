"""Right and wrong answers to 00_fundamentals/reproducibility."""

import random

import numpy as np
import torch

from autograder.checks import says

# ---------------------------------------------------------------------------------------------------------- equal_pair

def right_equal_pair_seed_twice(shape, seed):
    torch.manual_seed(seed)
    a = torch.rand(shape)
    torch.manual_seed(seed)
    b = torch.rand(shape)
    return a, b


def right_equal_pair_generators(shape, seed):
    a, b = (torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for _ in range(2))
    return a, b


def right_equal_pair_loop(shape, seed):
    pair = []
    for _ in range(2):
        torch.manual_seed(seed)
        pair.append(torch.randint(0, 1000, shape))
    return tuple(pair)


def right_equal_pair_numpy(shape, seed):
    values = np.random.default_rng(seed).random(shape)
    return torch.tensor(values), torch.tensor(values)


def right_equal_pair_state(shape, seed):
    torch.manual_seed(seed)
    state = torch.get_rng_state()
    a = torch.rand(*shape)
    torch.set_rng_state(state)
    return a, torch.rand(*shape)


def right_equal_pair_stacked(shape, seed):
    a = torch.rand(shape, generator=torch.Generator().manual_seed(seed))
    return torch.stack((a, a)).unbind()


@says("each draw moves the generator on")
def wrong_equal_pair_seed_once(shape, seed):
    torch.manual_seed(seed)
    return torch.rand(shape), torch.rand(shape)


@says("each draw moves the generator on")
def wrong_equal_pair_one_generator(shape, seed):
    g = torch.Generator().manual_seed(seed)
    return torch.rand(shape, generator=g), torch.rand(shape, generator=g)


@says("they share memory")
def wrong_equal_pair_same_object(shape, seed):
    torch.manual_seed(seed)
    a = torch.rand(shape)
    return a, a


@says("they share memory")
def wrong_equal_pair_view(shape, seed):
    torch.manual_seed(seed)
    a = torch.rand(shape)
    return a, a.view(shape)


@says("they share memory")
def wrong_equal_pair_detach(shape, seed):
    torch.manual_seed(seed)
    a = torch.rand(shape)
    return a, a.detach()


@says("they share memory")
def wrong_equal_pair_contiguous(shape, seed):
    torch.manual_seed(seed)
    a = torch.rand(shape)
    return a, a.float().contiguous().cpu()


@says("the seed alone")
def wrong_equal_pair_unseeded(shape, seed):
    a = torch.rand(shape)
    return a, a.clone()


@says("the seed is not used")
def wrong_equal_pair_fixed_seed(shape, seed):
    torch.manual_seed(42)
    a = torch.rand(shape)
    return a, a.clone()


@says("random numbers were asked for")
def wrong_equal_pair_constant(shape, seed):
    return torch.full(shape, float(seed)), torch.full(shape, float(seed))


def wrong_equal_pair_list(shape, seed):
    torch.manual_seed(seed)
    a = torch.rand(shape)
    return torch.stack((a, a))


def wrong_equal_pair_transposed(shape, seed):
    torch.manual_seed(seed)
    a = torch.rand(shape)
    return a, a.clone().reshape(shape[::-1])


def wrong_equal_pair_flat(shape, seed):
    torch.manual_seed(seed)
    a = torch.rand(torch.Size(shape).numel())
    return a, a.clone()


def wrong_equal_pair_second_only_seeded(shape, seed):
    a = torch.rand(shape)
    torch.manual_seed(seed)
    return a, torch.rand(shape)


def wrong_equal_pair_wrong_generator(shape, seed):
    torch.Generator().manual_seed(seed)
    a = torch.rand(shape)
    return a, a.clone()


def wrong_equal_pair_seeds_other_library(shape, seed):
    random.seed(seed)
    np.random.seed(seed)
    a = torch.rand(shape)
    return a, a.clone()


def wrong_equal_pair_near(shape, seed):
    torch.manual_seed(seed)
    a = torch.rand(shape)
    return a, a + 1e-7


# ------------------------------------------------------------------------------------------------------ private_random

def right_private_random_generator(shape, seed):
    g = torch.Generator()
    g.manual_seed(seed)
    return torch.rand(*shape, generator=g)


def right_private_random_fork(shape, seed):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return torch.rand(shape)


def right_private_random_restore(shape, seed):
    state = torch.get_rng_state()
    try:
        torch.manual_seed(seed)
        return torch.rand(shape)
    finally:
        torch.set_rng_state(state)


def right_private_random_in_place(shape, seed):
    return torch.empty(shape).uniform_(generator=torch.Generator().manual_seed(seed))


@says("moved the global random state")
def wrong_private_random_global_seed(shape, seed):
    torch.manual_seed(seed)
    return torch.rand(shape)


@says("seeded afresh")
def wrong_private_random_reseeded(shape, seed):
    old = torch.initial_seed()
    torch.manual_seed(seed)
    values = torch.rand(shape)
    torch.manual_seed(old)
    return values


def wrong_private_random_reseeded_zero(shape, seed):
    torch.manual_seed(seed)
    values = torch.rand(shape)
    torch.manual_seed(0)
    return values


def wrong_private_random_new_entropy(shape, seed):
    torch.manual_seed(seed)
    values = torch.rand(shape)
    torch.seed()
    return values


def wrong_private_random_also_draws(shape, seed):
    torch.rand(1)
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def wrong_private_random_touches_numpy(shape, seed):
    np.random.seed(seed)
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def wrong_private_random_touches_random(shape, seed):
    random.seed(seed)
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@says("randn")
def wrong_private_random_normal(shape, seed):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def wrong_private_random_unseeded_generator(shape, seed):
    return torch.rand(shape, generator=torch.Generator())


def wrong_private_random_generator_unused(shape, seed):
    torch.Generator().manual_seed(seed)
    return torch.rand(shape)


def wrong_private_random_numpy(shape, seed):
    return torch.from_numpy(np.asarray(np.random.default_rng(seed).random(shape))).float()


def wrong_private_random_float64(shape, seed):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)).double()


def wrong_private_random_double_draw(shape, seed):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@says("second numbers")
def wrong_private_random_second_draw(shape, seed):
    g = torch.Generator().manual_seed(seed)
    torch.rand(shape, generator=g)
    return torch.rand(shape, generator=g)


_KEPT = {}


@says("continue an earlier call")
def wrong_private_random_kept_generator(shape, seed):
    if seed not in _KEPT:
        _KEPT[seed] = torch.Generator().manual_seed(seed)
    return torch.rand(shape, generator=_KEPT[seed])


def wrong_private_random_seed_42(shape, seed):
    return torch.rand(shape, generator=torch.Generator().manual_seed(42))


def wrong_private_random_flat(shape, seed):
    return torch.rand(torch.Size(shape).numel(), generator=torch.Generator().manual_seed(seed))


def wrong_private_random_forgets_state_when_small(shape, seed):
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    values = torch.rand(shape)
    if values.numel() > 4:
        torch.set_rng_state(state)
    return values


# ---------------------------------------------------------------------------------------------------- shuffled_indices

def right_shuffled_indices_argsort(n, seed):
    return torch.rand(n, generator=torch.Generator().manual_seed(seed)).argsort()


def right_shuffled_indices_numpy(n, seed):
    return torch.from_numpy(np.random.default_rng(seed).permutation(n)).long()


def right_shuffled_indices_python(n, seed):
    order = list(range(n))
    random.Random(seed).shuffle(order)
    return torch.tensor(order)


def right_shuffled_indices_fork(n, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return torch.randperm(n)


def right_shuffled_indices_multinomial(n, seed):
    return torch.multinomial(torch.ones(n), n, generator=torch.Generator().manual_seed(seed))


def right_shuffled_indices_index(n, seed):
    g = torch.Generator()
    g.manual_seed(seed)
    return torch.arange(n)[torch.randperm(n, generator=g)]


@says("moved the global random state")
def wrong_shuffled_indices_global_seed(n, seed):
    torch.manual_seed(seed)
    return torch.randperm(n)


@says("moved the global random state")
def wrong_shuffled_indices_global_numpy(n, seed):
    np.random.seed(seed)
    return torch.from_numpy(np.random.permutation(n))


@says("moved the global random state")
def wrong_shuffled_indices_global_python(n, seed):
    random.seed(seed)
    return torch.tensor(random.sample(range(n), n))


@says("the seed alone")
def wrong_shuffled_indices_unseeded(n, seed):
    return torch.randperm(n)


@says("the seed is not used")
def wrong_shuffled_indices_generator_not_seeded(n, seed):
    return torch.randperm(n, generator=torch.Generator())


@says("the seed is not used")
def wrong_shuffled_indices_fixed_seed(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(42))


def wrong_shuffled_indices_seed_entropy(n, seed):
    g = torch.Generator()
    g.seed()
    return torch.randperm(n, generator=g)


@says("seeded afresh")
def wrong_shuffled_indices_reseeded(n, seed):
    old = torch.initial_seed()
    torch.manual_seed(seed)
    order = torch.randperm(n)
    torch.manual_seed(old)
    return order


_GENERATOR = torch.Generator().manual_seed(0)


@says("continues its sequence")
def wrong_shuffled_indices_shared_generator(n, seed):
    return torch.randperm(n, generator=_GENERATOR)


@says("randint draws with repeats")
def wrong_shuffled_indices_randint(n, seed):
    return torch.randint(0, n, (n,), generator=torch.Generator().manual_seed(seed))


def wrong_shuffled_indices_from_one(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed)) + 1


def wrong_shuffled_indices_one_missing(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed))[:-1]


def wrong_shuffled_indices_list(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed)).tolist()


@says("int64")
def wrong_shuffled_indices_int32(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed), dtype=torch.int32)


@says("int64")
def wrong_shuffled_indices_float(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed)).float()


@says("not shuffled")
def wrong_shuffled_indices_rotated(n, seed):
    return torch.arange(n).roll(seed)


@says("not shuffled")
def wrong_shuffled_indices_in_order(n, seed):
    return torch.arange(n)


@says("not all of it")
def wrong_shuffled_indices_few_seeds(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed % 10))


def wrong_shuffled_indices_column(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed))[:, None]


def wrong_shuffled_indices_touches_numpy(n, seed):
    np.random.rand()
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed))


# ----------------------------------------------------------------------------------------------------- seed_everything

def right_seed_everything_other_order(seed):
    torch.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed)


def right_seed_everything_loop(seed):
    for set_seed in (random.seed, np.random.seed, torch.random.manual_seed):
        set_seed(seed)


def right_seed_everything_accelerators(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)


def right_seed_everything_other_seeds(seed):
    rng = random.Random(seed)
    random.seed(rng.getrandbits(64))
    np.random.seed(rng.getrandbits(32))
    torch.manual_seed(rng.getrandbits(60))


def right_seed_everything_state(seed):
    random.setstate(random.Random(seed).getstate())
    np.random.set_state(np.random.RandomState(seed).get_state())
    torch.set_rng_state(torch.Generator().manual_seed(seed).get_state())


@says("numpy gave other numbers")
def wrong_seed_everything_torch_only(seed):
    torch.manual_seed(seed)


@says("random gave other numbers")
def wrong_seed_everything_no_python(seed):
    np.random.seed(seed)
    torch.manual_seed(seed)


@says("numpy gave other numbers")
def wrong_seed_everything_no_numpy(seed):
    random.seed(seed)
    torch.manual_seed(seed)


@says("torch gave other numbers")
def wrong_seed_everything_no_torch(seed):
    random.seed(seed)
    np.random.seed(seed)


@says("torch gave other numbers")
def wrong_seed_everything_torch_generator(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.Generator().manual_seed(seed)


@says("default_rng makes a separate generator")
def wrong_seed_everything_default_rng(seed):
    random.seed(seed)
    np.random.default_rng(seed)
    torch.manual_seed(seed)


@says("random.Random makes a separate generator")
def wrong_seed_everything_python_random(seed):
    random.Random(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


@says("torch gave the same numbers for different seeds")
def wrong_seed_everything_fixed_torch(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(42)


@says("numpy gave the same numbers for different seeds")
def wrong_seed_everything_fixed_numpy(seed):
    random.seed(seed)
    np.random.seed(0)
    torch.manual_seed(seed)


def wrong_seed_everything_python_without_seed(seed):
    random.seed()
    np.random.seed(seed)
    torch.manual_seed(seed)


def wrong_seed_everything_cuda_only(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.cuda.manual_seed_all(seed)


_SEEDED = []


def wrong_seed_everything_first_time_only(seed):
    if not _SEEDED:
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)
        _SEEDED.append(seed)


def wrong_seed_everything_small_seeds(seed):
    seed %= 100
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def wrong_seed_everything_returns_generators(seed):
    return random.Random(seed), np.random.default_rng(seed), torch.Generator().manual_seed(seed)
