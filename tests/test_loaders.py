"""DataLoaders that ask for workers, where no process may be started."""

import random

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, get_worker_info

from autograder.loaders import work_in_process

TEN = TensorDataset(torch.arange(10))


@pytest.fixture(autouse=True)
def in_process(monkeypatch):
    """work_in_process, undone after the test; starting a process fails."""
    monkeypatch.setattr(DataLoader, "__iter__", DataLoader.__iter__)
    monkeypatch.setattr("torch.utils.data.dataloader._MultiProcessingDataLoaderIter", None)
    monkeypatch.setattr(torch.TypedStorage, "_new_shared", None)  # shared memory, which the walls forbid
    work_in_process()


def two_epochs(loader):
    return [[batch[0].tolist() for batch in loader] for _ in range(2)]


class Sub(DataLoader):
    pass


def nothing(worker_id):
    pass


@pytest.mark.filterwarnings("ignore:'pin_memory' argument", "ignore:This DataLoader will create")
@pytest.mark.parametrize("kind", [DataLoader, Sub])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"persistent_workers": True},
        {"prefetch_factor": 4},
        {"multiprocessing_context": "fork"},
        {"multiprocessing_context": "spawn"},
        {"worker_init_fn": nothing},
        {"timeout": 5},
        {"pin_memory": True},
        {"in_order": False},
    ],
    ids=str,
)
def test_batches_do_not_depend_on_workers(kind, more):
    def loader(**options):
        return kind(TEN, 4, shuffle=True, generator=torch.Generator().manual_seed(3), **options)

    asked = loader(num_workers=2, **more)
    assert asked.num_workers == 2
    assert two_epochs(asked) == two_epochs(loader())
    assert len(asked) == 3


def test_workers_asked_for_by_position():
    loader = DataLoader(TEN, 4, False, None, None, 2, None, False, False, 5, nothing, "fork")
    assert two_epochs(loader) == two_epochs(DataLoader(TEN, 4))


@pytest.mark.parametrize(
    "options",
    [{"persistent_workers": True}, {"prefetch_factor": 2}, {"num_workers": -1}, {"num_workers": 1, "timeout": -1}],
    ids=str,
)
def test_what_torch_refuses_is_refused(options):
    with pytest.raises(ValueError, match=list(options)[-1]):
        DataLoader(TEN, **options)


class Shards(IterableDataset):
    """The way torch's documentation shares an iterable data set out; it fails where there is no worker."""

    def __iter__(self):
        info = get_worker_info()
        return iter(range(info.id, 7, info.num_workers))


class Ends(IterableDataset):
    def __iter__(self):
        info = get_worker_info()
        assert info is not None
        assert info.dataset is self
        yield from range(7)


@pytest.mark.parametrize("data", [Shards(), Ends()], ids=["shards", "generator"])
def test_an_iterable_data_set_is_one_workers(data):
    loader = DataLoader(data, batch_size=3, num_workers=2, persistent_workers=True)
    for _ in range(2):
        assert [batch.tolist() for batch in loader] == [[0, 1, 2], [3, 4, 5], [6]]
    assert get_worker_info() is None


class Noisy(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return torch.tensor([torch.rand(()).item(), random.random(), np.random.rand()], dtype=torch.float64)


def test_random_numbers_of_the_data_set_are_the_workers_own():
    def draw(disturb):
        torch.manual_seed(disturb), random.seed(disturb), np.random.seed(disturb)
        loader = DataLoader(Noisy(), batch_size=2, num_workers=2, generator=torch.Generator().manual_seed(1))
        before = torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[1].tolist()
        epochs = [torch.cat(list(loader)) for _ in range(2)]
        assert (torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[1].tolist()) == before
        return epochs

    first, second = draw(1)
    assert len(set(torch.cat([first, second]).flatten().tolist())) == 24
    assert all(torch.equal(a, b) for a, b in zip((first, second), draw(2), strict=True))


def test_worker_init_fn_is_called_as_in_a_worker():
    seen = []

    def prepare(number):
        seen.append((number, get_worker_info().num_workers))
        torch.manual_seed(7)

    loader = DataLoader(Noisy(), batch_size=4, num_workers=2, worker_init_fn=prepare)
    (batch,) = loader
    assert seen == [(0, 1)]
    torch.manual_seed(7)
    assert batch[0, 0] == torch.rand(()).item()


def test_an_error_of_the_data_set_is_raised_and_leaves_no_worker():
    class Broken(Dataset):
        def __len__(self):
            return 1

        def __getitem__(self, index):
            raise OSError("cannot read")

    with pytest.raises(OSError, match="cannot read"):
        list(DataLoader(Broken(), num_workers=2))
    assert get_worker_info() is None
