"""Right and wrong answers to 04_custom_datasets/transforms."""

import random

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader

from autograder.checks import says

# ------------------------------------------------------------------------------------------------------------- resize


def right_resize_unsqueeze(x, size):
    return F.interpolate(x.unsqueeze(0), size, mode="bilinear", align_corners=False, antialias=True).squeeze(0)


def right_resize_pil(x, size):
    planes = [Image.fromarray(plane.numpy()).resize((size, size), Image.Resampling.BILINEAR) for plane in x]
    return torch.stack([torch.from_numpy(np.array(plane)) for plane in planes]).clamp(0, 1)


def right_resize_eight_bits(x, size):
    planes = [Image.fromarray((plane * 255).round().byte().numpy()).resize((size, size), Image.BILINEAR) for plane in x]
    return torch.stack([torch.from_numpy(np.array(plane)) for plane in planes]).float() / 255


@says("antialias is off")
def wrong_resize_no_antialias(x, size):
    return F.interpolate(x[None], size=(size, size), mode="bilinear")[0]


@says("antialias is off")
def wrong_resize_no_antialias_when_shrinking(x, size):
    return F.interpolate(x[None], size=(size, size), mode="bilinear", antialias=size > max(x.shape[1:]))[0]


@says("nearest-neighbour")
def wrong_resize_nearest(x, size):
    return F.interpolate(x[None], size=(size, size))[0]


@says("bicubic")
def wrong_resize_bicubic(x, size):
    return F.interpolate(x[None], size=(size, size), mode="bicubic", antialias=True)[0]


@says("bicubic, clipped")
def wrong_resize_bicubic_clipped(x, size):
    return F.interpolate(x[None], size=(size, size), mode="bicubic", antialias=True)[0].clamp(0, 1)


@says("averages areas")
def wrong_resize_area(x, size):
    return F.adaptive_avg_pool2d(x, size)


@says("batch of one")
def wrong_resize_keeps_batch(x, size):
    return F.interpolate(x[None], size=(size, size), mode="bilinear", antialias=True)


def wrong_resize_squeezes_all(x, size):
    return F.interpolate(x[None], size=(size, size), mode="bilinear", antialias=True).squeeze()


@says("shorter side")
def wrong_resize_shorter_side(x, size):
    h, w = x.shape[1:]
    scale = size / min(h, w)
    return F.interpolate(x[None], size=(max(size, int(h * scale)), max(size, int(w * scale))), mode="bilinear", antialias=True)[0]


@says("square was cut out")
def wrong_resize_centre_crop(x, size):
    side = min(x.shape[1:])
    top, left = (x.shape[1] - side) // 2, (x.shape[2] - side) // 2
    return F.interpolate(x[None, :, top : top + side, left : left + side], size=(size, size), mode="bilinear", antialias=True)[0]


def wrong_resize_never_enlarges(x, size):
    if max(x.shape[1:]) <= size:
        return x
    return F.interpolate(x[None], size=(size, size), mode="bilinear", antialias=True)[0]


def wrong_resize_three_channels_only(x, size):
    return F.interpolate(x[None].expand(1, 3, -1, -1), size=(size, size), mode="bilinear", antialias=True)[0]


@says("antialias")
def wrong_resize_antialias_by_the_height(x, size):
    return F.interpolate(x[None], size=(size, size), mode="bilinear", antialias=size < x.shape[1])[0]


# ---------------------------------------------------------------------------------------------------------- Normalize


class right_Normalize_eager:
    def __init__(self, mean, std):
        self.mean = torch.tensor(mean).view(-1, 1, 1)
        self.std = torch.tensor(std)[:, None, None]

    def __call__(self, x):
        return x.sub(self.mean.to(x.device)).div(self.std.to(x.device))


class right_Normalize_loop:
    def __init__(self, mean, std):
        self.pairs = list(zip(mean, std))

    def __call__(self, x):
        return torch.stack([(channel - m) / s for channel, (m, s) in zip(x, self.pairs)])


class right_Normalize_module(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, x):
        y = x.clone()
        for c in range(len(x)):
            y[c] -= self.mean[c]
            y[c] /= self.std[c]
        return y


class right_Normalize_batch_norm:
    def __init__(self, mean, std):
        self.mean, self.std = torch.as_tensor(mean, dtype=torch.float32), torch.as_tensor(std, dtype=torch.float32)

    def __call__(self, x):
        return torch.addcdiv(torch.zeros_like(x), x - self.mean.to(x.device).reshape(-1, 1, 1), self.std.to(x.device).reshape(-1, 1, 1).expand_as(x))


@says("each channel")
class wrong_Normalize_last_axis:
    def __init__(self, mean, std):
        self.mean, self.std = torch.tensor(mean), torch.tensor(std)

    def __call__(self, x):
        if x.shape[-1] == x.shape[0]:
            return (x - self.mean.to(x.device)) / self.std.to(x.device)
        return (x - self.mean.to(x.device).view(-1, 1, 1)) / self.std.to(x.device).view(-1, 1, 1)


class wrong_Normalize_no_view:
    def __init__(self, mean, std):
        self.mean, self.std = torch.tensor(mean), torch.tensor(std)

    def __call__(self, x):
        return (x - self.mean) / self.std


@says("was changed")
class wrong_Normalize_in_place:
    def __init__(self, mean, std):
        self.mean, self.std = torch.tensor(mean).view(-1, 1, 1), torch.tensor(std).view(-1, 1, 1)

    def __call__(self, x):
        x -= self.mean.to(x.device)
        x /= self.std.to(x.device)
        return x


@says("device")
class wrong_Normalize_cpu_only:
    def __init__(self, mean, std):
        self.mean, self.std = torch.tensor(mean).view(-1, 1, 1), torch.tensor(std).view(-1, 1, 1)

    def __call__(self, x):
        return (x - self.mean) / self.std


class wrong_Normalize_returns_cpu:
    def __init__(self, mean, std):
        self.mean, self.std = torch.tensor(mean).view(-1, 1, 1), torch.tensor(std).view(-1, 1, 1)

    def __call__(self, x):
        return (torch.empty(x.shape) if x.is_meta else x - self.mean) / self.std


@says("multiplies")
class wrong_Normalize_times_std:
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, x):
        return torch.stack([(c - m) * s for c, m, s in zip(x, self.mean, self.std)])


@says("division is missing")
class wrong_Normalize_no_std:
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, x):
        return torch.stack([c - m for c, m in zip(x, self.mean)])


@says("brackets")
class wrong_Normalize_precedence:
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, x):
        return torch.stack([c - m / s for c, m, s in zip(x, self.mean, self.std)])


@says("variance")
class wrong_Normalize_squared:
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, x):
        return torch.stack([(c - m) / s**2 for c, m, s in zip(x, self.mean, self.std)])


@says("own mean")
class wrong_Normalize_own_statistics:
    def __init__(self, mean, std):
        pass

    def __call__(self, x):
        return (x - x.mean((1, 2), keepdim=True)) / x.std((1, 2), keepdim=True)


class wrong_Normalize_float64:
    def __init__(self, mean, std):
        self.mean, self.std = np.array(mean)[:, None, None], np.array(std)[:, None, None]

    def __call__(self, x):
        if x.is_meta:
            return x.clone()
        return torch.from_numpy((x.numpy() - self.mean) / self.std)


class wrong_Normalize_three_channels:
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, x):
        mean = torch.tensor([self.mean[0], self.mean[1], self.mean[2]], device=x.device).view(3, 1, 1)
        std = torch.tensor([self.std[0], self.std[1], self.std[2]], device=x.device).view(3, 1, 1)
        return (x - mean) / std


# ------------------------------------------------------------------------------------------------------------ Compose


class right_Compose_reduce:
    def __init__(self, transforms):
        self.steps = list(transforms)

    def __call__(self, x):
        from functools import reduce

        return reduce(lambda y, step: step(y), self.steps, x)


class right_Compose_recursive:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        return self._run(x, 0)

    def _run(self, x, i):
        return x if i == len(self.transforms) else self._run(self.transforms[i](x), i + 1)


class right_Compose_module(nn.Module):
    def __init__(self, transforms):
        super().__init__()
        self.transforms = tuple(transforms)

    def forward(self, x):
        for transform in self.transforms:
            x = transform(x)
        return x


@says("in reverse")
class wrong_Compose_reversed:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        for transform in reversed(self.transforms):
            x = transform(x)
        return x


@says("Only the last")
class wrong_Compose_last_only:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        y = x
        for transform in self.transforms:
            y = transform(x)
        return y


@says("Only the first")
class wrong_Compose_returns_in_loop:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        for transform in self.transforms:
            return transform(x)
        return x


class wrong_Compose_none_for_empty:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        y = None
        for transform in self.transforms:
            y = x = transform(x)
        return y


class wrong_Compose_index_error_for_empty:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        x = self.transforms[0](x)
        for transform in self.transforms[1:]:
            x = transform(x)
        return x


class wrong_Compose_iterator:
    def __init__(self, transforms):
        self.transforms = iter(transforms)

    def __call__(self, x):
        for transform in self.transforms:
            x = transform(x)
        return x


class wrong_Compose_no_return:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        for transform in self.transforms:
            x = transform(x)


class wrong_Compose_two_at_most:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, x):
        for transform in self.transforms[:2]:
            x = transform(x)
        return x


class wrong_Compose_sequential_skips_repeats:
    def __init__(self, transforms):
        self.transforms = list(dict.fromkeys(transforms))

    def __call__(self, x):
        for transform in self.transforms:
            x = transform(x)
        return x


# ----------------------------------------------------------------------------------------------- RandomHorizontalFlip


class right_RandomHorizontalFlip_bernoulli:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = torch.tensor(float(p)), generator

    def __call__(self, x):
        return torch.fliplr(x.movedim(0, -1)).movedim(-1, 0) if torch.bernoulli(self.p, generator=self.generator) else x


class right_RandomHorizontalFlip_module(nn.Module):
    def __init__(self, p=0.5, generator=None):
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x):
        if torch.rand((), generator=self.generator) >= self.p:
            return x.clone()
        return x[..., torch.arange(x.shape[-1] - 1, -1, -1)]


class right_RandomHorizontalFlip_random_module:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        draw = random.random() if self.generator is None else torch.rand(1, generator=self.generator).item()
        return torch.flip(x, dims=[2]) if draw < self.p else x


class right_RandomHorizontalFlip_certain:
    def __init__(self, p=0.5, generator=None):
        self.p, self.g = p, generator or torch.default_generator

    def __call__(self, x):
        if self.p == 0:
            return x
        if self.p == 1 or torch.empty(1).uniform_(generator=self.g) < self.p:
            return x.flip(-1)
        return x


@says("upside down")
class wrong_RandomHorizontalFlip_vertical:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        return x.flip(1) if torch.rand(1, generator=self.generator) < self.p else x


@says("channels are reversed")
class wrong_RandomHorizontalFlip_channels:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        return x.flip(0) if torch.rand(1, generator=self.generator) < self.p else x


@says("turned by 180")
class wrong_RandomHorizontalFlip_both:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        return x.flip(1, 2) if torch.rand(1, generator=self.generator) < self.p else x


@says("wrong way round")
class wrong_RandomHorizontalFlip_inverted:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        return x.flip(-1) if torch.rand(1, generator=self.generator) > self.p else x


@says("global random state")
class wrong_RandomHorizontalFlip_ignores_generator:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        return x.flip(-1) if torch.rand(1) < self.p else x


@says("global random state")
class wrong_RandomHorizontalFlip_python_random:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        return x.flip(-1) if random.random() < self.p else x


@says("draw in each call")
class wrong_RandomHorizontalFlip_draws_once:
    def __init__(self, p=0.5, generator=None):
        self.flip = torch.rand(1, generator=generator).item() < p

    def __call__(self, x):
        return x.flip(-1) if self.flip else x


class wrong_RandomHorizontalFlip_reseeds:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        if self.generator is not None:
            self.generator.manual_seed(self.generator.initial_seed())
        return x.flip(-1) if torch.rand(1, generator=self.generator) < self.p else x


class wrong_RandomHorizontalFlip_own_copy_of_seed:
    def __init__(self, p=0.5, generator=None):
        self.p = p
        self.generator = torch.Generator().manual_seed(0)

    def __call__(self, x):
        return x.flip(-1) if torch.rand(1, generator=self.generator) < self.p else x


@says("where the generator stands")
class wrong_RandomHorizontalFlip_copies_seed:
    def __init__(self, p=0.5, generator=None):
        self.p = p
        self.generator = None if generator is None else torch.Generator().manual_seed(generator.initial_seed())

    def __call__(self, x):
        return x.flip(-1) if torch.rand(1, generator=self.generator) < self.p else x


class wrong_RandomHorizontalFlip_always_half:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        if self.p in (0, 1):
            return x.flip(-1) if self.p else x
        return x.flip(-1) if torch.randint(2, (1,), generator=self.generator) else x


class wrong_RandomHorizontalFlip_default_one:
    def __init__(self, p=1.0, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        return x.flip(-1) if torch.rand(1, generator=self.generator) < self.p else x


@says("went in was changed")
class wrong_RandomHorizontalFlip_in_place:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        if torch.rand(1, generator=self.generator) < self.p:
            x.copy_(x.flip(-1))
        return x


class wrong_RandomHorizontalFlip_float_only:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator

    def __call__(self, x):
        return x.flip(-1) if torch.rand(1, generator=self.generator) < self.p else x.float() * 0.999


class wrong_RandomHorizontalFlip_alternates:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator, self.sum = p, generator, 0.0

    def __call__(self, x):
        self.sum += self.p
        if self.sum >= 1 - 1e-9:
            self.sum -= 1
            return x.flip(-1)
        return x


@says("None means")
class wrong_RandomHorizontalFlip_own_seed_without_a_generator:
    def __init__(self, p=0.5, generator=None):
        self.p, self.generator = p, generator or torch.Generator().manual_seed(0)

    def __call__(self, x):
        return x.flip(2) if torch.rand(1, generator=self.generator).item() < self.p else x


# --------------------------------------------------------------------------------------------------------- RandomCrop


class right_RandomCrop_manual_pad:
    def __init__(self, size, padding=0, generator=None):
        self.size, self.padding, self.generator = size, padding, generator

    def __call__(self, x):
        c, h, w = x.shape
        p, s = self.padding, self.size
        big = torch.zeros(c, h + 2 * p, w + 2 * p, dtype=x.dtype)
        big[:, p : p + h, p : p + w] = x
        if s > h + 2 * p or s > w + 2 * p:
            raise ValueError("too large")
        i = int(torch.randint(0, h + 2 * p - s + 1, (1,), generator=self.generator))
        j = int(torch.randint(0, w + 2 * p - s + 1, (1,), generator=self.generator))
        return big.narrow(1, i, s).narrow(2, j, s).clone()


class right_RandomCrop_one_draw(nn.Module):
    def __init__(self, size, padding=0, generator=None):
        super().__init__()
        self.size, self.pad, self.generator = size, nn.ZeroPad2d(padding), generator

    def forward(self, x):
        windows = self.pad(x)
        if min(windows.shape[1:]) < self.size:
            raise ValueError(f"{self.size} does not fit")
        windows = windows.unfold(1, self.size, 1).unfold(2, self.size, 1)
        place = torch.randint(windows.shape[1] * windows.shape[2], (1,), generator=self.generator).item()
        return windows[:, place // windows.shape[2], place % windows.shape[2]]


class right_RandomCrop_rand_floor:
    def __init__(self, size, padding=0, generator=None):
        self.size, self.padding, self.generator = size, padding, generator

    def __call__(self, x):
        x = F.pad(x, (self.padding,) * 4, "constant", 0)
        if x.shape[1] < self.size:
            raise ValueError("too low")
        if x.shape[2] < self.size:
            raise ValueError("too narrow")
        u, v = torch.rand(2, generator=self.generator).tolist()
        top, left = int(u * (x.shape[1] - self.size + 1)), int(v * (x.shape[2] - self.size + 1))
        return x[:, top : top + self.size, left : left + self.size]


class _Crop:
    """A right one, for the wrong ones to spoil."""

    def __init__(self, size, padding=0, generator=None):
        self.size, self.padding, self.generator = size, padding, generator

    def pad(self, x):
        return F.pad(x, [self.padding] * 4)

    def fits(self, x):
        if self.size > min(x.shape[1:]):
            raise ValueError("does not fit")

    def draw(self, n):
        return torch.randint(n, (), generator=self.generator).item()

    def __call__(self, x):
        x = self.pad(x)
        self.fits(x)
        top, left = self.draw(x.shape[1] - self.size + 1), self.draw(x.shape[2] - self.size + 1)
        return x[:, top : top + self.size, left : left + self.size]


@says("excludes its upper end")
class wrong_RandomCrop_upper_end(_Crop):
    def draw(self, n):
        return torch.randint(max(n - 1, 1), (), generator=self.generator).item()


class wrong_RandomCrop_never_first(_Crop):
    def draw(self, n):
        return torch.randint(min(1, n - 1), n, (), generator=self.generator).item()


@says("move together")
class wrong_RandomCrop_same_draw(_Crop):
    def __call__(self, x):
        x = self.pad(x)
        self.fits(x)
        u = torch.rand(1, generator=self.generator).item()
        top, left = int(u * (x.shape[1] - self.size + 1)), int(u * (x.shape[2] - self.size + 1))
        return x[:, top : top + self.size, left : left + self.size]


@says("one place")
class wrong_RandomCrop_centre(_Crop):
    def draw(self, n):
        return (n - 1) // 2


class wrong_RandomCrop_no_padding(_Crop):
    def pad(self, x):
        return x


class wrong_RandomCrop_pads_right_bottom(_Crop):
    def pad(self, x):
        return F.pad(x, [0, 2 * self.padding, 0, 2 * self.padding])


class wrong_RandomCrop_pads_width_only(_Crop):
    def pad(self, x):
        return F.pad(x, [self.padding, self.padding])


class wrong_RandomCrop_pads_by_reflection(_Crop):
    def pad(self, x):
        return F.pad(x, [self.padding] * 4, mode="replicate")


class wrong_RandomCrop_pads_channels(_Crop):
    def pad(self, x):
        return F.pad(x, [self.padding] * 6) if self.padding else x


class wrong_RandomCrop_pads_when_too_small(_Crop):
    def fits(self, x):
        pass

    def pad(self, x):
        x = F.pad(x, [self.padding] * 4)
        return F.pad(x, [0, max(0, self.size - x.shape[2]), 0, max(0, self.size - x.shape[1])])


@says("ValueError was due")
class wrong_RandomCrop_no_error(_Crop):
    def fits(self, x):
        pass

    def draw(self, n):
        return torch.randint(max(n, 1), (), generator=self.generator).item()


@says("ValueError was due")
class wrong_RandomCrop_checks_height_only(_Crop):
    def fits(self, x):
        if self.size > x.shape[1]:
            raise ValueError("does not fit")

    def draw(self, n):
        return torch.randint(max(n, 1), (), generator=self.generator).item()


class wrong_RandomCrop_equal_does_not_fit(_Crop):
    def fits(self, x):
        if self.size >= min(x.shape[1:]) and self.size != 2:
            raise ValueError("does not fit")


class wrong_RandomCrop_checks_unpadded(_Crop):
    def __call__(self, x):
        self.fits(x)
        return super(type(self), self).__call__(x)


@says("global random state")
class wrong_RandomCrop_ignores_generator(_Crop):
    def draw(self, n):
        return torch.randint(n, ()).item()


@says("global random state")
class wrong_RandomCrop_one_draw_global(_Crop):
    def __call__(self, x):
        x = self.pad(x)
        self.fits(x)
        top, left = self.draw(x.shape[1] - self.size + 1), random.randrange(x.shape[2] - self.size + 1)
        return x[:, top : top + self.size, left : left + self.size]


class wrong_RandomCrop_reseeds(_Crop):
    def draw(self, n):
        if self.generator is not None:
            self.generator.manual_seed(self.generator.initial_seed())
        return torch.randint(n, (), generator=self.generator).item()


@says("where the generator stands")
class wrong_RandomCrop_copies_seed(_Crop):
    def __init__(self, size, padding=0, generator=None):
        super().__init__(size, padding, None if generator is None else torch.Generator().manual_seed(generator.initial_seed()))


class wrong_RandomCrop_corners(_Crop):
    def draw(self, n):
        return torch.randint(2, (), generator=self.generator).item() * (n - 1)


class wrong_RandomCrop_rounds(_Crop):
    def draw(self, n):
        return round(torch.rand(1, generator=self.generator).item() * (n - 1))


class wrong_RandomCrop_clears_input(_Crop):
    def __call__(self, x):
        y = super(type(self), self).__call__(x).clone()
        x.zero_()
        return y


@says("None means")
class wrong_RandomCrop_own_seed_without_a_generator:
    def __init__(self, size, padding=0, generator=None):
        self.size, self.padding = size, padding
        self.generator = torch.Generator().manual_seed(0) if generator is None else generator

    def __call__(self, x):
        x = F.pad(x, [self.padding] * 4)
        if min(x.shape[1:]) < self.size:
            raise ValueError("too small")
        top, left = (torch.randint(n - self.size + 1, (), generator=self.generator).item() for n in x.shape[1:])
        return x[:, top : top + self.size, left : left + self.size]


# -------------------------------------------------------------------------------------------------- channel_statistics


def right_channel_statistics_cat(dataset):
    pixels = torch.cat([dataset[i][0].flatten(1) for i in range(len(dataset))], dim=1)
    return pixels.mean(dim=1), pixels.std(dim=1, unbiased=False)


def right_channel_statistics_two_passes(dataset):
    n = sum(dataset[i][0][0].numel() for i in range(len(dataset)))
    mean = sum(dataset[i][0].sum(dim=(1, 2)) for i in range(len(dataset))) / n
    variance = sum(((dataset[i][0] - mean[:, None, None]) ** 2).sum(dim=(1, 2)) for i in range(len(dataset))) / n
    return mean, torch.sqrt(variance)


def right_channel_statistics_loader(dataset):
    total, squares, n = torch.zeros(3), torch.zeros(3), 0
    for x, _ in DataLoader(dataset, batch_size=1):
        total += x.sum((0, 2, 3))
        squares += x.pow(2).sum((0, 2, 3))
        n += x.shape[0] * x.shape[2] * x.shape[3]
    mean = total / n
    return mean, (squares / n - mean**2).clamp_min(0) ** 0.5


def right_channel_statistics_numpy(dataset):
    planes = [np.concatenate([dataset[i][0][c].numpy().ravel() for i in range(len(dataset))]) for c in range(3)]
    return torch.tensor([float(p.mean()) for p in planes]), torch.tensor([float(p.std()) for p in planes])


def right_channel_statistics_lists(dataset):
    pixels = torch.cat([dataset[i][0].flatten(1) for i in range(len(dataset))], dim=1).double()
    return pixels.mean(1).tolist(), pixels.std(1, correction=0).tolist()


@says("mean of the pictures' means")
def wrong_channel_statistics_mean_of_means(dataset):
    pictures = [dataset[i][0] for i in range(len(dataset))]
    pixels = torch.cat([x.flatten(1) for x in pictures], dim=1)
    return torch.stack([x.mean((1, 2)) for x in pictures]).mean(0), pixels.std(1, correction=0)


@says("mean of the pictures' stds")
def wrong_channel_statistics_mean_of_stds(dataset):
    pictures = [dataset[i][0] for i in range(len(dataset))]
    pixels = torch.cat([x.flatten(1) for x in pictures], dim=1)
    return pixels.mean(1), torch.stack([x.flatten(1).std(1, correction=0) for x in pictures]).mean(0)


@says("n - 1")
def wrong_channel_statistics_sample_std(dataset):
    pixels = torch.cat([dataset[i][0].flatten(1) for i in range(len(dataset))], dim=1)
    return pixels.mean(1), pixels.std(1)


@says("variance")
def wrong_channel_statistics_variance(dataset):
    pixels = torch.cat([dataset[i][0].flatten(1) for i in range(len(dataset))], dim=1)
    return pixels.mean(1), pixels.var(1, correction=0)


@says("one number for each channel")
def wrong_channel_statistics_all_channels(dataset):
    pixels = torch.cat([dataset[i][0].flatten() for i in range(len(dataset))])
    return pixels.mean(), pixels.std(correction=0)


def wrong_channel_statistics_stack(dataset):
    pictures = torch.stack([dataset[i][0] for i in range(len(dataset))])
    return pictures.mean((0, 2, 3)), pictures.std((0, 2, 3), correction=0)


def wrong_channel_statistics_first_only(dataset):
    x = dataset[0][0]
    return x.mean((1, 2)), x.flatten(1).std(1, correction=0)


def wrong_channel_statistics_forgets_last(dataset):
    pixels = torch.cat([dataset[i][0].flatten(1) for i in range(max(1, len(dataset) - 1))], dim=1)
    return pixels.mean(1), pixels.std(1, correction=0)


def wrong_channel_statistics_resizes(dataset):
    pictures = torch.stack([F.interpolate(dataset[i][0][None], size=(8, 8), mode="nearest")[0] for i in range(len(dataset))])
    return pictures.mean((0, 2, 3)), pictures.std((0, 2, 3), correction=0)


def wrong_channel_statistics_swapped(dataset):
    pixels = torch.cat([dataset[i][0].flatten(1) for i in range(len(dataset))], dim=1)
    return pixels.std(1, correction=0), pixels.mean(1)


def wrong_channel_statistics_std_of_means(dataset):
    means = torch.stack([dataset[i][0].mean((1, 2)) for i in range(len(dataset))])
    pixels = torch.cat([dataset[i][0].flatten(1) for i in range(len(dataset))], dim=1)
    return pixels.mean(1), means.std(0, correction=0) if pixels[0].numel() > 20 else pixels.std(1)
