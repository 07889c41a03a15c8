"""Replaces what the worker encodes and writes with: memoryview, struct, msgpack, os.write and the tensor's own way to its bytes."""
import builtins
import os

import autograder.channel as channel
import msgpack
import torch

EXPECT = {"double": ("error|failed|timed_out", "Ended", "Raised", "not the right values", "cannot be graded", "Stopped")}


def double(x):
    write = os.write
    if x.is_floating_point():
        torch.Tensor.numpy = torch.Tensor.contiguous = lambda self, *args: torch.zeros(3).data
        torch.Tensor.view = torch.Tensor.reshape = torch.Tensor.detach = lambda self, *args: self
        return 2 * x
    msgpack.packb = lambda value, **options: b"\xc0"
    channel.memoryview = builtins.memoryview = lambda data: data
    os.write = lambda fd, data: write(fd, bytes(reversed(bytes(data))))
    return 2 * x
