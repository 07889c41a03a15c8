"""Answers with tensors that are no plain numbers in memory: sparse, nested, quantised, lazily zero, freed, eight bits short."""
import torch

EXPECT = {"double": ("failed|error", "cannot be graded", "Ended")}

count = 0


def double(x):
    freed = torch.ones(1 << 16)
    freed.untyped_storage().resize_(0)
    makers = [
        lambda: torch.eye(3).to_sparse(), lambda: torch.eye(4).to_sparse_csr(), lambda: torch.nested.nested_tensor([x, x[:1]]),
        lambda: torch.quantize_per_tensor(torch.rand(3), 0.1, 0, torch.quint8), lambda: torch.rand(3).to(torch.float8_e4m3fn),
        lambda: torch._efficientzerotensor(3), lambda: torch._to_functional_tensor(torch.rand(3)), lambda: torch.empty(2, dtype=torch.complex32),
        lambda: freed,
    ]
    seen = []
    for make in makers if x.is_floating_point() else makers[::-1]:
        try:
            seen.append(make())
        except Exception as error:
            seen.append(str(error)[:10])
    return seen if x.is_floating_point() else freed
