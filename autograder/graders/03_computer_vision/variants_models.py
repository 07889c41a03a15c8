"""Right and wrong answers for 03_computer_vision/models."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.module import register_module_forward_hook

from autograder.checks import says

# ---------------------------------------------------------------------------------------------- LinearBaseline


class right_LinearBaseline_attributes(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.output = nn.Linear(hidden_units, num_classes)
        self.hidden = nn.Linear(in_features, hidden_units)

    def forward(self, x):
        return self.output(self.hidden(x.flatten(start_dim=1)))


class right_LinearBaseline_sequential(nn.Sequential):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Identity(), nn.Linear(hidden_units, num_classes))


class right_LinearBaseline_parameters(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(hidden_units, in_features) / math.sqrt(in_features))
        self.b1 = nn.Parameter(torch.zeros(hidden_units))
        self.w2 = nn.Parameter(torch.randn(num_classes, hidden_units) / math.sqrt(hidden_units))
        self.b2 = nn.Parameter(torch.zeros(num_classes))

    def forward(self, x):
        return F.linear(F.linear(x.reshape(len(x), -1), self.w1, self.b1), self.w2, self.b2)


class right_LinearBaseline_module_list(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.flat = nn.Flatten(1, -1)
        self.layers = nn.ModuleList([nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes)])

    def forward(self, x):
        x = self.flat(x)
        for layer in self.layers:
            x = layer(x)
        return x


@says("non-linearity")
class wrong_LinearBaseline_relu(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.ReLU(), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x)


@says("non-linearity")
class wrong_LinearBaseline_tanh(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Tanh(), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x)


@says("softmax")
class wrong_LinearBaseline_softmax(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes), nn.Softmax(dim=1))

    def forward(self, x):
        return self.layers(x)


@says("log_softmax")
class wrong_LinearBaseline_log_softmax(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes), nn.LogSoftmax(dim=1))

    def forward(self, x):
        return self.layers(x)


@says("behind the last layer")
class wrong_LinearBaseline_relu_at_the_end(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x).relu()


class wrong_LinearBaseline_one_layer(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, num_classes))

    def forward(self, x):
        return self.layers(x)


class wrong_LinearBaseline_three_layers(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, hidden_units),
                                    nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x)


@says("dropout or a normalisation")
class wrong_LinearBaseline_dropout(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Dropout(0.3), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x)


class wrong_LinearBaseline_batch_norm(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.BatchNorm1d(hidden_units, affine=False),
                                    nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x)


@says("not flattened")
class wrong_LinearBaseline_not_flattened(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x)


@says("batch was flattened")
class wrong_LinearBaseline_flattens_the_batch(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x.flatten(0))


class wrong_LinearBaseline_squeezes(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x).squeeze()


class wrong_LinearBaseline_flattens_one_channel(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x[:, 0].flatten(1))


class wrong_LinearBaseline_view_784(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x.view(-1, 784))


class wrong_LinearBaseline_other_defaults(nn.Module):
    def __init__(self, in_features=784, hidden_units=10, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x)


@says("no registered parameters")
class wrong_LinearBaseline_plain_list(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = [nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@says("super().__init__()")
class wrong_LinearBaseline_no_super(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        return self.layers(x)


@says("return")
class wrong_LinearBaseline_no_return(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def forward(self, x):
        self.layers(x)


@says("spelt forward")
class wrong_LinearBaseline_misspelt(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    def foward(self, x):
        return self.layers(x)


@says("graph")
class wrong_LinearBaseline_no_grad(nn.Module):
    def __init__(self, in_features=784, hidden_units=32, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(in_features, hidden_units), nn.Linear(hidden_units, num_classes))

    @torch.no_grad()
    def forward(self, x):
        return self.layers(x)


# ----------------------------------------------------------------------------------------------------- TinyVGG


class right_TinyVGG_flat_sequential(nn.Sequential):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        h, s = hidden_units, image_size // 2 // 2
        super().__init__(
            nn.Conv2d(in_channels, h, 3, 1, 1), nn.ReLU(), nn.Conv2d(h, h, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2, 2),
            nn.Conv2d(h, h, 3, 1, 1), nn.ReLU(), nn.Conv2d(h, h, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2, 2),
            nn.Flatten(), nn.Linear(h * s * s, num_classes),
        )


class right_TinyVGG_head_first(nn.Module):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__()
        self.classifier = nn.Linear(hidden_units * (image_size // 4) ** 2, num_classes)
        self.conv4 = nn.Conv2d(hidden_units, hidden_units, 3, padding="same")
        self.conv3 = nn.Conv2d(hidden_units, hidden_units, 3, padding="same")
        self.conv2 = nn.Conv2d(hidden_units, hidden_units, 3, padding="same")
        self.conv1 = nn.Conv2d(in_channels, hidden_units, 3, padding="same")

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
        x = F.max_pool2d(F.relu(self.conv4(F.relu(self.conv3(x)))), 2)
        return self.classifier(torch.flatten(x, 1))


class right_TinyVGG_asks_the_blocks(nn.Module):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__()
        act = nn.ReLU(inplace=True)
        layers, channels = [], in_channels
        for _ in range(2):
            layers += [nn.Conv2d(channels, hidden_units, 3, padding=1), act, nn.Conv2d(hidden_units, hidden_units, 3, padding=1), act,
                       nn.MaxPool2d(kernel_size=2)]
            channels = hidden_units
        self.features = nn.Sequential(*layers)
        with torch.no_grad():
            n = self.features(torch.zeros(1, in_channels, image_size, image_size)).numel()
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(n, num_classes))

    def forward(self, x):
        return self.classifier(self.features(x))


class right_TinyVGG_lazy(nn.Module):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__()
        self.block_1 = self._block(in_channels, hidden_units)
        self.block_2 = self._block(hidden_units, hidden_units)
        self.out = nn.LazyLinear(num_classes)

    @staticmethod
    def _block(a, b):
        return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.Conv2d(b, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))

    def forward(self, x):
        x = self.block_2(self.block_1(x))
        return self.out(x.reshape(x.shape[0], -1))


class _Vgg(nn.Module):
    """The right network, with slips built in on demand."""

    def __init__(self, c, h, k, size, *, act=nn.ReLU, pool=nn.MaxPool2d, kernel=3, padding=1, in_features=None, bias=True,
                 last_act=True, extra=(), norm=False, blocks=2, convs=2):
        super().__init__()
        layers = []
        for _ in range(blocks):
            for i in range(convs):
                layers.append(nn.Conv2d(c, h, kernel, padding=padding, bias=bias))
                if norm:
                    layers.append(nn.BatchNorm2d(h))
                if last_act or i == 0:
                    layers.append(act())
                c = h
            layers.append(pool(2))
        self.blocks = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Flatten(), *extra, nn.Linear(in_features or h * (size // 4) ** 2, k))

    def forward(self, x):
        return self.head(self.blocks(x))


@says("in_features=")
class wrong_TinyVGG_built_for_28(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, in_features=hidden_units * 7 * 7)


@says("in_features=", "in_features")
class wrong_TinyVGG_one_pooling_counted(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, in_features=hidden_units * (image_size // 2) ** 2)


class wrong_TinyVGG_rounds_up(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, in_features=hidden_units * math.ceil(image_size / 4) ** 2)


class wrong_TinyVGG_area_over_16(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, in_features=hidden_units * (image_size * image_size // 16))


class wrong_TinyVGG_no_padding(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        side = ((image_size - 4) // 2 - 4) // 2
        super().__init__(in_channels, hidden_units, num_classes, image_size, padding=0, in_features=max(hidden_units * side * side, 1))


@says("relu")
class wrong_TinyVGG_no_relu(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, act=nn.Identity)


@says("relu is missing")
class wrong_TinyVGG_one_relu_a_block(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, last_act=False)


@says("tanh")
class wrong_TinyVGG_tanh(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, act=nn.Tanh)


@says("leaky")
class wrong_TinyVGG_leaky(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, act=nn.LeakyReLU)


@says("max pooling")
class wrong_TinyVGG_mean_pooling(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, pool=nn.AvgPool2d)


@says("3x3")
class wrong_TinyVGG_kernel_5(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, kernel=5, padding=2)


class wrong_TinyVGG_batch_norm(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, norm=True)


@says("dropout or a normalisation")
class wrong_TinyVGG_dropout(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, extra=(nn.Dropout(0.5),))


class wrong_TinyVGG_one_conv_a_block(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size, convs=1)


class wrong_TinyVGG_two_linear_layers(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        n = hidden_units * (image_size // 4) ** 2
        super().__init__(in_channels, hidden_units, num_classes, image_size, extra=(nn.Linear(n, n), nn.ReLU()))


class wrong_TinyVGG_one_channel(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(1, hidden_units, num_classes, image_size)


class wrong_TinyVGG_doubles_the_channels(nn.Module):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__()
        layers, c = [], in_channels
        for h in (hidden_units, 2 * hidden_units):
            layers += [nn.Conv2d(c, h, 3, padding=1), nn.ReLU(), nn.Conv2d(h, h, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            c = h
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(c * (image_size // 4) ** 2, num_classes))

    def forward(self, x):
        return self.layers(x)


@says("softmax")
class wrong_TinyVGG_softmax(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size)

    def forward(self, x):
        return self.head(self.blocks(x)).softmax(dim=1)


@says("behind the last layer")
class wrong_TinyVGG_relu_at_the_end(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size)

    def forward(self, x):
        return self.head(self.blocks(x)).relu()


@says("batch was flattened")
class wrong_TinyVGG_flattens_the_batch(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size)

    def forward(self, x):
        return self.head[1](self.blocks(x).flatten())


class wrong_TinyVGG_squeezes(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size)

    def forward(self, x):
        return self.head(self.blocks(x)).squeeze()


@says("not flattened")
class wrong_TinyVGG_not_flattened(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__(in_channels, hidden_units, num_classes, image_size)

    def forward(self, x):
        return self.head[1](self.blocks(x))


class wrong_TinyVGG_shared_block(nn.Module):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__()
        h = hidden_units
        self.first = nn.Conv2d(in_channels, h, 3, padding=1)
        self.rest = nn.Conv2d(h, h, 3, padding=1)
        self.head = nn.Linear(h * (image_size // 4) ** 2, num_classes)

    def forward(self, x):
        x = F.max_pool2d(self.rest(self.first(x).relu()).relu(), 2)
        x = F.max_pool2d(self.rest(self.rest(x).relu()).relu(), 2)
        return self.head(x.flatten(1))


class wrong_TinyVGG_plain_list(nn.Module):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=28):
        super().__init__()
        h = hidden_units
        self.convs = [nn.Conv2d(c, h, 3, padding=1) for c in (in_channels, h, h, h)]
        self.head = nn.Linear(h * (image_size // 4) ** 2, num_classes)

    def forward(self, x):
        for i, conv in enumerate(self.convs):
            x = conv(x).relu()
            if i % 2:
                x = F.max_pool2d(x, 2)
        return self.head(x.flatten(1))


class wrong_TinyVGG_image_size_32(_Vgg):
    def __init__(self, in_channels, hidden_units, num_classes, image_size=32):
        super().__init__(in_channels, hidden_units, num_classes, image_size)


# ---------------------------------------------------------------------------------------------- feature_shapes


def right_feature_shapes_try_finally(model, x):
    shapes, handles, modes = [], [], {}

    def note(module, inputs, output):
        shapes.append(tuple(output.shape))

    for name, module in model.named_modules():
        modes[name] = module.training
        if sum(1 for _ in module.children()) == 0:
            handles.append(module.register_forward_hook(note))
    model.eval()
    try:
        with torch.inference_mode():
            model(x)
    finally:
        for handle in handles:
            handle.remove()
        for name, module in model.named_modules():
            module.training = modes[name]
    return shapes


def right_feature_shapes_global_hook(model, x):
    shapes = []
    own = set(model.modules())
    handle = register_module_forward_hook(
        lambda module, inputs, output: shapes.append(output.size()) if module in own and not module._modules else None)
    modes = [m.training for m in model.modules()]
    model.train(False)
    model(x)
    handle.remove()
    for m, mode in zip(model.modules(), modes):
        m.training = mode
    return shapes


def right_feature_shapes_eval_each(model, x):
    shapes = []
    leaves = [m for m in model.modules() if len(list(m.children())) == 0]
    handles = [m.register_forward_hook(lambda m, i, o: shapes.append(tuple(o.size()))) for m in leaves]
    before = [(m, m.training) for m in model.modules()]
    for m in model.modules():
        m.training = False
    with torch.no_grad():
        model.forward(x) if leaves != [model] else model(x)
    [h.remove() for h in handles]
    for m, mode in before:
        m.training = mode
    return list(shapes)


def _hook(model, modules, x, keep=False, put_back=True, eval_mode=True, shape=tuple):
    shapes = []
    handles = [m.register_forward_hook(lambda m, i, o: shapes.append(shape(o.shape))) for m in modules]
    modes = [(m, m.training) for m in model.modules()]
    if eval_mode:
        model.eval()
    with torch.no_grad():
        model(x)
    if put_back:
        for m, mode in modes:
            m.training = mode
    if not keep:
        for handle in handles:
            handle.remove()
    return shapes


def _leaves(model):
    return [m for m in model.modules() if not list(m.children())]


@says("containers")
def wrong_feature_shapes_containers_too(model, x):
    return _hook(model, list(model.modules()), x)


def wrong_feature_shapes_children_only(model, x):
    return _hook(model, list(model.children()), x)


def wrong_feature_shapes_not_the_model_itself(model, x):
    return _hook(model, [m for m in _leaves(model) if m is not model], x)


@says("still there")
def wrong_feature_shapes_hooks_stay(model, x):
    return _hook(model, _leaves(model), x, keep=True)


@says("still there")
def wrong_feature_shapes_last_hook_removed(model, x):
    shapes, modes = [], [(m, m.training) for m in model.modules()]
    for m in _leaves(model):
        handle = m.register_forward_hook(lambda m, i, o: shapes.append(tuple(o.shape)))
    model.eval()
    model(x)
    handle.remove()
    for m, mode in modes:
        m.training = mode
    return list(shapes)


@says("your own handles only")
def wrong_feature_shapes_clears_all_hooks(model, x):
    shapes = _hook(model, _leaves(model), x, keep=True)
    for m in model.modules():
        m._forward_hooks.clear()
    return shapes


@says("train mode")
def wrong_feature_shapes_train_mode(model, x):
    return _hook(model, _leaves(model), x, eval_mode=False)


@says("modes were not put back")
def wrong_feature_shapes_stays_in_eval(model, x):
    return _hook(model, _leaves(model), x, put_back=False)


@says("modes were not put back")
def wrong_feature_shapes_ends_in_train(model, x):
    shapes = _hook(model, _leaves(model), x)
    model.train()
    return shapes


@says("modes were not put back")
def wrong_feature_shapes_outer_mode_only(model, x):
    mode = model.training
    shapes = _hook(model, _leaves(model), x, put_back=False)
    model.train(mode)
    return shapes


@says("order of the calls")
def wrong_feature_shapes_order_of_definition(model, x):
    found = {}
    handles = [m.register_forward_hook(lambda m, i, o: found.setdefault(m, []).append(tuple(o.shape)))
               for m in _leaves(model)]
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    model(x)
    for m, mode in modes:
        m.training = mode
    for handle in handles:
        handle.remove()
    return [shape for m in _leaves(model) for shape in found.get(m, [])]


@says("calls are missing")
def wrong_feature_shapes_each_layer_once(model, x):
    found = {}

    def note(module, inputs, output):
        found[module] = tuple(output.shape)

    handles = [m.register_forward_hook(note) for m in _leaves(model)]
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    model(x)
    for m, mode in modes:
        m.training = mode
    for handle in handles:
        handle.remove()
    return list(found.values())


def wrong_feature_shapes_hook_returns_something(model, x):
    shapes = {}
    handles = [m.register_forward_hook(lambda m, i, o: shapes.setdefault(m, tuple(o.shape))) for m in _leaves(model)]
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    model(x)
    for m, mode in modes:
        m.training = mode
    for handle in handles:
        handle.remove()
    return list(shapes.values())


def wrong_feature_shapes_inputs(model, x):
    shapes = []
    handles = [m.register_forward_hook(lambda m, i, o: shapes.append(tuple(i[0].shape))) for m in _leaves(model)]
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    model(x)
    for m, mode in modes:
        m.training = mode
    for handle in handles:
        handle.remove()
    return shapes


@says("tuple")
def wrong_feature_shapes_lists(model, x):
    return _hook(model, _leaves(model), x, shape=list)


@says("batch dimension")
def wrong_feature_shapes_without_batch(model, x):
    return _hook(model, _leaves(model), x, shape=lambda s: tuple(s[1:]))


def wrong_feature_shapes_one_by_one(model, x):
    shapes, modes = [], [(m, m.training) for m in model.modules()]
    model.eval()
    for m in _leaves(model):
        x = m(x)
        shapes.append(tuple(x.shape))
    for m, mode in modes:
        m.training = mode
    return shapes


def wrong_feature_shapes_weights(model, x):
    return [tuple(p.shape) for p in model.parameters()]


def wrong_feature_shapes_hook_replaces_output(model, x):
    shapes = []

    def note(module, inputs, output):
        shapes.append(tuple(output.shape))
        return output.flatten(1)

    handles = [m.register_forward_hook(note) for m in _leaves(model)]
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    model(x)
    for m, mode in modes:
        m.training = mode
    for handle in handles:
        handle.remove()
    return shapes
