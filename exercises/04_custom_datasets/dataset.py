# %% [markdown]
# # Dataset
#
# A `Dataset` answers two questions: how many samples, and what is sample i. Everything else (batches,
# shuffling, workers) is the loader's work, in 04_custom_datasets/loading. For pictures, sample i takes three
# steps:
#
# ```
# file --load_image--> RGB picture --image_to_tensor--> (3, H, W) float32 --transform--> for the model
# ```
#
# ## Reading a file
#
# `Image.open` reads the header only. The pixels are read when first needed, and that is when a truncated file
# fails: a file that opens is not yet a file that can be read.
#
# ```python
# with Image.open("datasets/earth_tiles/wild/truncated.png") as image:   # no error
#     image.size                                                         # (150, 97)
#     image.load()                                                       # OSError: image file is truncated
# ```
#
# The `with` closes the file. Without it a picture whose pixels were never read keeps its file open, and after
# about a thousand of them you meet `OSError: [Errno 24] Too many open files`.
#
# `image.mode` says what a pixel is:
#
# | mode | a pixel is | `convert("RGB")` |
# |---|---|---|
# | `L`, `1` | grey, black or white | repeats the value: right |
# | `P` | an index into a palette, not a colour | looks it up: right |
# | `CMYK` | four inks; not RGB plus alpha | computes the colour: right |
# | `RGBA`, `LA`, `P` with a transparent entry | colour and opacity | shows what was hidden |
# | `I;16` | grey, 16 bits | clips all above 255, so nearly everything is white: divide by 256 first |
#
# It is often said that `convert("RGB")` makes any picture safe. See `wild/rgba_round.png`: its corners are
# fully transparent, and `convert("RGB")` paints them magenta. Put such a picture on a background:
# `convert("RGBA")` makes every mode carry its opacity, and `Image.alpha_composite(background, image)` mixes
# two RGBA pictures of one size.
#
# Phones store a picture as the sensor saw it, and write into the EXIF data how to turn it.
# `ImageOps.exif_transpose(image)` turns it upright; `Image.open` does not.
#
# torchvision's `datasets.folder.default_loader(path)` opens and converts to RGB, and does nothing about
# transparency or EXIF.

# %%
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.utils.data import Dataset


# %% difficulty="hard" minutes=20
def load_image(path: Path) -> Image.Image:
    """Read a picture file of any mode as an RGB picture.

    Args:
        path: a picture file. Its contents decide what it is, not its suffix.

    Returns:
        The picture in mode RGB, all pixels read, the file closed again. Grey, palette and CMYK files are
        converted; transparency of any kind (an alpha channel, a transparent palette entry or colour) is put
        on white; a picture with an EXIF orientation is turned upright. Of an animated file it is the first
        frame.

    Raises:
        FileNotFoundError: there is no such file. The message names the path.
        ValueError: the file cannot be decoded to its end, for whatever reason. The message names the path.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     Image.new("LA", (2, 1), (0, 255)).save(Path(name, "black.png"))
    ...     Image.new("LA", (2, 1), (0, 0)).save(Path(name, "nothing.png"))
    ...     [load_image(Path(name, file)).getpixel((0, 0)) for file in ("black.png", "nothing.png")]
    [(0, 0, 0), (255, 255, 255)]
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## From picture to tensor
#
# PIL, NumPy and PyTorch order the axes in three ways. For a picture 150 wide and 97 high:
#
# | | | value |
# |---|---|---|
# | `image.size` | (width, height) | (150, 97) |
# | `np.array(image).shape` | (height, width, channel) | (97, 150, 3), uint8, 0 to 255 |
# | what a convolution takes | (channel, height, width) | (3, 97, 150), float32 |
#
# `permute` moves axes. `reshape` to the same shape raises nothing and scrambles the pixels; you met the
# difference in 00_fundamentals/shapes. On the tiles a trained network then drops from 0.91 to 0.55.
#
# If you see this error:
#
# - `expected input[1, 64, 64, 3] to have 3 channels, but got 64 channels instead`: the picture is still
#   (height, width, channel).
# - `Input type (unsigned char) and bias type (float) should be the same`: the picture is still uint8. Convert
#   it, and divide by 255: a network that was trained on [0, 1] is lost on 0 to 255.
#
# torchvision: `transforms.ToTensor()`, today `v2.ToImage()` and `v2.ToDtype(torch.float32, scale=True)`.

# %% difficulty="easy" minutes=10
def image_to_tensor(image: Image.Image) -> Tensor:
    """Turn an RGB picture into a tensor.

    Args:
        image: a picture of mode RGB, W wide and H high.

    Returns:
        float32 of shape (3, H, W): 0.0 for 0, 1.0 for 255.

    >>> image_to_tensor(Image.new("RGB", (4, 2), (255, 0, 51)))[:, 0, 0]
    tensor([1.0000, 0.0000, 0.2000])
    >>> image_to_tensor(Image.new("RGB", (4, 2))).shape
    torch.Size([3, 2, 4])
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## A Dataset of your own
#
# A class with `__len__` and `__getitem__`. Here is one over recordings instead of pictures:
#
# ```python
# class Recordings(Dataset):
#     def __init__(self, paths: list[Path]) -> None:
#         self.paths = paths                          # names only: cheap
#     def __len__(self) -> int:
#         return len(self.paths)
#     def __getitem__(self, index: int) -> Tensor:
#         return read_wave(self.paths[index])         # the work, when sample i is asked for
# ```
#
# What belongs where decides memory and speed. A set that reads all its files in `__init__` holds them all:
# the 200 tiles take 10 MB as float32, a million photos a terabyte. `__init__` lists, `__getitem__` reads.
#
# - `__getitem__` raises IndexError beyond the end. `for x, y in dataset` stops by it; without it, it never
#   stops.
# - A loader with workers sends the data set to other processes. Keep plain data in it: paths, numbers. An
#   open file or a lambda (`self.transform = transform or (lambda x: x)`) cannot be sent: `AttributeError:
#   Can't pickle local object 'PictureFolder.__init__.<locals>.<lambda>'`.
# - The label is an int, not the class's name. The loader makes a tensor of ints; of strings it makes a tuple.
#
# If you see this error:
#
# - `TypeError: object of type 'PictureFolder' has no len()`: the loader needs `__len__` to shuffle.
# - `stack expects each tensor to be equal size, but got [3, 97, 150] at entry 0 and [3, 64, 64] at entry 1`:
#   a batch holds pictures of one size. Resize them in the transform (04_custom_datasets/transforms), or pad
#   them (04_custom_datasets/loading).
#
# torchvision: `datasets.ImageFolder(root, transform)`. Its transform gets the PIL image, yours the tensor.

# %% difficulty="hard" minutes=20
class PictureFolder(Dataset):
    """A data set over a folder of pictures with one subfolder per class.

    Classes and files are those of 04_custom_datasets/folders: visible subfolders, sorted; .png, .jpg and
    .jpeg files of any case at any depth, hidden ones left out; samples sorted by class, then by path as text.

    Args:
        root: the folder.
        transform: None, or a callable that gets the (3, H, W) float32 tensor in [0, 1], anew each time a
            picture is asked for; what it returns is the sample's first part.

    Attributes:
        classes: the sorted class names.
        class_to_idx: dict from class name to its index.

    `len(data)` is the number of pictures. `data[i]` is (tensor, class index as an int); the picture is read
    at that moment, as load_image and image_to_tensor do it (write their lines here, or call yours). An index
    from len(data) on raises IndexError. The object can be pickled, so that a DataLoader can send it to its
    workers.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     for sub in ["owl", "lark"]:
    ...         Path(name, sub).mkdir()
    ...         Image.new("L", (5, 2), 255).save(Path(name, sub, "a.png"))
    ...     data = PictureFolder(Path(name), transform=lambda x: x.sum())
    ...     data.classes, len(data), data[1]
    (['lark', 'owl'], 2, (tensor(30.), 1))
    """

    def __init__(self, root: Path, transform: Callable[[Tensor], Tensor] | None = None) -> None:
        raise NotImplementedError("Your code here")

    def __len__(self) -> int:
        raise NotImplementedError("Your code here")

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        raise NotImplementedError("Your code here")
