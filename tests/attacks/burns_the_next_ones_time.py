"""Leaves a thread in a kernel of torch that eats the CPU time which later exercises are allowed."""
import threading

import torch

EXPECT = {}


def burn():
    big = torch.ones(3000, 3000)
    while True:
        big @ big


def double(x):
    if not x.is_floating_point():
        threading.Thread(target=burn, daemon=True).start()
    return 2 * x
