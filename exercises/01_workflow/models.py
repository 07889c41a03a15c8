# %% [markdown]
# # Models
#
# A model in torch is a class with two methods: `__init__` makes the numbers that will be learned, `forward`
# says how they turn an input into a prediction. Everything else (finding all parameters, saving, moving to a
# device, train and eval mode) comes from the base class `nn.Module`, if you keep four rules:
#
# | rule | if you forget |
# |---|---|
# | `super().__init__()` is the first line | `cannot assign parameters before Module.__init__() call` |
# | learned tensors are `nn.Parameter` | `optimizer got an empty parameter list` |
# | layers are attributes, not items of a Python list | the same, or only some layers learn |
# | `forward` is spelt so and returns the output | `Module [Net] is missing the required "forward" function` |
#
# A parabola with one learned number:
#
# ```python
# class Parabola(nn.Module):
#     def __init__(self):
#         super().__init__()
#         self.scale = nn.Parameter(torch.ones(1))     # registered under the name "scale"
#
#     def forward(self, x):
#         return self.scale * x ** 2
#
# model = Parabola()
# model(torch.tensor([2.0, 3.0]))                      # tensor([4., 9.], grad_fn=...)
# ```
#
# `nn.Parameter` switches requires_grad on by itself. The reverse does not hold: a plain tensor with
# `requires_grad=True` gets gradients, but the model does not know it, so no optimiser will move it and no
# file will hold it.
#
# Some say that `model(x)` is short for `model.forward(x)`. It does more: it runs the hooks that other code
# has hung on the model (you will meet one in 03_computer_vision/models), which `forward` alone skips. Write
# `model(x)`.
#
# Starting values are drawn when the model is built, one after the other. So the seed goes before the
# building, and the order of the lines in `__init__` is part of the result.

# %%
import torch
from torch import Tensor, nn


# %% difficulty="easy" minutes=10
class LinearRegression(nn.Module):
    """A straight line, weights * x + bias, from two learned numbers.

    The parameters are named `weights` and `bias`, created in this order, each as `torch.randn(1)` (float32).
    `forward` takes x of any shape and gives weights * x + bias in the same shape.

    >>> _ = torch.manual_seed(42)
    >>> model = LinearRegression()
    >>> [(name, round(p.item(), 4)) for name, p in model.named_parameters()]
    [('weights', 0.3367), ('bias', 0.1288)]
    >>> model(torch.zeros(2, 1)).shape
    torch.Size([2, 1])
    """

    def __init__(self) -> None:
        raise NotImplementedError("Your code here")

    def forward(self, x: Tensor) -> Tensor:
        """weights * x + bias"""
        raise NotImplementedError("Your code here")


# %% [markdown]
# ## Layers
#
# Ready-made layers hold their parameters themselves. `nn.Linear(in_features, out_features)` keeps a weight
# matrix of shape (out, in) and a bias of shape (out,), and turns (N, in) into (N, out). Assigned to an
# attribute, its parameters join the model under the attribute's name:
#
# ```python
# class Thermometer(nn.Module):
#     def __init__(self):
#         super().__init__()
#         self.sensor = nn.Linear(3, 2)
#
#     def forward(self, x):
#         return self.sensor(x)
#
# [name for name, _ in Thermometer().named_parameters()]   # ['sensor.weight', 'sensor.bias']
# ```
#
# The names matter: they are the keys of the saved file. Where a model needs a list of layers, `nn.ModuleList`
# is the list that registers.

# %% difficulty="easy" minutes=5
class LinearLayerRegression(nn.Module):
    """The same straight line, from one `nn.Linear(1, 1)` under the name `linear_layer`.

    The layer keeps its default initialisation, and there is nothing else to learn. `forward` takes x of shape
    (N, 1) and gives the layer's output, (N, 1).

    >>> [name for name, _ in LinearLayerRegression().named_parameters()]
    ['linear_layer.weight', 'linear_layer.bias']
    """

    def __init__(self) -> None:
        raise NotImplementedError("Your code here")

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output."""
        raise NotImplementedError("Your code here")


# %% [markdown]
# ## Looking inside
#
# | call | gives |
# |---|---|
# | `model.parameters()` | each parameter once, also one that two layers share |
# | `model.named_parameters()` | the same, with names such as `sensor.bias` |
# | `model.state_dict()` | names and values, also of buffers: numbers that are kept but not learned |
#
# A parameter can be frozen: with `requires_grad` False it stays as it is while the rest trains. And a model
# may use one parameter in two places; then it is still one parameter:
#
# ```python
# one, two = nn.Linear(4, 4), nn.Linear(4, 4)
# two.weight = one.weight                                  # tied
# sum(1 for _ in nn.Sequential(one, two).parameters())     # 3, not 4
# ```

# %% difficulty="easy" minutes=5
def count_parameters(model: nn.Module, trainable_only: bool = True) -> int:
    """Count the numbers that a model learns.

    Args:
        model: any module; it stays as it is.
        trainable_only: leave out frozen parameters (requires_grad False).

    Returns:
        How many elements all parameters have together, as an int; a shared parameter counts once, buffers do
        not count, and a model without parameters gives 0.

    >>> count_parameters(nn.Linear(3, 2))
    8
    """
    raise NotImplementedError("Your code here")


# %% difficulty="easy" minutes=5
def parameter_shapes(model: nn.Module) -> dict[str, tuple[int, ...]]:
    """The shape of each parameter by its name, in the order of `model.named_parameters()`.

    Args:
        model: any module; it stays as it is.

    Returns:
        Name to shape, a tuple of ints (`torch.Size` is one); frozen parameters too, buffers not.

    >>> parameter_shapes(nn.Linear(3, 2))
    {'weight': (2, 3), 'bias': (2,)}
    """
    raise NotImplementedError("Your code here")
