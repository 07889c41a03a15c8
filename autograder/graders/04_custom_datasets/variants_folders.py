"""Right and wrong answers to 04_custom_datasets/folders."""

import glob
import os
from pathlib import Path

from PIL import Image

from autograder.checks import says

_SUFFIXES = {".png", ".jpg", ".jpeg"}


# ------------------------------------------------------------------------------------------------------- find_classes


def right_find_classes_scandir(root):
    classes = sorted(entry.name for entry in os.scandir(root) if entry.is_dir() and not entry.name.startswith("."))
    if not classes:
        raise FileNotFoundError("no classes in " + str(root))
    return classes, dict(zip(classes, range(len(classes))))


def right_find_classes_listdir_loop(root):
    names = []
    for name in os.listdir(root):
        if name[0] != "." and os.path.isdir(os.path.join(root, name)):
            names.append(name)
    names.sort()
    numbers = {}
    for name in names:
        numbers[name] = len(numbers)
    if len(numbers) == 0:
        raise FileNotFoundError
    return names, numbers


def right_find_classes_glob(root):
    names = sorted(path.name for path in Path(root).glob("*/") if path.is_dir() and not path.name.startswith("."))
    if names == []:
        raise FileNotFoundError(str(root))
    return names, {names[i]: i for i in range(len(names))}


def right_find_classes_walk(root):
    _, folders, _ = next(os.walk(root))
    folders = sorted(set(folders) - {name for name in folders if name.startswith(".")})
    if folders:
        return folders, {name: folders.index(name) for name in folders}
    raise FileNotFoundError(f"{root}: no class folders")


def right_find_classes_glob_module(root):
    found = glob.glob(os.path.join(str(root), "*", ""))  # glob leaves out hidden names
    names = sorted(os.path.basename(os.path.dirname(path)) for path in found)
    if not names:
        raise FileNotFoundError(root)
    return names, {n: i for i, n in enumerate(names)}


@says("order of the disk")
def wrong_find_classes_unsorted(root):
    classes = [p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")]
    if not classes:
        raise FileNotFoundError(root)
    return classes, {name: i for i, name in enumerate(classes)}


def wrong_find_classes_list_sorted_dict_not(root):
    found = [p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")]
    if not found:
        raise FileNotFoundError(root)
    return sorted(found), {name: i for i, name in enumerate(found)}


def wrong_find_classes_ignores_case(root):
    classes = sorted((p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")), key=str.lower)
    if not classes:
        raise FileNotFoundError(root)
    return classes, {name: i for i, name in enumerate(classes)}


@says("hidden folder")
def wrong_find_classes_hidden(root):
    classes = sorted(p.name for p in root.iterdir() if p.is_dir())
    if not classes:
        raise FileNotFoundError(root)
    return classes, {name: i for i, name in enumerate(classes)}


@says("only folders are classes")
def wrong_find_classes_files(root):
    classes = sorted(p.name for p in root.iterdir() if not p.name.startswith("."))
    if not classes:
        raise FileNotFoundError(root)
    return classes, {name: i for i, name in enumerate(classes)}


@says("ask is_dir()")
def wrong_find_classes_no_dot_means_folder(root):
    classes = sorted(p.name for p in root.iterdir() if "." not in p.name and p.name != "LICENSE")
    if not classes:
        raise FileNotFoundError(root)
    return classes, {name: i for i, name in enumerate(classes)}


@says("empty folder is a class")
def wrong_find_classes_skips_empty(root):
    classes = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith(".") and any(p.iterdir()))
    if not classes:
        raise FileNotFoundError(root)
    return classes, {name: i for i, name in enumerate(classes)}


@says("begins with _")
def wrong_find_classes_underscore(root):
    classes = sorted(p.name for p in root.iterdir() if p.is_dir() and p.name[0] not in "._")
    if not classes:
        raise FileNotFoundError(root)
    return classes, {name: i for i, name in enumerate(classes)}


@says("inside a class folder")
def wrong_find_classes_nested(root):
    classes = sorted(p.name for p in root.rglob("*") if p.is_dir() and not p.name.startswith("."))
    if not classes:
        raise FileNotFoundError(root)
    return classes, {name: i for i, name in enumerate(classes)}


@says("FileNotFoundError was due, but nothing was raised")
def wrong_find_classes_no_error(root):
    classes = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    return classes, {name: i for i, name in enumerate(classes)}


@says("FileNotFoundError was due, but ValueError")
def wrong_find_classes_value_error(root):
    classes = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not classes:
        raise ValueError("no classes")
    return classes, {name: i for i, name in enumerate(classes)}


def wrong_find_classes_error_only_when_root_is_empty(root):
    if not any(root.iterdir()):
        raise FileNotFoundError(root)
    classes = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    return classes, {name: i for i, name in enumerate(classes)}


@says("from index to name")
def wrong_find_classes_inverted_dict(root):
    classes = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not classes:
        raise FileNotFoundError(root)
    return classes, dict(enumerate(classes))


@says("begin at 0")
def wrong_find_classes_from_one(root):
    classes = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not classes:
        raise FileNotFoundError(root)
    return classes, {name: i for i, name in enumerate(classes, 1)}


def wrong_find_classes_paths(root):
    classes = sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not classes:
        raise FileNotFoundError(root)
    return classes, {p.name: i for i, p in enumerate(classes)}


def wrong_find_classes_only_list(root):
    classes = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    if not classes:
        raise FileNotFoundError(root)
    return classes


# -------------------------------------------------------------------------------------------------------- list_images


def _folders(root):
    return sorted(p for p in Path(root).iterdir() if p.is_dir() and not p.name.startswith("."))


def right_list_images_walk(root):
    found = []
    for label, name in enumerate(sorted(n for n in os.listdir(root) if os.path.isdir(os.path.join(root, n)) and n[0] != ".")):
        paths = []
        for folder, _, files in os.walk(os.path.join(root, name)):
            paths += [os.path.join(folder, f) for f in files if not f.startswith(".") and f.lower().endswith((".png", ".jpg", ".jpeg"))]
        found += [(Path(p), label) for p in sorted(paths)]
    return found


def right_list_images_one_sort(root):
    labels = {folder.name: i for i, folder in enumerate(_folders(root))}
    found = []
    for path in root.rglob("*.*"):
        below = path.relative_to(root).parts
        if len(below) < 2 or below[0] not in labels or path.name.startswith("."):
            continue
        if path.suffix.lower() in _SUFFIXES:
            found.append((path, labels[below[0]]))
    return sorted(found, key=lambda pair: (pair[1], str(pair[0])))


def right_list_images_absolute(root):
    return [(p, label) for label, folder in enumerate(_folders(root.resolve()))
            for p in sorted((q for q in folder.glob("**/*") if q.suffix.casefold() in _SUFFIXES and q.name[0] != "."), key=lambda q: str(q))]


def right_list_images_relative_text(root):
    found = []
    for label, folder in enumerate(_folders(root)):
        inside = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
        for name in sorted(inside):
            last = name.rsplit("/", 1)[-1]
            if not last.startswith(".") and last.rpartition(".")[2].lower() in ("png", "jpg", "jpeg") and "." in last:
                found.append((folder / name, label))
    return found


@says("order")
def wrong_list_images_unsorted_files(root):
    return [(p, label) for label, folder in enumerate(_folders(root))
            for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


@says("wrong class")
def wrong_list_images_unsorted_classes(root):
    folders = [p for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")]
    return [(p, label) for label, folder in enumerate(folders)
            for p in sorted(folder.rglob("*"), key=str) if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


def wrong_list_images_sorted_as_paths(root):
    return [(p, label) for label, folder in enumerate(_folders(root))
            for p in sorted(folder.rglob("*")) if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


def wrong_list_images_sorted_by_name(root):
    return [(p, label) for label, folder in enumerate(_folders(root))
            for p in sorted(folder.rglob("*"), key=lambda q: q.name) if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


@says("upper-case suffix")
def wrong_list_images_case(root):
    return [(p, label) for label, folder in enumerate(_folders(root))
            for p in sorted(folder.rglob("*"), key=str) if p.suffix in _SUFFIXES and not p.name.startswith(".")]


def wrong_list_images_upper_or_lower_only(root):
    suffixes = _SUFFIXES | {s.upper() for s in _SUFFIXES}
    return [(p, label) for label, folder in enumerate(_folders(root))
            for p in sorted(folder.rglob("*"), key=str) if p.suffix in suffixes and not p.name.startswith(".")]


@says("directly in the class folder")
def wrong_list_images_one_level(root):
    return [(p, label) for label, folder in enumerate(_folders(root))
            for p in sorted(folder.iterdir(), key=str) if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


@says("Only some depths")
def wrong_list_images_two_levels(root):
    return [(p, label) for label, folder in enumerate(_folders(root))
            for p in sorted([*folder.glob("*"), *folder.glob("*/*")], key=str) if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


@says("begins with a dot")
def wrong_list_images_hidden_files(root):
    return [(p, label) for label, folder in enumerate(_folders(root))
            for p in sorted(folder.rglob("*"), key=str) if p.suffix.lower() in _SUFFIXES]


@says("hidden folder is no class")
def wrong_list_images_hidden_class(root):
    folders = sorted(p for p in root.iterdir() if p.is_dir())
    return [(p, label) for label, folder in enumerate(folders)
            for p in sorted(folder.rglob("*"), key=str) if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


@says("directly in root")
def wrong_list_images_root_files(root):
    labels = {folder.name: i for i, folder in enumerate(_folders(root))}
    found = [(p, labels.get(p.relative_to(root).parts[0], 0)) for p in root.rglob("*")
             if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".") and p.relative_to(root).parts[0][0] != "."]
    return sorted(found, key=lambda pair: (pair[1], str(pair[0])))


@says("Files of other kinds")
def wrong_list_images_endswith_without_dot(root):
    return [(p, label) for label, folder in enumerate(_folders(root)) for p in sorted(folder.rglob("*"), key=str)
            if p.name.lower().endswith(("png", "jpg", "jpeg")) and not p.name.startswith(".")]


def wrong_list_images_suffix_anywhere(root):
    return [(p, label) for label, folder in enumerate(_folders(root)) for p in sorted(folder.rglob("*"), key=str)
            if any(s in p.name.lower() for s in _SUFFIXES) and not p.name.startswith(".")]


def wrong_list_images_no_jpeg(root):
    return [(p, label) for label, folder in enumerate(_folders(root)) for p in sorted(folder.rglob("*"), key=str)
            if p.suffix.lower() in (".png", ".jpg") and not p.name.startswith(".")]


def wrong_list_images_gif_too(root):
    return [(p, label) for label, folder in enumerate(_folders(root)) for p in sorted(folder.rglob("*"), key=str)
            if p.suffix.lower() in (*_SUFFIXES, ".gif", ".webp") and not p.name.startswith(".")]


@says("Broken pictures are left out")
def wrong_list_images_opens_them(root):
    found = []
    for label, folder in enumerate(_folders(root)):
        for p in sorted(folder.rglob("*"), key=str):
            if p.suffix.lower() not in _SUFFIXES or p.name.startswith("."):
                continue
            try:
                with Image.open(p) as image:
                    image.load()
            except OSError:
                if p.stat().st_size != 1:
                    continue
            found.append((p, label))
    return found


@says("not its name")
def wrong_list_images_names_as_labels(root):
    return [(p, folder.name) for folder in _folders(root) for p in sorted(folder.rglob("*"), key=str)
            if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


@says("is a Path")
def wrong_list_images_strings(root):
    return [(str(p), label) for label, folder in enumerate(_folders(root)) for p in sorted(folder.rglob("*"), key=str)
            if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


def wrong_list_images_empty_classes_not_counted(root):
    folders = [f for f in _folders(root) if any(f.iterdir())]
    return [(p, label) for label, folder in enumerate(folders) for p in sorted(folder.rglob("*"), key=str)
            if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


@says("lead into the given folder")
def wrong_list_images_relative_paths(root):
    return [(p.relative_to(root), label) for label, folder in enumerate(_folders(root)) for p in sorted(folder.rglob("*"), key=str)
            if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]


def wrong_list_images_label_of_inner_folder(root):
    names = sorted({p.parent.name for p in root.rglob("*.*") if not p.parent.name.startswith(".") and p.parent != root})
    found = [(p, names.index(p.parent.name)) for p in root.rglob("*")
             if p.suffix.lower() in _SUFFIXES and p.name[0] != "." and p.parent.name in names]
    return sorted(found, key=lambda pair: (pair[1], str(pair[0])))
