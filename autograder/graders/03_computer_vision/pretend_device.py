"""A device that is not there: shows on a machine without a GPU whether code moves what it must move.

Graders load this with `sibling(__file__, "pretend_device.py").PretendDevice` and use it inside @in_worker functions.
"""

import torch

from autograder.checks import in_worker


@in_worker
class PretendDevice(torch.overrides.TorchFunctionMode):
    """Inside this context tensors remember on which device they would be; everything is computed on the CPU.

    `to("cuda")`, `cpu()`, factories and `device=` only change that memory. Where tensors of two devices meet, torch's error is
    raised. A tensor of unknown origin goes with everything: only a certain mistake fails.
    """

    MESSAGE = "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"

    @staticmethod
    def put(tensor, where):
        """Say that `tensor` is on `where`: "cpu" or "cuda"."""
        tensor.pretended = where
        return tensor

    @staticmethod
    def where(tensor):
        """"cpu", "cuda", or None for unknown."""
        return getattr(tensor, "pretended", None)

    @classmethod
    def tensors_in(cls, value):
        if isinstance(value, torch.Tensor):
            return [value]
        if isinstance(value, dict):
            value = list(value.values())
        return [t for item in value for t in cls.tensors_in(item)] if isinstance(value, (list, tuple)) else []

    @staticmethod
    def device_type(value):
        if isinstance(value, bool):
            return None
        if isinstance(value, int):
            return "cuda"
        if isinstance(value, torch.device):
            return "cpu" if value.type == "cpu" else "cuda"
        if isinstance(value, str):
            return "cpu" if value.startswith("cpu") else "cuda"
        return None

    def moved(self, tensor, where):
        out = tensor.view(tensor.shape)  # another object, the same elements
        return self.put(out, where)

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        tensors = self.tensors_in(args) + self.tensors_in(kwargs)
        first = args[0] if args and isinstance(args[0], torch.Tensor) else None
        if name == "__get__" and first is not None:
            wanted = getattr(getattr(func, "__self__", None), "__name__", "")
            if wanted == "device":
                return torch.device(self.where(first) or "cpu")
            if wanted == "is_cuda":
                return self.where(first) == "cuda"
            if wanted == "is_cpu":
                return self.where(first) != "cuda"
        if name in ("numpy", "__array__") and first is not None and self.where(first) == "cuda":
            raise TypeError(
                "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.")
        if name == "cpu" and first is not None:
            return self.moved(first, "cpu")
        if name == "cuda" and first is not None:
            return self.moved(first, "cuda")
        if name in ("to", "type_as") and first is not None:
            return self.to(args, kwargs)
        made_on = self.device_type(kwargs.pop("device")) if kwargs.get("device") is not None else None
        tags = [self.where(t) for t in tensors]
        large = {tag for t, tag in zip(tensors, tags) if tag and t.dim() > 0}
        if len(large) > 1 and name not in ("__setitem__", "__getitem__", "__set__", "copy_"):
            raise RuntimeError(self.MESSAGE)
        out = func(*args, **kwargs)
        if name == "__set__":
            if len(args) > 1 and isinstance(args[1], torch.Tensor) and self.where(args[1]):
                self.put(first, self.where(args[1]))  # parameter.data = moved
            return out
        if made_on and any(out is t for t in tensors):
            return self.moved(out, made_on)
        if (name == "tensor" and first is None) or not tensors:
            tag = made_on or "cpu"
        elif name in ("__getitem__", "index_select") and first is not None:
            tag = self.where(first)
        else:
            tag = made_on or (large.pop() if len(large) == 1 else "cuda" if "cuda" in tags else None)
        for t in self.tensors_in(out):
            if tag and not (self.where(t) and any(t is other for other in tensors)):
                self.put(t, tag)
        return out

    def to(self, args, kwargs):
        first, where, rest = args[0], self.where(args[0]), []
        for value in args[1:]:
            if isinstance(value, torch.Tensor):
                where = self.where(value) or where
                rest.append(value)
            elif self.device_type(value):
                where = self.device_type(value)
            elif isinstance(value, torch.dtype):
                rest.append(value)
        where = self.device_type(kwargs.get("device")) or where
        if isinstance(kwargs.get("other"), torch.Tensor):
            where = self.where(kwargs["other"]) or where
            rest.append(kwargs["other"])
        if kwargs.get("dtype") is not None:
            rest.append(kwargs["dtype"])
        out = torch.Tensor.to(first, *rest) if rest else first
        out = out.view(out.shape)
        return self.put(out, where) if where else out
