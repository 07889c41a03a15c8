# %% [markdown]
# # Folders
#
# Most picture data sets are a folder per class. The folder's name is the label; no table is needed.
#
# ```
# datasets/earth_tiles/train/
#     coast/r06c05.png ...        50 files
#     desert/...   forest/...   grassland/...
# ```
#
# A network answers with class ids, not with names, so the names must be numbered, always the same way: sort
# them and count. `os.listdir`, `Path.iterdir` and `glob` give names in whatever order the disk keeps them. It
# often looks sorted on your machine and is not on the next one. Then `desert` is class 1 here and class 3
# there, and a saved model answers nonsense without any error.
#
# torchvision's `datasets.ImageFolder(root)` does what this topic and 04_custom_datasets/dataset build; its
# `classes` and `class_to_idx` mean the same as yours.
#
# ## Paths
#
# `pathlib.Path` does the work. Say you keep recordings, one folder per bird:
#
# ```python
# root = Path("birds")
# path = root / "owl" / "Night.WAV"
# path.name, path.stem, path.suffix      # "Night.WAV", "Night", ".WAV": the suffix has its dot and its case
# path.suffix.lower() == ".wav"          # True
# [p for p in root.iterdir() if p.is_dir()]   # one level: the folders; files and folders come mixed
# list(root.rglob("*"))                       # every level, files and folders
# ```
#
# A name that begins with a dot is hidden: `.git`, `.ipynb_checkpoints`, or `._Night.WAV`, which another
# system leaves beside `Night.WAV`. Hidden folders are no classes.
#
# If you see this error:
#
# - `FileNotFoundError: [Errno 2] No such file or directory: 'datasets/earth_tiles/train'`: a relative path
#   counts from the folder that Python was started in, not from your file. Start from the course's top folder.

# %%
from pathlib import Path


# %% difficulty="easy" minutes=10
def find_classes(root: Path) -> tuple[list[str], dict[str, int]]:
    """Name and number the classes of a picture folder.

    Args:
        root: a folder. Its subfolders are the classes, empty ones too. Files in it and hidden folders (the
            name begins with a dot) are none.

    Returns:
        (the classes' names, sorted as text; a dict from name to index in that list).

    Raises:
        FileNotFoundError: where there are no classes.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     for sub in ["steak", "pizza", ".cache"]:
    ...         Path(name, sub).mkdir()
    ...     find_classes(Path(name))
    (['pizza', 'steak'], {'pizza': 0, 'steak': 1})
    """
    raise NotImplementedError("Your code here")


# %% [markdown]
# ## What a folder really holds
#
# Look into `datasets/earth_tiles/wild/` before you trust any folder:
#
# | file | trouble |
# |---|---|
# | `UPPER.JPG` | the suffix is not `.jpg` for a program that compares text |
# | `nested/deeper.png` | one folder down |
# | `._wide.png` | hidden companion file, no picture in it |
# | `notes.txt` | no picture |
# | `no_suffix`, `modern.webp` | pictures, but not by one of the suffixes we agree on |
# | `truncated.jpg`, `empty.png`, `text.png` | right suffix, broken contents |
#
# The last row is not a matter of listing: whether a file can be read shows when it is read, and the next
# topic deals with it. A listing that opened every file would take minutes on a large set.
#
# Sort the files too. Their order decides which picture has which index, hence every seeded split and shuffle.
# "As text" means `sorted(paths, key=str)`. Plain `sorted(paths)` compares folder by folder, which is another
# order:
#
# | as text (`key=str`) | folder by folder |
# |---|---|
# | `owl/night-2/a.wav` | `owl/night/b.wav` |
# | `owl/night/b.wav` | `owl/night-2/a.wav` |

# %% difficulty="medium" minutes=15
def list_images(root: Path) -> list[tuple[Path, int]]:
    """List the picture files of all classes with their class index.

    A class is a subfolder of root that is not hidden; classes are numbered in sorted order, empty ones too. A
    picture is a file at any depth of a class folder whose suffix is .png, .jpg or .jpeg in any case and whose
    name does not begin with a dot. Everything else is ignored: other suffixes, files directly in root, hidden
    ones. No file is opened, so broken pictures are listed like others.

    Args:
        root: a folder with one subfolder per class.

    Returns:
        Pairs (path, class index), sorted by class, then by path as text.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     for file in ["owl/b.png", "owl/a.txt", "lark/deep/x.JPG", "readme.png"]:
    ...         Path(name, file).parent.mkdir(parents=True, exist_ok=True)
    ...         Path(name, file).touch()
    ...     [(path.name, label) for path, label in list_images(Path(name))]
    [('x.JPG', 0), ('b.png', 1)]
    """
    raise NotImplementedError("Your code here")
