"""DataLoaders with workers, where processes are forbidden: what a worker would do is done here, by one worker for all.

torch judges a loader's arguments as ever, and the loader keeps them. Its batches are those of `num_workers=0`, also with
`persistent_workers`. As in a worker, `get_worker_info()` has an answer, `worker_init_fn` is called, and random numbers that
the data set draws come from a state of their own. Not as in a worker: the data set is no copy.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, _utils
from torch.utils.data.dataloader import _BaseDataLoaderIter, _DatasetKind


def work_in_process() -> None:
    """From now on, no DataLoader of this process starts another one."""
    original = DataLoader.__iter__

    def iterate(self: DataLoader[Any]) -> Any:
        return _InProcess(self) if self.num_workers else original(self)

    DataLoader.__iter__ = iterate  # type: ignore[method-assign]


class _Alone:
    """A loader as an iterator without processes wants to see it."""

    num_workers = timeout = 0
    persistent_workers = False

    def __init__(self, loader: DataLoader[Any]) -> None:
        self.loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)


class _InProcess(_BaseDataLoaderIter):
    """One epoch of a loader with workers."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(_Alone(loader))  # type: ignore[arg-type]
        seed: int = self._base_seed  # type: ignore[assignment]
        self._info = _utils.worker.WorkerInfo(id=0, num_workers=1, seed=seed, dataset=self._dataset)
        self._random: Any = None
        with self._as_a_worker():
            torch.manual_seed(seed)
            random.seed(seed)
            np.random.seed(seed % 2**32)
            if loader.worker_init_fn is not None:
                loader.worker_init_fn(0)
            self._fetcher = _DatasetKind.create_fetcher(  # type: ignore[no-untyped-call]
                self._dataset_kind, self._dataset, self._auto_collation, self._collate, self._drop_last
            )

    def _next_data(self) -> Any:
        index = self._next_index()  # type: ignore[no-untyped-call]
        with self._as_a_worker():
            data = self._fetcher.fetch(index)
        if self._pin_memory:
            data = _utils.pin_memory.pin_memory(data, self._pin_memory_device)  # type: ignore[no-untyped-call]
        return data

    def _collate(self, samples: Any) -> Any:
        # Where torch's default collate sees a worker, it puts the batch into shared memory, which the walls forbid.
        _utils.worker._worker_info = None
        try:
            return self._collate_fn(samples)
        finally:
            _utils.worker._worker_info = self._info

    @contextlib.contextmanager
    def _as_a_worker(self) -> Iterator[None]:
        """Random states and worker info of the worker; the caller's own ones afterwards."""
        outside = _random_states()
        if self._random is not None:
            _set_random_states(self._random)
        _utils.worker._worker_info = self._info
        try:
            yield
        finally:
            _utils.worker._worker_info = None
            self._random = _random_states()
            _set_random_states(outside)


def _random_states() -> tuple[Any, Any, Any]:
    return torch.get_rng_state(), random.getstate(), np.random.get_state()


def _set_random_states(states: tuple[Any, Any, Any]) -> None:
    torch.set_rng_state(states[0])
    random.setstate(states[1])
    np.random.set_state(states[2])
