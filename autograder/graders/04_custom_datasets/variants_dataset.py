"""Right and wrong answers to 04_custom_datasets/dataset."""

import glob
import io
import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError
from torch.utils.data import Dataset

from autograder.checks import says

# --------------------------------------------------------------------------------------------------------- load_image


def right_load_image_paste(path):
    if not os.path.exists(path):
        raise FileNotFoundError(f"no file {path}")
    try:
        image = Image.open(path)
        image.load()
    except Exception as error:
        raise ValueError(f"cannot decode {path}") from error
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGB", rgba.size, (255, 255, 255))
        white.paste(rgba, mask=rgba.getchannel("A"))
        return white
    return image.convert("RGB")


def right_load_image_numpy(path):
    try:
        with open(path, "rb") as file:
            data = io.BytesIO(file.read())
        with Image.open(data) as image:
            array = np.asarray(ImageOps.exif_transpose(image.convert("RGBA"))).astype(float)
    except FileNotFoundError as error:
        raise FileNotFoundError(str(path)) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ValueError(str(path)) from error
    opacity = array[..., 3:] / 255
    return Image.fromarray(np.rint(array[..., :3] * opacity + 255 * (1 - opacity)).astype(np.uint8))


def right_load_image_composite_first(path):
    try:
        with Image.open(path) as image:
            image.load()
            image = ImageOps.exif_transpose(image)
            background = Image.new("RGBA", image.size, (255, 255, 255, 255))
            background.alpha_composite(image.convert("RGBA"))
            return background.convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ValueError(f"{Path(path).name} is broken") from error


def right_load_image_own_rotation(path):
    turns = {2: [0], 3: [3], 4: [1], 5: [5], 6: [4], 7: [6], 8: [2]}
    try:
        with Image.open(path) as image:
            orientation = image.getexif().get(274, 1)
            image = image.convert("RGBA")
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"{path}: {error!r}")
    for turn in turns.get(orientation, []):
        image = image.transpose(turn)
    white = Image.new("RGBA", image.size, "white")
    return Image.composite(image, white, image.getchannel("A")).convert("RGB")


def _read(path):
    try:
        with Image.open(path) as file:
            return ImageOps.exif_transpose(file).convert("RGBA")
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"{path} cannot be decoded: {error}") from error


def _on_white(image):
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


@says("drops the opacity")
def wrong_load_image_convert_rgb(path):
    try:
        with Image.open(path) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(str(path)) from error


@says("became black")
def wrong_load_image_on_black(path):
    image = _read(path)
    return Image.alpha_composite(Image.new("RGBA", image.size, "black"), image).convert("RGB")


def wrong_load_image_only_rgba_mode(path):
    with_alpha = False
    try:
        with Image.open(path) as file:
            image = ImageOps.exif_transpose(file)
            with_alpha = image.mode == "RGBA"
            image = image.convert("RGBA" if with_alpha else "RGB")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(str(path)) from error
    return _on_white(image) if with_alpha else image


def wrong_load_image_forgets_palette_transparency(path):
    try:
        with Image.open(path) as file:
            image = ImageOps.exif_transpose(file)
            image.load()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(str(path)) from error
    return _on_white(image.convert("RGBA")) if image.mode in ("RGBA", "LA") else image.convert("RGB")


@says("partly transparent")
def wrong_load_image_hard_edge(path):
    image = _read(path)
    array = np.array(image.convert("RGB"))
    array[np.array(image)[..., 3] == 0] = 255
    return Image.fromarray(array)


def wrong_load_image_colour_key_missed(path):
    try:
        with Image.open(path) as file:
            image = ImageOps.exif_transpose(file)
            image.load()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(str(path)) from error
    clear = image.mode in ("RGBA", "LA") or image.mode == "P" and "transparency" in image.info
    return _on_white(image.convert("RGBA")) if clear else image.convert("RGB")


@says("orientation is ignored")
def wrong_load_image_no_exif(path):
    try:
        with Image.open(path) as file:
            image = file.convert("RGBA")
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(str(path)) from error
    return _on_white(image)


def wrong_load_image_only_orientation_6(path):
    try:
        with Image.open(path) as file:
            turn = {3: 180, 6: 270, 8: 90}.get(file.getexif().get(274), 0)
            image = file.convert("RGBA").rotate(turn, expand=True)
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(str(path)) from error
    return _on_white(image)


@says("nothing was raised")
def wrong_load_image_accepts_truncated(path):
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        return _on_white(_read(path))
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


@says("truncated")
def wrong_load_image_load_outside_try(path):
    try:
        image = Image.open(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(str(path)) from error
    return _on_white(ImageOps.exif_transpose(image).convert("RGBA"))


def wrong_load_image_os_error(path):
    with Image.open(path) as file:
        return _on_white(ImageOps.exif_transpose(file).convert("RGBA"))


@says("does not name the path")
def wrong_load_image_message_without_path(path):
    try:
        return _on_white(_read(path))
    except ValueError:
        raise ValueError("this picture is broken") from None


@says("ValueError was raised")
def wrong_load_image_missing_is_value_error(path):
    try:
        return _on_white(_read(path))
    except FileNotFoundError:
        raise ValueError(f"{path} cannot be read") from None


@says("does not name the path")
def wrong_load_image_missing_without_path(path):
    if not Path(path).exists():
        raise FileNotFoundError("no such file")
    return _on_white(_read(path))


@says("still open")
def wrong_load_image_lazy(path):
    try:
        image = Image.open(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(str(path)) from error
    if image.mode == "RGB" and image.getexif().get(274, 1) == 1:
        return image
    try:
        return _on_white(ImageOps.exif_transpose(image).convert("RGBA"))
    except OSError as error:
        raise ValueError(str(path)) from error


@says("left to the garbage collector")
def wrong_load_image_own_file_object(path):
    file = open(path, "rb")
    try:
        image = Image.open(file)
        image = ImageOps.exif_transpose(image).convert("RGBA")
    except Exception as error:
        raise ValueError(str(path)) from error
    return _on_white(image)


@says("mode RGBA")
def wrong_load_image_rgba(path):
    image = _read(path)
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)


@says("Red and blue")
def wrong_load_image_bgr(path):
    return Image.fromarray(np.array(_on_white(_read(path)))[..., ::-1].copy())


@says("PIL image is due")
def wrong_load_image_array(path):
    return np.array(_on_white(_read(path)))


def wrong_load_image_by_suffix(path):
    if Path(path).suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise ValueError(f"{path} is no picture")
    return _on_white(_read(path))


def wrong_load_image_none_for_broken(path):
    try:
        return _on_white(_read(path))
    except ValueError:
        return None


def wrong_load_image_grey_for_all(path):
    return _on_white(_read(path)).convert("L").convert("RGB")


# ---------------------------------------------------------------------------------------------------- image_to_tensor


def right_image_to_tensor_transpose(image):
    array = np.asarray(image, dtype=np.float32) / 255
    return torch.tensor(array.transpose(2, 0, 1))


def right_image_to_tensor_getdata(image):
    return torch.stack([torch.tensor(list(band.tobytes())).reshape(image.height, image.width) for band in image.split()]) / 255


def right_image_to_tensor_movedim(image):
    return torch.as_tensor(np.array(image)).movedim(-1, 0).div(255).contiguous()


def right_image_to_tensor_frombuffer(image):
    flat = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    return flat.view(image.height, image.width, 3).permute(2, 0, 1).to(torch.float32).mul_(1 / 255)


@says("channels first")
def wrong_image_to_tensor_hwc(image):
    return torch.from_numpy(np.array(image)).float() / 255


@says("reshape recounts")
def wrong_image_to_tensor_reshape(image):
    return torch.from_numpy(np.array(image)).reshape(3, image.height, image.width).float() / 255


@says("divide by 255")
def wrong_image_to_tensor_unscaled(image):
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float()


@says("uint8")
def wrong_image_to_tensor_uint8(image):
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)


@says("float64")
def wrong_image_to_tensor_double(image):
    return torch.from_numpy(np.array(image) / 255).permute(2, 0, 1)


@says("swapped")
def wrong_image_to_tensor_width_first(image):
    return torch.from_numpy(np.array(image)).permute(2, 1, 0).float() / 255


def wrong_image_to_tensor_t(image):
    return torch.from_numpy(np.array(image).T.copy()).float() / 255


@says("own maximum")
def wrong_image_to_tensor_max(image):
    x = torch.from_numpy(np.array(image)).permute(2, 0, 1).float()
    return x / x.max().clamp(min=1)


@says("not by 256")
def wrong_image_to_tensor_256(image):
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 256


@says("Red and blue")
def wrong_image_to_tensor_bgr(image):
    return torch.from_numpy(np.array(image)[..., ::-1].copy()).permute(2, 0, 1).float() / 255


@says("in integers")
def wrong_image_to_tensor_integer_division(image):
    return (torch.from_numpy(np.array(image)).permute(2, 0, 1) // 255).float()


def wrong_image_to_tensor_batch(image):
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 255


def wrong_image_to_tensor_scales_only_if_bright(image):
    x = torch.from_numpy(np.array(image)).permute(2, 0, 1).float()
    return x / 255 if x.max() > 1 else x


@says("picture itself was changed")
def wrong_image_to_tensor_paints(image):
    x = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
    image.paste((1, 2, 3), (0, 0, image.width, image.height))
    return x


# ------------------------------------------------------------------------------------------------------ PictureFolder


def _load(path):
    return _on_white(_read(path))


def _tensor(image):
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255


def _list(root):
    folders = sorted(p for p in Path(root).iterdir() if p.is_dir() and not p.name.startswith("."))
    return [f.name for f in folders], [
        (p, label) for label, f in enumerate(folders) for p in sorted(f.rglob("*"), key=str)
        if p.suffix.lower() in (".png", ".jpg", ".jpeg") and not p.name.startswith(".")]


class right_PictureFolder_calls_own(Dataset):
    def __init__(self, root, transform=None):
        self.classes, self.class_to_idx = find_classes_(root)
        self.paths, self.labels = [], []
        for path, label in _list(root)[1]:
            self.paths.append(path)
            self.labels.append(label)
        self.transform = transform

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        x = image_to_tensor(load_image(self.paths[index]))
        if self.transform is not None:
            x = self.transform(x)
        return x, self.labels[index]


def _find(root):
    names = _list(root)[0]
    return names, {name: i for i, name in enumerate(names)}


find_classes_ = _find


class right_PictureFolder_convert_rgb(torch.utils.data.Dataset):
    def __init__(self, root, transform=None):
        self.root = os.path.abspath(root)
        self.transform = transform
        self.classes = sorted(n for n in os.listdir(root) if not n.startswith(".") and os.path.isdir(os.path.join(root, n)))
        self.files = []
        for name in self.classes:
            for folder, folders, files in os.walk(os.path.join(self.root, name)):
                folders.sort()
                self.files += [(os.path.join(folder, f), name) for f in sorted(files)
                               if f[0] != "." and os.path.splitext(f)[1].lower() in (".png", ".jpg", ".jpeg")]
        self.files.sort(key=lambda pair: (pair[1], pair[0]))

    @property
    def class_to_idx(self):
        return dict(zip(self.classes, range(len(self.classes))))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        if not 0 <= index < len(self):
            raise IndexError(index)
        path, name = self.files[index]
        with Image.open(path) as image:
            x = torch.tensor(np.array(image.convert("RGB")), dtype=torch.float32).permute(2, 0, 1) / 255
        return (self.transform(x) if self.transform else x), self.class_to_idx[name]


class right_PictureFolder_caches(Dataset):
    def __init__(self, root, transform=None):
        super().__init__()
        self.classes, self.samples = _list(root)
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        self.transform, self.cache = transform, {}

    def __getitem__(self, i):
        path, label = self.samples[i]
        if path not in self.cache:
            self.cache[path] = _tensor(_load(path))
        x = self.cache[path].clone()
        return x if self.transform is None else self.transform(x), label

    def __len__(self):
        return len(self.samples)


class right_PictureFolder_identity_function(Dataset):
    def __init__(self, root, transform=None):
        self.classes, self.samples = _list(root)
        self.class_to_idx = dict(map(reversed, enumerate(self.classes)))
        self.transform = transform or _same

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        return self.transform(_tensor(_load(path))), label


def _same(x):
    return x


class _Base(Dataset):
    """A right one, for the wrong ones to spoil."""

    def __init__(self, root, transform=None):
        self.classes, self.samples = _list(root)
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        self.transform = transform

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        x = _tensor(_load(path))
        return (x if self.transform is None else self.transform(x)), label


@says("order of the disk")
class wrong_PictureFolder_unsorted_classes(_Base):
    def __init__(self, root, transform=None):
        folders = [p for p in Path(root).iterdir() if p.is_dir() and not p.name.startswith(".")]
        self.classes = [f.name for f in folders]
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        self.samples = [(p, i) for i, f in enumerate(folders) for p in sorted(f.rglob("*")) if p.suffix.lower() in (".png", ".jpg", ".jpeg")]
        self.transform = transform


@says("order of the disk")
class wrong_PictureFolder_unsorted_files(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.samples = [(p, self.class_to_idx[name]) for name in self.classes for p in Path(root, name).rglob("*")
                        if p.suffix.lower() in (".png", ".jpg", ".jpeg") and p.name[0] != "."]


@says("label is a text")
class wrong_PictureFolder_string_labels(_Base):
    def __getitem__(self, index):
        x, label = super(type(self), self).__getitem__(index)
        return x, self.classes[label]


class wrong_PictureFolder_tensor_labels(_Base):
    def __getitem__(self, index):
        x, label = super(type(self), self).__getitem__(index)
        return x, torch.tensor(label)


@says("read when the data set is built")
class wrong_PictureFolder_eager(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.pictures = []
        for path, _ in self.samples:
            try:
                self.pictures.append(_tensor(_load(path)))
            except ValueError:
                self.pictures.append(None)

    def __getitem__(self, index):
        path, label = self.samples[index]
        x = self.pictures[index]
        x = _tensor(_load(path)) if x is None else x
        return (x if self.transform is None else self.transform(x)), label


class wrong_PictureFolder_eager_fails(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.pictures = [_tensor(_load(path)) for path, _ in self.samples]

    def __getitem__(self, index):
        x, label = self.pictures[index], self.samples[index][1]
        return (x if self.transform is None else self.transform(x)), label


@says("list by name")
class wrong_PictureFolder_skips_broken(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        kept = []
        for path, label in self.samples:
            try:
                _load(path)
                kept.append((path, label))
            except ValueError:
                pass
        self.samples = kept


@says("without a word")
class wrong_PictureFolder_passes_over_broken(_Base):
    def __getitem__(self, index):
        try:
            return super().__getitem__(index)
        except ValueError:
            return super().__getitem__((index + 1) % len(self))


@says("got a PIL image")
class wrong_PictureFolder_transforms_pil(_Base):
    def __getitem__(self, index):
        path, label = self.samples[index]
        image = _load(path)
        if self.transform is not None:
            try:
                return self.transform(image), label
            except TypeError:
                return self.transform(_tensor(image)), label
        return _tensor(image), label


@says("thrown away")
class wrong_PictureFolder_forgets_transform(_Base):
    def __getitem__(self, index):
        path, label = self.samples[index]
        x = _tensor(_load(path))
        if self.transform is not None:
            self.transform(x)
        return x, label


@says("anew each time")
class wrong_PictureFolder_caches_transformed(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.cache = {}

    def __getitem__(self, index):
        if index not in self.cache:
            self.cache[index] = super(type(self), self).__getitem__(index)
        return self.cache[index]


class wrong_PictureFolder_needs_transform(_Base):
    def __getitem__(self, index):
        path, label = self.samples[index]
        return self.transform(_tensor(_load(path))), label


class wrong_PictureFolder_batch_of_one(_Base):
    def __getitem__(self, index):
        path, label = self.samples[index]
        x = _tensor(_load(path))[None]
        return (x if self.transform is None else self.transform(x)), label


@says("cannot be pickled")
class wrong_PictureFolder_lambda(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.transform = transform or (lambda x: x)


@says("cannot be pickled")
class wrong_PictureFolder_open_files(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.log = open(os.path.join(str(root), "log.txt"), "a")


@says("index")
class wrong_PictureFolder_wraps_round(_Base):
    def __getitem__(self, index):
        if index >= 10 * len(self):
            raise IndexError(index)
        return super(type(self), self).__getitem__(index % len(self))


class wrong_PictureFolder_key_error(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.samples = dict(enumerate(self.samples))


class wrong_PictureFolder_no_len(Dataset):
    def __init__(self, root, transform=None):
        self.classes, self.samples = _list(root)
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        self.transform = transform

    def __getitem__(self, index):
        path, label = self.samples[index]
        x = _tensor(_load(path))
        return (x if self.transform is None else self.transform(x)), label


class wrong_PictureFolder_counts_all_files(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.samples = [(p, self.class_to_idx[name]) for name in self.classes for p in sorted(Path(root, name).rglob("*")) if p.is_file()]


class wrong_PictureFolder_png_only(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.samples = [(Path(p), self.class_to_idx[name]) for name in self.classes for p in sorted(glob.glob(f"{root}/{name}/*.png"))]


@says("hidden folder")
class wrong_PictureFolder_hidden_class(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        self.classes = sorted(p.name for p in Path(root).iterdir() if p.is_dir())
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        self.samples = [(p, self.class_to_idx[name]) for name in self.classes for p in sorted(Path(root, name).rglob("*"))
                        if p.suffix.lower() in (".png", ".jpg", ".jpeg") and p.name[0] != "."]


class wrong_PictureFolder_keeps_mode(_Base):
    def __getitem__(self, index):
        path, label = self.samples[index]
        with Image.open(path) as image:
            array = np.array(image)
        x = torch.from_numpy(array if array.ndim == 3 else array[..., None]).permute(2, 0, 1).float() / 255
        return (x if self.transform is None else self.transform(x)), label


@says("from 0 to 255")
class wrong_PictureFolder_unscaled(_Base):
    def __getitem__(self, index):
        path, label = self.samples[index]
        x = _tensor(_load(path)) * 255
        return (x if self.transform is None else self.transform(x)), label


class wrong_PictureFolder_len_of_classes(_Base):
    def __len__(self):
        return len(self.classes)


class wrong_PictureFolder_no_class_to_idx(_Base):
    def __init__(self, root, transform=None):
        super().__init__(root, transform)
        del self.class_to_idx
