"""Hidden checks of 04_custom_datasets/transforms."""

import torch
import torch.nn.functional as F
from torch.utils.data import Dataset

from autograder.checks import assert_close, assert_equal, check, expect, in_worker, raises

# ------------------------------------------------------------------------------------------------------------- resize


def resized(x, size, **options):
    return F.interpolate(x[None], size=(size, size), **{"mode": "bilinear", "antialias": True, **options})[0]


def judge_resized(got, x, size):
    channels, height, width = x.shape
    if isinstance(got, torch.Tensor):
        expect(tuple(got.shape) != (1, channels, size, size), "A batch of one came back: take the picture out of it again.",
               shapes=(got.shape, (channels, size, size)))
        expect(got.shape == (channels, size, size) or min(got.shape[-2:], default=0) != size,
               "Only the shorter side has the size: the result is a square, stretched if need be.")
    # An eight-bit resize on the way (PIL's) rounds to 1/255.
    assert_close(got, resized(x, size), rtol=0, atol=0.01, mistakes={
        "antialias is off: a target pixel looks at 4 source pixels alone and skips those between.": lambda: resized(x, size, antialias=False),
        "align_corners is on, which shifts the pixels.": lambda: resized(x, size, antialias=False, align_corners=True),
        "This is nearest-neighbour; bilinear was asked for.": lambda: F.interpolate(x[None], size=(size, size))[0],
        "This is bicubic; bilinear was asked for.": lambda: resized(x, size, mode="bicubic"),
        "This is bicubic, clipped; bilinear was asked for.": lambda: resized(x, size, mode="bicubic").clamp(0, 1),
        "This averages areas; bilinear with antialias=True was asked for.": lambda: F.interpolate(x[None], size=(size, size), mode="area")[0],
        "A square was cut out; the whole picture should be stretched to the square.": lambda: resized(centre(x), size),
        "The pixels are mixed: reshape does not resize.": lambda: x.reshape(channels, size, size)})


def centre(x):
    side = min(x.shape[1:])
    top, left = (x.shape[1] - side) // 2, (x.shape[2] - side) // 2
    return x[:, top: top + side, left: left + side]


@check("resize", points=1, hint="F.interpolate with size, mode=\"bilinear\" and antialias=True.")
def test_shrinks_with_antialiasing(student):
    """shrinks a picture of any sides to the square, bilinear with antialiasing"""
    for height, width, size in [(64, 64, 16), (97, 150, 32), (50, 20, 7), (33, 40, 1)]:
        x = torch.rand(3, height, width)
        judge_resized(student.resize(x, size), x, size)


@check("resize", points=1, hint="size is both sides of the result, larger or smaller than the picture's.")
def test_enlarges_and_keeps_range(student):
    """enlarges, keeps any number of channels, and keeps values in [0, 1] at hard edges"""
    for channels, height, width, size in [(3, 3, 5, 64), (1, 5, 4, 9), (3, 64, 64, 64), (3, 90, 20, 40), (3, 20, 90, 40), (3, 1, 1, 3)]:
        x = torch.rand(channels, height, width)
        judge_resized(student.resize(x, size), x, size)
        x = x.round()
        got = student.resize(x, size)
        if isinstance(got, torch.Tensor) and got.is_floating_point() and got.numel():
            low, high = float(got.min()), float(got.max())
            expect(low > -1e-5 and high < 1 + 1e-5, "Values leave [0, 1] near hard edges, as bicubic makes them do; bilinear was asked for.")
        judge_resized(got, x, size)


# ---------------------------------------------------------------------------------------------------------- Normalize


@in_worker
def normalized(student, mean, std, pictures):
    change = student.Normalize(mean, std)
    before = [x.clone() for x in pictures]
    after = [change(x) for x in pictures]
    return after, [bool(x.is_meta or torch.equal(x, y)) for x, y in zip(pictures, before)]


def judge_normalized(got, x, mean, std):
    m, s = torch.tensor(mean).view(-1, 1, 1), torch.tensor(std).view(-1, 1, 1)
    assert_close(got, (x - m) / s, mistakes={
        "Each column got its own mean and std, not each channel: the numbers need shape (C, 1, 1).": lambda: (x - m.flatten()) / s.flatten(),
        "Each row got its own mean and std, not each channel.": lambda: (x - m.view(-1, 1)) / s.view(-1, 1),
        "The mean was added instead of subtracted.": (x + m) / s,
        "This multiplies by std instead of dividing.": (x - m) * s,
        "Only the division is missing.": x - m,
        "x / std comes first here: (x - mean) / std needs its brackets.": x - m / s,
        "Mean and std are swapped.": (x - s) / m,
        "The picture's own mean and std were used, not the given ones.": lambda: (x - x.mean((1, 2), keepdim=True)) / x.std((1, 2), keepdim=True),
        "This divides by the variance; std was given.": (x - m) / s**2,
        "One mean for all channels was used.": (x - m.mean()) / s.mean()})


@check("Normalize", points=2, hint="Give mean and std the shape (C, 1, 1), then (x - mean) / std.")
def test_each_channel(student):
    """gives (x - mean) / std per channel, also where the picture is as wide as it has channels, and leaves x unchanged"""
    for shape in [(3, 5, 4), (3, 3, 3), (3, 4, 3), (1, 3, 4), (2, 2, 7)]:
        mean, std = (torch.rand(shape[0]) * 0.5 + 0.3).tolist(), (torch.rand(shape[0]) * 0.3 + 0.1).tolist()
        pictures = [torch.rand(shape), torch.rand(shape)]
        for given in ((mean, std), (tuple(mean), tuple(std))):
            after, unchanged = normalized(student, *given, pictures)
            for got, x in zip(after, pictures, strict=True):
                judge_normalized(got, x, mean, std)
            expect(all(unchanged), "The picture that went in was changed: in-place operators (x -= ...) write into the caller's tensor.")


@check("Normalize", points=1, hint="Make mean and std where x is: device=x.device.")
def test_follows_the_device(student):
    """works on the picture's device"""
    mean, std = [0.4, 0.5, 0.6], [0.2, 0.3, 0.4]
    x = torch.rand(3, 4, 5)
    after, _ = normalized(student, mean, std, [x, torch.rand(3, 4, 5, device="meta")])
    judge_normalized(after[0], x, mean, std)
    assert_close(after[1], torch.empty(3, 4, 5, device="meta"), what="the result for a picture on another device")


# ------------------------------------------------------------------------------------------------------------ Compose


@in_worker
def composed(student, x, names, as_tuple):
    steps = {"double": lambda x: x * 2, "add": lambda x: x + 1, "square": lambda x: x**2, "turn": lambda x: x.t(), "first": lambda x: x[0]}
    chosen = [steps[name] for name in names]
    chain = student.Compose(tuple(chosen) if as_tuple else chosen)
    before = x.clone()
    return chain(x), chain(x), bool(torch.equal(x, before))


@check("Compose", points=1, hint="x = transform(x) for each in turn.")
def test_applies_in_order(student):
    """applies the transforms in order, each to the result of the one before, at every call"""
    x = torch.rand(3, 4) + 2
    for names, want in [(["double", "add", "square", "turn"], ((x * 2 + 1) ** 2).t()), (["add", "double"], (x + 1) * 2), (["square"], x**2),
                        (["turn", "first"], x.t()[0])]:
        for as_tuple in (False, True):
            for got in composed(student, x, names, as_tuple)[:2]:
                assert_close(got, want, mistakes={
                    "The transforms ran in reverse: the first in the list is applied first.": lambda names=names: backwards(x, names),
                    "Only the last transform shows: each should get the result of the one before.": lambda names=names: backwards(x, names[-1:]),
                    "Only the first transform was applied.": lambda names=names: backwards(x, names[:1])})


def backwards(x, names):
    steps = {"double": lambda x: x * 2, "add": lambda x: x + 1, "square": lambda x: x**2, "turn": lambda x: x.t(), "first": lambda x: x[0]}
    for name in reversed(names):
        x = steps[name](x)
    return x


@check("Compose", points=1, hint="With no transforms the loop does nothing, and x comes back.")
def test_nothing_to_compose(student):
    """gives x when there are no transforms, and goes through all when there are"""
    x = torch.rand(3, 4)
    for as_tuple in (False, True):
        first, second, unchanged = composed(student, x, [], as_tuple)
        assert_equal(first, x)
        assert_equal(second, x)
    assert_close(composed(student, x, ["add"] * 5, False)[0], x + 5)


# ---------------------------------------------------------------------------------------------------------- the flips


@in_worker
def together(student, found):
    """One tensor of the results where they are of one kind, which travels faster than a thousand."""
    kinds = {(tuple(x.shape), str(x.dtype)) if isinstance(x, torch.Tensor) else None for x in found}
    return torch.stack(found) if len(kinds) == 1 and None not in kinds else found


@in_worker
def flips(student, pictures, p, seed, other, drawn=0):
    """Flip each picture. The global states are set from `other`, the generator from `seed` (none where it is None); `drawn` numbers
    were drawn from it before."""
    torch.manual_seed(other)
    random.seed(other)
    np.random.seed(other % 2**32)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    torch.rand(drawn, generator=generator)
    arguments = {} if p is None else {"p": p}
    flip = student.RandomHorizontalFlip(generator=generator, **arguments)
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()
    before = [x.clone() for x in pictures]
    found = together(student, [flip(x).clone() for x in pictures])
    drew = not (torch.equal(states[0], torch.get_rng_state()) and states[1] == random.getstate() and (states[2] == np.random.get_state()[1]).all())
    return found, all(torch.equal(x, y) for x, y in zip(pictures, before)), drew


def which(found, pictures):
    """For each result whether it was flipped."""
    expect(isinstance(found, list | torch.Tensor) and len(found) == len(pictures), "A picture is due for each picture.")
    flipped = []
    for got, x in zip(found, pictures, strict=True):
        expect(isinstance(got, torch.Tensor) and got.shape == x.shape and got.dtype == x.dtype, "The result is a tensor of x's shape and dtype.")
        flipped.append(torch.equal(got, x.flip(2)))
        if not flipped[-1] and not torch.equal(got, x):
            expect(not torch.equal(got, x.flip(1)), "The picture is upside down: left and right are the last axis of (C, H, W).")
            expect(not torch.equal(got, x.flip(0)), "The channels are reversed: left and right are the last axis of (C, H, W).")
            expect(not torch.equal(got, x.flip(1, 2)), "The picture is turned by 180 degrees; only left and right change places.")
            expect(False, "The result is neither the picture nor its mirror image.")
    return flipped


@check("RandomHorizontalFlip", points=1, hint="The last axis runs from left to right; x.flip makes a copy.")
def test_always_and_never(student):
    """flips left to right always for p=1, never for p=0, and leaves x unchanged"""
    pictures = [torch.rand(3, 4, 5) for _ in range(30)] + [torch.randint(0, 256, (3, 3, 3), dtype=torch.uint8)]
    for p in (1, 1.0, 0, 0.0):
        for seed in (3, None):
            found, unchanged, _ = flips(student, pictures, p, seed, 11)
            flipped = which(found, pictures)
            if p == 1:
                expect(any(flipped), "With p=1 nothing is flipped: is the comparison the wrong way round?")
                expect(all(flipped), "With p=1 some pictures are not flipped.")
            else:
                expect(not all(flipped), "With p=0 everything is flipped: is the comparison the wrong way round?")
                expect(not any(flipped), "With p=0 some pictures are flipped.")
            expect(unchanged, "The picture that went in was changed.")


@check("RandomHorizontalFlip", points=1, hint="Draw in __call__, and compare the draw with p.")
def test_share_of_flips(student):
    """flips a share p of the pictures, each call deciding anew; p is 0.5 by default"""
    pictures = [torch.rand(1, 1, 2) + torch.tensor([0.0, 1.0])] * 1000
    for p in (0.2, None, 0.8):
        for seed in (5, None):
            found, _, _ = flips(student, pictures, p, seed, 12)
            flipped = which(found, pictures)
            share = sum(flipped) / len(flipped)
            expect(0 < share < 1, "All calls decide alike: draw in each call, and seed nothing in it.")
            expect(abs(share - (1 - (0.5 if p is None else p))) > 0.08 or p is None,
                   "The share of flips is 1 - p: is the comparison the wrong way round?")
            expect(abs(share - (0.5 if p is None else p)) < 0.08, "The share of flips is far from p.")
            changes = sum(a != b for a, b in zip(flipped, flipped[1:], strict=False)) / (len(flipped) - 1)
            expect(abs(changes - 2 * share * (1 - share)) < 0.1, "The decisions follow one another in a pattern; each should be drawn anew.")


@check("RandomHorizontalFlip", points=2, hint="Hand the generator on: torch.rand(1, generator=self.generator).")
def test_draws_from_the_generator_alone(student):
    """draws from the generator alone when one is given, and goes on where it stands"""
    pictures = [torch.rand(2, 3, 4) for _ in range(60)]
    first, _, drew = flips(student, pictures, 0.5, 7, 100)
    flipped = which(first, pictures)
    expect(0 < sum(flipped) < 60, "The decisions do not vary: draw from the generator in each call.")
    expect(not drew, "A global random state moved although a generator was given.")
    again, _, _ = flips(student, pictures, 0.5, 7, 101)
    expect(which(again, pictures) == flipped,
           "The same generator gives other flips when the global random state differs: draw from the generator alone.")
    other, _, _ = flips(student, pictures, 0.5, 8, 100)
    expect(which(other, pictures) != flipped, "Another seed of the generator gives the same flips.")
    moved, _, _ = flips(student, pictures, 0.5, 7, 100, drawn=9)
    expect(which(moved, pictures) != flipped, "The flips do not go on where the generator stands: draw from the very generator that is given.")
    expect(len({tuple(flipped[i: i + 10]) for i in range(0, 60, 10)}) > 1, "The flips repeat: do not seed the generator in each call.")
    free = [which(flips(student, pictures, 0.5, None, state)[0], pictures) for state in (100, 101)]
    expect(free[0] != free[1], "Without a generator the flips are the same whatever the global random state: None means torch's global state.")


# ---------------------------------------------------------------------------------------------------------- RandomCrop


@in_worker
def crops(student, x, size, padding, times, seed, other, drawn=0):
    """Crop one picture several times; like flips above."""
    torch.manual_seed(other)
    random.seed(other)
    np.random.seed(other % 2**32)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    torch.rand(drawn, generator=generator)
    arguments = {} if padding is None else {"padding": padding}
    crop = student.RandomCrop(size, generator=generator, **arguments)
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()
    before = x.clone()
    found = together(student, [crop(x).clone() for _ in range(times)])
    drew = not (torch.equal(states[0], torch.get_rng_state()) and states[1] == random.getstate() and (states[2] == np.random.get_state()[1]).all())
    return found, torch.equal(x, before), drew


def places(found, x, size, padding=0):
    """Top and left of each crop in the padded picture."""
    padded = F.pad(x, [padding] * 4)
    rows, columns = padded.shape[1] - size + 1, padded.shape[2] - size + 1
    table = {padded[:, r: r + size, c: c + size].contiguous().numpy().tobytes(): (r, c) for r in range(rows) for c in range(columns)}
    seen = []
    for got in found:
        expect(isinstance(got, torch.Tensor), "A tensor is due.")
        expect(got.shape == (x.shape[0], size, size), f"A crop should have shape ({x.shape[0]}, {size}, {size}); one has {tuple(got.shape)}.",
               shapes=(got.shape, (x.shape[0], size, size)))
        expect(got.dtype == x.dtype, "A crop should keep the picture's dtype.")
        place = table.get(got.contiguous().numpy().tobytes())
        if place is None and padding:
            expect(not (got != 0).all() or padding == 0, "No crop shows the padding: zeros belong around all four sides first.")
        expect(place is not None, "A crop is no window of the padded picture: one slice of rows and one of columns, zeros around all four sides.")
        seen.append(place)
    return seen, rows, columns


@check("RandomCrop", points=2, hint="torch.randint excludes its upper end: draw one of 0 ... H - size.")
def test_every_place(student):
    """cuts a square at every place where it fits, first and last row and column included, equally often"""
    for height, width, size, times in [(5, 6, 4, 400), (6, 5, 3, 800), (9, 2, 2, 500)]:
        x = torch.rand(3, height, width) + 0.1
        for seed in (1, None):
            found, unchanged, _ = crops(student, x, size, None, times, seed, 21)
            seen, rows, columns = places(found, x, size)
            expect(unchanged, "The picture that went in was changed.")
            expect(len(set(seen)) > 1, "All crops are from one place: draw it in each call.")
            tops, lefts = {r for r, _ in seen}, {c for _, c in seen}
            expect(max(tops) == rows - 1 and max(lefts) == columns - 1,
                   "The last row or column is never part of a crop: randint excludes its upper end.")
            expect(min(tops) == 0 and min(lefts) == 0, "The first row or column is never part of a crop.")
            expect(len(set(seen)) >= rows + columns or len(set(seen)) == rows * columns, "Row and column move together: draw them independently.")
            expect(len(set(seen)) == rows * columns, "Some places are never cut.")
            share = times / (rows * columns)
            most = max(seen.count(place) for place in set(seen))
            least = min(seen.count(place) for place in set(seen))
            expect(most < 2 * share and least > share / 3, "Some places are cut far more often than others.")


@check("RandomCrop", points=1, hint="F.pad(x, [padding] * 4) first; then the padded picture is all that matters.")
def test_pads_first(student):
    """pads with zeros on all four sides first, then cuts from the padded picture"""
    for height, width, size, padding in [(4, 5, 4, 1), (3, 3, 5, 2), (2, 4, 6, 2), (1, 1, 2, 1)]:
        x = torch.rand(2, height, width) + 0.1
        found, unchanged, _ = crops(student, x, size, padding, 500, 2, 22)
        seen, rows, columns = places(found, x, size, padding)
        expect(len(set(seen)) == rows * columns, "Some places of the padded picture are never cut: zeros belong on all four sides.")
        expect(unchanged, "The picture that went in was changed.")


@check("RandomCrop", points=1, hint="Compare size with both sides of the padded picture; equal still fits.")
def test_too_large(student):
    """raises ValueError when the square does not fit into the padded picture; one that just fits gives it whole"""
    x = torch.rand(3, 4, 4) + 0.1
    assert_equal(crops(student, x, 4, 0, 3, 3, 23)[0], torch.stack([x] * 3))
    assert_equal(crops(student, x, 6, 1, 3, None, 23)[0], torch.stack([F.pad(x, [1] * 4)] * 3))
    for height, width, size, padding in [(4, 4, 5, 0), (4, 9, 5, 0), (9, 4, 5, 0), (4, 4, 7, 1), (2, 30, 9, 3)]:
        with raises(ValueError, f"a square of {size} and a picture of {height} x {width} padded by {padding}"):
            crops(student, torch.rand(3, height, width), size, padding, 1, 3, 23)


@check("RandomCrop", points=1, hint="Both draws take generator=self.generator.")
def test_crop_draws_from_the_generator_alone(student):
    """draws from the generator alone when one is given, and goes on where it stands"""
    x = torch.rand(1, 12, 12)
    first, _, drew = crops(student, x, 3, 0, 40, 7, 100)
    seen, _, _ = places(first, x, 3)
    expect(len(set(seen)) > 5, "The places do not vary: draw from the generator in each call, and do not seed it there.")
    expect(not drew, "A global random state moved although a generator was given.")
    again, _, _ = crops(student, x, 3, 0, 40, 7, 101)
    expect(places(again, x, 3)[0] == seen,
           "The same generator gives other places when the global random state differs: both draws take the generator.")
    other, _, _ = crops(student, x, 3, 0, 40, 8, 100)
    expect(places(other, x, 3)[0] != seen, "Another seed of the generator gives the same places.")
    moved, _, _ = crops(student, x, 3, 0, 40, 7, 100, drawn=9)
    expect(places(moved, x, 3)[0] != seen, "The places do not go on where the generator stands: draw from the very generator that is given.")
    free = [places(crops(student, x, 3, 0, 40, None, state)[0], x, 3)[0] for state in (100, 101)]
    expect(free[0] != free[1], "Without a generator the places are the same whatever the global random state: None means torch's global state.")


# --------------------------------------------------------------------------------------------------- channel_statistics


@in_worker
class Pictures(Dataset):
    """A data set of the given pictures; each is handed out as a copy."""

    def __init__(self, pictures):
        self.pictures = pictures

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, index):
        return self.pictures[index].clone(), index % 2


@in_worker
def statistics_of(student, pictures):
    return student.channel_statistics(Pictures(pictures))


def judge_statistics(got, pictures):
    expect(isinstance(got, tuple | list) and len(got) == 2, "Two things are due: mean and std.")
    pixels = torch.cat([x.flatten(1) for x in pictures], dim=1).double()
    means = torch.stack([x.double().mean((1, 2)) for x in pictures])
    stds = torch.stack([x.double().flatten(1).std(1, correction=0) for x in pictures])
    mean, std = (as_vector(value, name) for value, name in zip(got, ("mean", "std"), strict=True))
    close = {"rtol": 1e-3, "atol": 2e-4}
    assert_close(mean, pixels.mean(1).float(), what="the mean", **close, mistakes={
        "This is the mean of the pictures' means: where sizes differ, small pictures weigh too much. Add up pixels instead.": means.mean(0).float(),
        "This is the mean over pictures of the sums.": lambda: torch.stack([x.sum((1, 2)) for x in pictures]).mean(0)})
    assert_close(std, pixels.std(1, correction=0).float(), what="the std", **close, mistakes={
        "This is the mean of the pictures' stds, which leaves out how the pictures differ from one another.": stds.mean(0).float(),
        "This divides by n - 1; the population's std divides by n.": pixels.std(1).float(),
        "This is the variance; take its root.": pixels.var(1, correction=0).float(),
        "This is the std of the pictures' means.": lambda: means.std(0, correction=0).float(),
        "One std for all channels came, not one for each.": pixels.std(correction=0).expand(3).float()})


def as_vector(value, name):
    """A tensor or a sequence of floats, as a float32 tensor."""
    if isinstance(value, list | tuple) and all(isinstance(v, float) or (isinstance(v, torch.Tensor) and v.dim() == 0) for v in value):
        value = torch.tensor([float(v) for v in value])
    expect(hasattr(value, "dtype") and hasattr(value, "shape"), f"The {name} should be a tensor of one number for each channel.")
    value = torch.as_tensor(value)
    expect(tuple(value.shape) == (3,), f"The {name} should have shape (3,), one number for each channel; it has {tuple(value.shape)}.")
    return value.float()


@check("channel_statistics", points=2, hint="Add up numbers of pixels, sums and sums of squares; divide at the end.")
def test_over_all_pixels(student):
    """gives each channel's mean and population std over all pixels, where sizes differ"""
    for shapes in ([(4, 6), (2, 3), (9, 9)], [(1, 1), (2, 1), (1, 2)], [(30, 40), (3, 3), (3, 3), (2, 2)]):
        spread = torch.tensor([0.2, 0.5, 0.9]).view(3, 1, 1)
        pictures = [(torch.rand(3, h, w) * 0.5 + 0.5 * torch.rand(3, 1, 1)) * spread for h, w in shapes]
        judge_statistics(statistics_of(student, pictures), pictures)


@check("channel_statistics", points=1, hint="The std of all pixels includes how pictures differ from each other.")
def test_pictures_of_one_colour(student):
    """measures all pictures together: flat pictures of different colours have a std; one flat picture has none"""
    pictures = [torch.rand(3, 1, 1).expand(3, 5, 5).contiguous() for _ in range(6)]
    judge_statistics(statistics_of(student, pictures), pictures)
    flat = [torch.tensor([0.25, 0.5, 0.75]).view(3, 1, 1).expand(3, 4, 7).contiguous()] * 2
    judge_statistics(statistics_of(student, flat), flat)
