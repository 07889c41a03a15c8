"""Right and wrong answers to 01_workflow/models."""

from collections import OrderedDict

import numpy as np
import torch
from torch import nn

from autograder.checks import says

# ----------------------------------------------------------------------------------------------------- LinearRegression


class right_LinearRegression_explicit(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1, requires_grad=True, dtype=torch.float))
        self.bias = nn.Parameter(torch.randn(1, dtype=torch.float32), requires_grad=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weights + self.bias


class right_LinearRegression_register(torch.nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        for name in ("weights", "bias"):
            self.register_parameter(name, nn.Parameter(torch.randn(1)))

    def forward(self, x):
        return torch.addcmul(self.bias, self.weights, x)


class _Base(nn.Module):
    def line(self, x, slope, height):
        return slope.mul(x).add(height)


class right_LinearRegression_subclass(_Base):
    def __init__(self):
        super(right_LinearRegression_subclass, self).__init__()
        weights, bias = torch.randn(1), torch.randn(1)
        self.bias = None
        self.weights = nn.Parameter(weights)
        del self.bias
        self.bias = nn.Parameter(bias)

    def forward(self, x):
        return self.line(x, self.weights, self.bias)


class right_LinearRegression_normal(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.empty(1))
        self.bias = nn.Parameter(torch.empty(1))
        nn.init.normal_(self.weights)
        nn.init.normal_(self.bias)

    def forward(self, x):
        return self.weights * x + self.bias


@says("nn.Parameter")
class wrong_LinearRegression_plain_tensors(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = torch.randn(1, requires_grad=True)
        self.bias = torch.randn(1, requires_grad=True)

    def forward(self, x):
        return self.weights * x + self.bias


@says("nn.Parameter")
class wrong_LinearRegression_plain_bias(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = torch.randn(1)

    def forward(self, x):
        return self.weights * x + self.bias


@says("nn.Parameter")
class wrong_LinearRegression_buffers(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("weights", torch.randn(1))
        self.register_buffer("bias", torch.randn(1))

    def forward(self, x):
        return self.weights * x + self.bias


@says("Python list")
class wrong_LinearRegression_list_of_parameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.numbers = [nn.Parameter(torch.randn(1)), nn.Parameter(torch.randn(1))]

    def forward(self, x):
        return self.numbers[0] * x + self.numbers[1]


@says("super().__init__()")
class wrong_LinearRegression_no_super(nn.Module):
    def __init__(self):
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weights * x + self.bias


@says("super().__init__()")
class wrong_LinearRegression_super_last(nn.Module):
    def __init__(self):
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))
        super().__init__()

    def forward(self, x):
        return self.weights * x + self.bias


@says("super().__init__()")
class wrong_LinearRegression_no_super_no_parameters(nn.Module):
    def __init__(self):
        self.weights = torch.randn(1)
        self.bias = torch.randn(1)

    def forward(self, x):
        return self.weights * x + self.bias


@says("no method named forward")
class wrong_LinearRegression_misspelt_forward(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def foward(self, x):
        return self.weights * x + self.bias


@says("did not return it")
class wrong_LinearRegression_no_return(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        y = self.weights * x + self.bias  # noqa: F841


@says("bias is drawn before weights")
class wrong_LinearRegression_bias_drawn_first(nn.Module):
    def __init__(self):
        super().__init__()
        bias = torch.randn(1)
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(bias)

    def forward(self, x):
        return self.weights * x + self.bias


@says("order weights, bias")
class wrong_LinearRegression_bias_registered_first(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias = nn.Parameter(torch.randn(1))
        self.weights = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weights * x + self.bias


@says("torch.randn was asked for")
class wrong_LinearRegression_uniform(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.rand(1))
        self.bias = nn.Parameter(torch.rand(1))

    def forward(self, x):
        return self.weights * x + self.bias


@says("seeds itself")
class wrong_LinearRegression_seeds_itself(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(42)
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weights * x + self.bias


@says("the same draw")
class wrong_LinearRegression_one_draw(nn.Module):
    def __init__(self):
        super().__init__()
        start = torch.randn(1)
        self.weights = nn.Parameter(start.clone())
        self.bias = nn.Parameter(start.clone())

    def forward(self, x):
        return self.weights * x + self.bias


class wrong_LinearRegression_published_numbers(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.tensor([0.3367]))
        self.bias = nn.Parameter(torch.tensor([0.1288]))

    def forward(self, x):
        return self.weights * x + self.bias


class wrong_LinearRegression_zero_bias(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.weights * x + self.bias


class wrong_LinearRegression_scalars(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(()))
        self.bias = nn.Parameter(torch.randn(()))

    def forward(self, x):
        return self.weights * x + self.bias


class wrong_LinearRegression_float64(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1, dtype=torch.float64))
        self.bias = nn.Parameter(torch.randn(1, dtype=torch.float64))

    def forward(self, x):
        return self.weights * x + self.bias


class wrong_LinearRegression_named_weight(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weight * x + self.bias


class wrong_LinearRegression_a_layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear_layer(x)


class wrong_LinearRegression_third_parameter(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return self.scale * self.weights * x + self.bias


class wrong_LinearRegression_frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1), requires_grad=False)
        self.bias = nn.Parameter(torch.randn(1), requires_grad=False)

    def forward(self, x):
        return self.weights * x + self.bias


class wrong_LinearRegression_item(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weights.item() * x + self.bias


class wrong_LinearRegression_data(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weights.data * x + self.bias.data


class wrong_LinearRegression_first_values(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))
        self.start = self.weights.item(), self.bias.item()

    def forward(self, x):
        return self.start[0] * x + self.start[1]


@says("bias is missing")
class wrong_LinearRegression_no_bias_added(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.weights * x


@says("changed places")
class wrong_LinearRegression_swapped(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.bias * x + self.weights


class wrong_LinearRegression_squeezes(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return (self.weights * x + self.bias).squeeze()


class wrong_LinearRegression_sums(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return x @ self.weights + self.bias


class wrong_LinearRegression_in_place(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        y = self.weights * x + self.bias
        x.zero_()
        return y


class wrong_LinearRegression_detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    @torch.no_grad()
    def forward(self, x):
        return self.weights * x + self.bias


class wrong_LinearRegression_float_input(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return (self.weights * x + self.bias).float()


class wrong_LinearRegression_no_module:
    def __init__(self):
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def __call__(self, x):
        return self.weights * x + self.bias


# ------------------------------------------------------------------------------------------------ LinearLayerRegression


class right_LinearLayerRegression_keywords(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(in_features=1, out_features=1, bias=True)

    def forward(self, x):
        y = self.linear_layer(x)
        return y


class right_LinearLayerRegression_add_module(nn.Module):
    def __init__(self):
        super(right_LinearLayerRegression_add_module, self).__init__()
        self.add_module("linear_layer", torch.nn.Linear(1, 1))

    def forward(self, x):
        return self.linear_layer.forward(x)


class right_LinearLayerRegression_functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return nn.functional.linear(x, self.linear_layer.weight, self.linear_layer.bias)


@says("Python list")
class wrong_LinearLayerRegression_list(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(1, 1)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@says("Python list")
class wrong_LinearLayerRegression_list_of_that_name(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = [nn.Linear(1, 1)]

    def forward(self, x):
        return self.linear_layer[0](x)


@says("Python list")
class wrong_LinearLayerRegression_dict(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = {"linear_layer": nn.Linear(1, 1)}

    def forward(self, x):
        return self.layers["linear_layer"](x)


@says("super().__init__()")
class wrong_LinearLayerRegression_no_super(nn.Module):
    def __init__(self):
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear_layer(x)


@says("no method named forward")
class wrong_LinearLayerRegression_misspelt_forward(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forwards(self, x):
        return self.linear_layer(x)


@says("did not return it")
class wrong_LinearLayerRegression_no_return(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        self.linear_layer(x)


class wrong_LinearLayerRegression_other_name(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)


class wrong_LinearLayerRegression_sequential(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Sequential(nn.Linear(1, 1))

    def forward(self, x):
        return self.linear_layer(x)


class wrong_LinearLayerRegression_no_bias(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1, bias=False)

    def forward(self, x):
        return self.linear_layer(x)


class wrong_LinearLayerRegression_two_layers(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)
        self.second = nn.Linear(1, 1)

    def forward(self, x):
        return self.second(self.linear_layer(x))


class wrong_LinearLayerRegression_more_features(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 2)

    def forward(self, x):
        return self.linear_layer(x)[:, :1]


class wrong_LinearLayerRegression_plain_layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Module()
        self.linear_layer.weight = nn.Parameter(torch.randn(1, 1))
        self.linear_layer.bias = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return x @ self.linear_layer.weight.T + self.linear_layer.bias


class wrong_LinearLayerRegression_own_start(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)
        nn.init.normal_(self.linear_layer.weight)
        nn.init.zeros_(self.linear_layer.bias)

    def forward(self, x):
        return self.linear_layer(x)


class wrong_LinearLayerRegression_seeds_itself(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(42)
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear_layer(x)


@says("activation")
class wrong_LinearLayerRegression_relu(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return torch.relu(self.linear_layer(x))


@says("vector (N,)")
class wrong_LinearLayerRegression_squeezes(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear_layer(x).squeeze(1)


class wrong_LinearLayerRegression_identity(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return x


class wrong_LinearLayerRegression_fresh_layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return nn.Linear(1, 1)(x)


class wrong_LinearLayerRegression_detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear_layer(x).detach()


class wrong_LinearLayerRegression_scalars(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear_layer.weight.item() * x + self.linear_layer.bias.item()


# ----------------------------------------------------------------------------------------------------- count_parameters


def right_count_parameters_loop(model, trainable_only=True):
    total = 0
    for parameter in model.parameters():
        if trainable_only and not parameter.requires_grad:
            continue
        total += parameter.nelement()
    return total


def right_count_parameters_numpy(model, trainable_only=True):
    return int(sum(np.prod(p.shape) for _, p in model.named_parameters() if not trainable_only or p.requires_grad))


def right_count_parameters_by_identity(model, trainable_only=True):
    seen = {}
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            seen[id(parameter)] = parameter
    if trainable_only:
        return sum(len(p.flatten()) for p in seen.values() if p.requires_grad)
    return sum(len(p.flatten()) for p in seen.values())


def right_count_parameters_filter(model, trainable_only=True):
    kept = filter(lambda p: p.requires_grad, model.parameters()) if trainable_only else model.parameters()
    return sum(map(torch.numel, kept))


@says("not their elements")
def wrong_count_parameters_tensors(model, trainable_only=True):
    return sum(1 for p in model.parameters() if p.requires_grad or not trainable_only)


@says("too")
def wrong_count_parameters_ignores_flag(model, trainable_only=True):
    return sum(p.numel() for p in model.parameters())


@says("although")
def wrong_count_parameters_always_trainable(model, trainable_only=True):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


@says("only the frozen ones")
def wrong_count_parameters_flag_compared(model, trainable_only=True):
    return sum(p.numel() for p in model.parameters() if p.requires_grad == trainable_only)


@says("turned round")
def wrong_count_parameters_flag_inverted(model, trainable_only=True):
    return sum(p.numel() for p in model.parameters() if p.requires_grad != trainable_only)


def wrong_count_parameters_default_false(model, trainable_only=False):
    return sum(p.numel() for p in model.parameters() if p.requires_grad or not trainable_only)


@says("buffers")
def wrong_count_parameters_state_dict(model, trainable_only=True):
    return sum(t.numel() for t in model.state_dict(keep_vars=True).values() if t.requires_grad or not trainable_only)


@says("buffers")
def wrong_count_parameters_state_dict_all(model, trainable_only=True):
    return sum(t.numel() for t in model.state_dict().values())


def wrong_count_parameters_with_buffers(model, trainable_only=True):
    own = sum(p.numel() for p in model.parameters() if p.requires_grad or not trainable_only)
    return own + (0 if trainable_only else sum(b.numel() for b in model.buffers()))


@says("lists it once")
def wrong_count_parameters_shared_twice(model, trainable_only=True):
    named = model.named_parameters(remove_duplicate=False)
    return sum(p.numel() for _, p in named if p.requires_grad or not trainable_only)


def wrong_count_parameters_by_module(model, trainable_only=True):
    return sum(p.numel() for m in model.modules() for p in m.parameters(recurse=False) if p.requires_grad or not trainable_only)


@says("objects")
def wrong_count_parameters_equal_values_once(model, trainable_only=True):
    seen = {tuple(p.detach().flatten().tolist()): p for p in model.parameters() if p.requires_grad or not trainable_only}
    return sum(p.numel() for p in seen.values())


def wrong_count_parameters_top_level(model, trainable_only=True):
    return sum(p.numel() for p in model.parameters(recurse=False) if p.requires_grad or not trainable_only)


@says("two dimensions")
def wrong_count_parameters_weights_only(model, trainable_only=True):
    return sum(p.numel() for p in model.parameters() if p.ndim > 1 and (p.requires_grad or not trainable_only))


def wrong_count_parameters_first_dimension(model, trainable_only=True):
    return sum(len(p) for p in model.parameters() if p.ndim and (p.requires_grad or not trainable_only))


def wrong_count_parameters_tensor(model, trainable_only=True):
    return torch.tensor([p.numel() for p in model.parameters() if p.requires_grad or not trainable_only]).sum()


def wrong_count_parameters_float(model, trainable_only=True):
    return float(sum(p.numel() for p in model.parameters() if p.requires_grad or not trainable_only))


def wrong_count_parameters_numpy_number(model, trainable_only=True):
    return np.sum([p.numel() for p in model.parameters() if p.requires_grad or not trainable_only], dtype=np.int64)


def wrong_count_parameters_fails_on_none(model, trainable_only=True):
    return torch.cat([p.flatten() for p in model.parameters() if p.requires_grad or not trainable_only]).numel()


def wrong_count_parameters_thaws(model, trainable_only=True):
    total = sum(p.numel() for p in model.parameters() if p.requires_grad or not trainable_only)
    model.requires_grad_(True)
    return total


def wrong_count_parameters_switches_mode(model, trainable_only=True):
    model.train()
    return sum(p.numel() for p in model.parameters() if p.requires_grad or not trainable_only)


# ----------------------------------------------------------------------------------------------------- parameter_shapes


def right_parameter_shapes_size(model):
    return {name: p.shape for name, p in model.named_parameters()}


def right_parameter_shapes_loop(model):
    shapes = OrderedDict()
    for name, parameter in model.named_parameters():
        shapes[name] = tuple(int(n) for n in parameter.size())
    return shapes


def right_parameter_shapes_dict(model):
    return dict(map(lambda pair: (pair[0], tuple(pair[1].detach().numpy().shape)), model.named_parameters()))


def wrong_parameter_shapes_lists(model):
    return {name: list(p.shape) for name, p in model.named_parameters()}


def wrong_parameter_shapes_text(model):
    return {name: str(tuple(p.shape)) for name, p in model.named_parameters()}


def wrong_parameter_shapes_numel(model):
    return {name: p.numel() for name, p in model.named_parameters()}


@says("shapes were asked for")
def wrong_parameter_shapes_parameters(model):
    return dict(model.named_parameters())


@says("buffers")
def wrong_parameter_shapes_state_dict(model):
    return {name: tuple(t.shape) for name, t in model.state_dict().items()}


def wrong_parameter_shapes_state_dict_floats(model):
    return {name: tuple(t.shape) for name, t in model.state_dict(keep_vars=True).items() if isinstance(t, nn.Parameter)}


def wrong_parameter_shapes_sorted(model):
    return {name: tuple(p.shape) for name, p in sorted(model.named_parameters())}


def wrong_parameter_shapes_reversed(model):
    return {name: tuple(p.shape) for name, p in reversed(list(model.named_parameters()))}


def wrong_parameter_shapes_trainable_only(model):
    return {name: tuple(p.shape) for name, p in model.named_parameters() if p.requires_grad}


def wrong_parameter_shapes_short_names(model):
    return {name.split(".")[-1]: tuple(p.shape) for name, p in model.named_parameters()}


def wrong_parameter_shapes_shared_twice(model):
    return {name: tuple(p.shape) for name, p in model.named_parameters(remove_duplicate=False)}


def wrong_parameter_shapes_pairs(model):
    return [(name, tuple(p.shape)) for name, p in model.named_parameters()]


def wrong_parameter_shapes_transposed(model):
    return {name: tuple(p.T.shape) if p.ndim == 2 else tuple(p.shape) for name, p in model.named_parameters()}


def wrong_parameter_shapes_scalar_as_one(model):
    return {name: tuple(p.shape) or (1,) for name, p in model.named_parameters()}


def wrong_parameter_shapes_last_only(model):
    for name, p in model.named_parameters():
        shapes = {name: tuple(p.shape)}
    return shapes


def wrong_parameter_shapes_layers(model):
    return {name: tuple(m.weight.shape) for name, m in model.named_modules() if getattr(m, "weight", None) is not None}


def wrong_parameter_shapes_freezes(model):
    model.requires_grad_(False)
    return {name: tuple(p.shape) for name, p in model.named_parameters()}
