"""Hidden checks of 04_custom_datasets/folders."""

import csv
from pathlib import PurePath

import torch

from autograder.checks import DATASETS, assert_equal, check, describe, expect, in_worker, raises

UNSORTED = "The names come in the order of the disk, which differs from machine to machine: sort them, then number them."


@in_worker
def plant(student, root, files, folders):
    """Write the files (relative path -> bytes) and empty folders, in the order given."""
    import shutil

    shutil.rmtree(root, ignore_errors=True)
    for name in folders:
        Path(root, name).mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        Path(root, name).parent.mkdir(parents=True, exist_ok=True)
        Path(root, name).write_bytes(data)


@in_worker
def classes_of(student, root, files, folders):
    plant(student, root, files, folders)
    return student.find_classes(Path(root))


@in_worker
def images_of(student, root, files, folders):
    plant(student, root, files, folders)
    return student.list_images(Path(root))


def shuffled(names):
    """The names in an unpredictable order that is not the sorted one."""
    names = list(names)
    while True:
        mixed = [names[i] for i in torch.randperm(len(names)).tolist()]
        if mixed != sorted(names) and mixed != sorted(names, reverse=True):
            return mixed


def numbered(names):
    return {name: index for index, name in enumerate(names)}


# ------------------------------------------------------------------------------------------------------- find_classes


def judge_classes(got, names, mistakes=()):
    """`got` is (names, numbers); mistakes are pairs (message, list of names)."""
    expect(isinstance(got, tuple | list) and len(got) == 2, f"Two things are due, the list of names and the dict; this is {describe(got)}.")
    found, numbers = got
    if isinstance(found, list | tuple) and all(isinstance(name, str) for name in found):
        for message, wrong in mistakes:
            expect(list(found) != wrong, message)
        if sorted(found) == sorted(names):
            expect(list(found) == names, UNSORTED)
    assert_equal(found, names, what="classes")
    assert_equal(numbers, numbered(names), what="class_to_idx", mistakes={
        "The dict leads from index to name; it should lead from name to index.": dict(enumerate(names)),
        "Class ids begin at 0.": {name: index + 1 for index, name in enumerate(names)}})


@check("find_classes", points=2, hint="Sort the names before you number them.")
def test_sorts_and_numbers_the_subfolders(student):
    """gives the subfolders' names in sorted order and numbers them from 0"""
    names = ["apple_pie", "beet", "crepe", "donut", "eggs", "falafel", "gnocchi", "hummus"]
    for round_ in range(2):
        names = sorted([*names, f"dish_{int(torch.randint(10**6, ()))}"])  # a name that nobody knows beforehand
        mixed = shuffled(names)
        got = classes_of(student, f"menu{round_}", {f"{name}/1.png": b"x" for name in mixed}, mixed)
        judge_classes(got, names)
    # Upper-case letters come before lower-case ones, and 10 before 9, as in any sort of text.
    names = ["10", "9", "Zebra", "ant", "été"]
    judge_classes(classes_of(student, "mixed", {f"{name}/1.png": b"x" for name in shuffled(names)}, []), names)


@check("find_classes", points=1, hint="path.is_dir() tells folders from files; names that begin with a dot are hidden.")
def test_hidden_folders_and_files_are_no_classes(student):
    """ignores hidden folders, files beside the classes and folders inside them; keeps empty folders"""
    folders = ["steak", "pizza", "empty", "_extra", ".ipynb_checkpoints", "pizza/inner", "v1.2"]
    files = {"steak/1.jpg": b"x", "pizza/inner/2.jpg": b"x", "readme.txt": b"x", "cover.png": b"x", "LICENSE": b"x", ".git/config": b"x",
             ".DS_Store": b"x"}
    names = ["_extra", "empty", "pizza", "steak", "v1.2"]
    judge_classes(classes_of(student, "hidden", files, folders), names, mistakes=[
        ("A hidden folder (its name begins with a dot) is no class.", sorted([*names, ".git", ".ipynb_checkpoints"])),
        ("Files lie beside the class folders: only folders are classes.", sorted([*names, "readme.txt", "cover.png", "LICENSE"])),
        ("An empty folder is a class, too.", ["pizza", "steak"]),
        ("A folder inside a class folder is no class.", sorted([*names, "inner"])),
        ("A dot inside a name does not make a file of it: ask is_dir().", names[:-1]),
        ("Only a dot hides a folder; one that begins with _ is a class.", names[1:])])


@check("find_classes", points=1, hint="Test whether the list is empty before you return it.")
def test_no_classes_is_an_error(student):
    """raises FileNotFoundError where there is no visible subfolder"""
    judge_classes(classes_of(student, "one", {"only/1.png": b"x"}, []), ["only"])
    with raises(FileNotFoundError, "a root with files and a hidden folder, but without a class folder"):
        classes_of(student, "bare", {"a.png": b"x", ".hidden/b.png": b"x"}, [])
    with raises(FileNotFoundError, "an empty root"):
        classes_of(student, "void", {}, ["."])


# -------------------------------------------------------------------------------------------------------- list_images


def judge_images(got, root, want, mistakes=()):
    """`want`: pairs (path below root as text, class index); mistakes: pairs (message, predicate on the found names)."""
    expect(isinstance(got, list), f"A list is due; this is {describe(got)}.")
    pairs = []
    for item in got:
        expect(isinstance(item, tuple | list) and len(item) == 2, f"Each item is a pair (path, class index); one is {describe(item)}.")
        path, label = item
        expect(isinstance(path, PurePath), f"The first part of each pair is a Path; one is {describe(path)}.")
        expect(isinstance(label, int) and not isinstance(label, bool), "The second part of each pair is the class's index, an int"
               + (", not its name." if isinstance(label, str) else f"; one is {describe(label)}."))
        parts = path.parts
        expect(root in parts, "The paths do not lead into the given folder: keep the folder in front of each file's name.")
        at = len(parts) - 1 - parts[::-1].index(root)
        pairs.append(("/".join(parts[at + 1:]), label))
    names, wanted = [name for name, _ in pairs], [name for name, _ in want]
    for message, wrong in mistakes:
        expect(not wrong(names), message)
    expect(len(names) == len(set(names)), "A file is listed twice.")
    expect(not set(wanted) - set(names), "Pictures are missing from the list.")
    expect(not set(names) - set(wanted), "The list holds files that are no pictures of a class.")
    expect(dict(pairs) == dict(want), "A picture has the wrong class: the index counts the sorted names of all visible class folders.")
    expect(names == wanted, "The right pictures with the right classes, in the wrong order: by class, then by the path as text.")


def in_order(files, classes):
    """The reference order of relative names."""
    return [(name, label) for label, kind in enumerate(classes) for name in sorted(n for n in files if n.startswith(kind + "/"))]


@check("list_images", points=2, hint="Number the sorted class folders, and sort the files of each.")
def test_lists_pictures_with_their_class(student):
    """lists every picture with its class index, by class, then by path"""
    classes = ["beet", "crepe", "pizza", "steak"]
    for round_ in range(2):
        unforeseen = f"p{int(torch.randint(10**6, ()))}"
        names = [f"{kind}/{stem}{suffix}" for kind in classes for stem in ("001", "017", "2", "b", "n3", unforeseen)
                 for suffix in (".png", ".jpg", ".jpeg")]
        mixed = [names[i] for i in torch.randperm(len(names)).tolist()]
        got = images_of(student, f"food{round_}", {name: b"x" for name in mixed}, shuffled(classes))
        judge_images(got, f"food{round_}", in_order(names, classes))


@check("list_images", points=1, hint="Compare path.suffix.lower(), and look at the first character of the name.")
def test_takes_suffixes_of_any_case_and_nothing_else(student):
    """takes .png, .jpg and .jpeg in any case, ignores every other and every hidden file"""
    pictures = ["owl/A.PNG", "owl/b.Jpg", "owl/c.JPEG", "owl/d.v2.png", "owl/e f.jpeg", "zoo/lion.png"]
    others = ["owl/notes.txt", "owl/pngs", "owl/fakepng", "owl/x.png.bak", "owl/y.jpg.txt", "owl/z.gif", "owl/w.webp", "owl/no_suffix", "owl/jpg",
              "owl/v.jp", "owl/u.jpgx"]
    hidden = ["owl/._A.PNG", "owl/.hidden.jpg", "zoo/.png"]
    files = dict.fromkeys(pictures + others + hidden + ["cover.png", ".thumbs/a.png"], b"x")
    got = images_of(student, "birds", {name: b"x" for name in shuffled(files)}, [])
    judge_images(got, "birds", in_order(pictures, ["owl", "zoo"]), mistakes=[
        ("A hidden file (its name begins with a dot) is no picture.", lambda names: set(names) & set(hidden)),
        ("A file directly in root belongs to no class.", lambda names: "cover.png" in names),
        ("A hidden folder is no class.", lambda names: ".thumbs/a.png" in names),
        ("Files of other kinds are listed: the suffix, and that alone, decides.", lambda names: set(names) & set(others)),
        ("Pictures with an upper-case suffix are missing.", lambda names: set(pictures) - set(names) and "owl/A.PNG" not in names)])


@check("list_images", points=1, hint="rglob goes to every depth; sorted(..., key=str) compares paths as text.")
def test_goes_to_any_depth_in_order_of_text(student):
    """finds pictures at any depth, sorted by the whole path as text, also where a class is empty"""
    pictures = ["b/day-2/x.png", "b/day/x.png", "b/day/deep/er/still/x.jpg", "b/day.png", "b/Zoo.png", "b/10.png", "b/9.png", "d/k.png", "d/a/z.png"]
    got = images_of(student, "depths", {name: b"x" for name in shuffled(pictures)}, ["a", "c"])
    judge_images(got, "depths", in_order(pictures, ["a", "b", "c", "d"]), mistakes=[
        ("Only pictures directly in the class folder are listed; they may lie at any depth below it.",
         lambda names: names and not any(name.count("/") > 1 for name in names)),
        ("Only some depths are searched: a picture may lie any number of folders down.",
         lambda names: any(name.count("/") > 1 for name in names) and "b/day/deep/er/still/x.jpg" not in names)])


@check("list_images", points=1, hint="Decide by the names alone; whether a file can be read shows later.")
def test_lists_a_wild_folder(student):
    """lists a folder as the world delivers it, broken pictures included, without opening them"""
    with (DATASETS / "earth_tiles" / "wild.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    classes = ["coast", "desert", "forest", "grassland", "unknown"]
    files = {f"{row['label'] or 'unknown'}/{row['file']}": (DATASETS / "earth_tiles" / "wild" / row["file"]).read_bytes() for row in rows}
    listed = [name for name in files if name.lower().endswith((".png", ".jpg", ".jpeg")) and not PurePath(name).name.startswith(".")]
    got = images_of(student, "wild", {name: files[name] for name in shuffled(files)}, [])
    broken = {"unknown/truncated.jpg", "unknown/truncated.png", "unknown/empty.png", "unknown/text.png", "unknown/error_page.jpg"}
    judge_images(got, "wild", in_order(listed, classes), mistakes=[
        ("Broken pictures are left out: list them all, reading them is another step.", lambda names: names and broken - set(names)),
        ("The hidden companion file of another system is listed.", lambda names: any("._" in name for name in names)),
        ("The upper-case suffix .JPG is missed.", lambda names: names and not any(name.endswith("UPPER.JPG") for name in names))])
