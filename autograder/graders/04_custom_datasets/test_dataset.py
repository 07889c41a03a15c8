"""Hidden checks of 04_custom_datasets/dataset."""

import csv
import io

import numpy as np
import torch
from PIL import Image, ImageOps

from autograder.checks import (
    DATASETS,
    StudentError,
    assert_close,
    assert_equal,
    check,
    expect,
    fail,
    in_worker,
    is_stub,
    raises,
)

WILD = DATASETS / "earth_tiles" / "wild"


@in_worker
def plant(student, root, files):
    """Write the files (relative path -> bytes) in the order given."""
    import shutil

    shutil.rmtree(root, ignore_errors=True)
    Path(root).mkdir(parents=True)
    for name, data in files.items():
        Path(root, name).parent.mkdir(parents=True, exist_ok=True)
        Path(root, name).write_bytes(data)


def encoded(image, kind="PNG", **options):
    """The bytes of a picture file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def pixels(height, width, channels=3):
    """Hidden uint8 pixels (height, width, channels), smooth enough for JPEG."""
    coarse = torch.randint(0, 256, (1, channels, 3, 3)).float()
    fine = torch.nn.functional.interpolate(coarse, size=(height, width), mode="bilinear", align_corners=True)
    return fine[0].permute(1, 2, 0).round().byte().numpy()


def noise(height, width, channels=3):
    """Hidden uint8 pixels, each drawn on its own."""
    return torch.randint(0, 256, (height, width, channels), dtype=torch.uint8).numpy()


# --------------------------------------------------------------------------------------------------------- load_image


@in_worker
def as_data(student, image):
    is_image = isinstance(image, Image.Image)
    return {"is_image": is_image, "what": type(image).__name__, "mode": image.mode if is_image else None,
            "pixels": np.array(image) if is_image else None}


@in_worker
def loaded(student, files):
    """Load each file; what came back, as data."""
    plant(student, "pictures", files)
    return {name: as_data(student, student.load_image(Path("pictures", name))) for name in files}


def judge_picture(found, want, what, atol=2, mistakes=()):
    """`found` is one entry of `loaded`; `want` the RGB pixels; a level or two of rounding is fine."""
    expect(found["is_image"], f"A PIL image is due; a {found['what']} came.")
    expect(found["mode"] == "RGB", f"{what}: the picture has mode {found['mode']}; RGB is due whatever the file's mode.")
    got = np.asarray(found["pixels"])
    for message, wrong in mistakes:
        expect(not same_picture(got, wrong, atol) or same_picture(want, wrong, atol), message)
    expect(got.shape == want.shape, f"{what}: the picture has another size than it should.")
    expect(same_picture(got, want, atol), f"{what}: the picture has the right size, but not the right colours.")


def same_picture(a, b, atol):
    return a.shape == b.shape and a.dtype == b.dtype and bool((np.abs(a.astype(int) - b.astype(int)) <= atol).all())


@check("load_image", points=1, hint="convert(\"RGB\") knows grey, palette and CMYK; open by contents, not by suffix.")
def test_converts_every_mode(student):
    """gives RGB for grey, black-and-white, palette, CMYK and opaque RGBA files of any size, whatever their suffix"""
    rgb = {name: Image.fromarray(pixels(h, w)) for name, h, w in [("rgb", 9, 14), ("palette", 8, 8), ("cmyk", 16, 16), ("rgba", 5, 7)]}
    grey = Image.fromarray(pixels(6, 11, 1)[..., 0])
    pictures = {
        "rgb.png": rgb["rgb"], "grey.png": grey, "bilevel.png": grey.convert("1"), "grey_alpha.png": grey.convert("LA"),
        "palette.png": rgb["palette"].quantize(12), "opaque.png": rgb["rgba"].convert("RGBA"), "tiny.png": Image.fromarray(pixels(1, 1)),
    }
    files = {name: encoded(image) for name, image in pictures.items()}
    files |= {"cmyk.jpg": encoded(rgb["cmyk"].convert("CMYK"), "JPEG"), "rgb.JPG": encoded(rgb["cmyk"], "JPEG"), "grey.jpeg": encoded(grey, "JPEG"),
              "png_named.jpg": encoded(rgb["rgb"]), "no_suffix": encoded(rgb["rgb"]), "still.gif": encoded(rgb["palette"].quantize(12), "GIF")}
    for name, found in loaded(student, files).items():
        want = np.array(Image.open(io.BytesIO(files[name])).convert("RGB"))
        mistakes = [("Red and blue are swapped: PIL gives RGB, OpenCV gives BGR.", want[..., ::-1])] if name.startswith("rgb") else []
        judge_picture(found, want, name, mistakes=mistakes)


@check("load_image", points=1, hint="Convert to RGBA first, whatever the mode; then mix with a white picture of that size.")
def test_puts_transparency_on_white(student):
    """puts transparency of any kind on white: alpha channels, half-transparent pixels, transparent palette entries and colours"""
    colour, grey = noise(6, 9), noise(6, 9, 1)[..., 0]
    steps = torch.tensor([0, 255, 128, 40, 200]).byte().numpy()
    alpha = steps[torch.randint(0, 5, (6, 9)).numpy()]
    alpha[0, :5] = steps
    key = tuple(int(value) for value in colour[2, 3])
    palette = Image.fromarray(pixels(8, 8)).quantize(6)
    files = {
        "rgba.png": encoded(Image.fromarray(np.dstack([colour, alpha]))),
        "grey_alpha.png": encoded(Image.merge("LA", [Image.fromarray(grey), Image.fromarray(alpha)])),
        "palette_entry.png": encoded(palette, transparency=int(np.array(palette)[0, 0])),
        "palette_many.png": encoded(palette, transparency=bytes([0, 255, 128])),
        "palette.gif": encoded(palette, "GIF", transparency=int(np.array(palette)[0, 0])),
        "colour_key.png": encoded(Image.fromarray(colour), transparency=key),
        "grey_key.png": encoded(Image.fromarray(grey), transparency=int(grey[2, 3])),
    }
    for name, found in loaded(student, files).items():
        opened = Image.open(io.BytesIO(files[name]))
        rgba = opened.convert("RGBA")

        def on(background, rgba=rgba):
            return np.array(Image.alpha_composite(Image.new("RGBA", rgba.size, background), rgba).convert("RGB"))

        uncovered = np.array(rgba.convert("RGB"))
        thick = uncovered.copy()
        thick[np.array(rgba)[..., 3] == 0] = 255
        judge_picture(found, on("white"), name, mistakes=[
            ("convert(\"RGB\") drops the opacity and shows the colours that were hidden under it.", uncovered),
            ("The transparent parts became black; they belong on white.", on("black")),
            ("Pixels that are partly transparent are mixed with white in that proportion; only the fully transparent ones are white here.", thick)])


@check("load_image", points=1, hint="ImageOps.exif_transpose knows all eight orientations; use it before you convert.")
def test_turns_upright(student):
    """turns a picture upright by its EXIF orientation, for each of the eight values"""
    files = {}
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        files[f"phone{orientation}.jpg"] = encoded(Image.fromarray(pixels(24, 40)), "JPEG", exif=exif)
    files["camera.jpg"] = encoded(Image.fromarray(pixels(24, 40)), "JPEG")
    for name, found in loaded(student, files).items():
        opened = Image.open(io.BytesIO(files[name]))
        want = np.array(ImageOps.exif_transpose(opened).convert("RGB"))
        judge_picture(found, want, name, mistakes=[
            ("The EXIF orientation is ignored: the picture lies as the sensor saw it.", np.array(opened.convert("RGB"))),
            ("The picture is turned the wrong way round.", np.rot90(want, 2)),
            ("The picture is turned twice.", np.array(ImageOps.exif_transpose(with_orientation(want, opened)))),
            ("The picture is mirrored.", want[:, ::-1])])


def with_orientation(array, opened):
    image = Image.fromarray(array)
    image.info["exif"] = opened.info.get("exif", b"")
    return image


@in_worker
def still_open(student, files):
    """Files that are open after each load while its picture is kept, and those a garbage collection had to close."""
    def count():
        number = 0
        for descriptor in range(256):
            try:
                os.fstat(descriptor)
                number += 1
            except OSError:
                pass
        return number

    plant(student, "closing", files)
    found = {}
    for name in files:
        before = count()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            image = student.load_image(Path("closing", name))
            after = count()
        unclosed = any(issubclass(warning.category, ResourceWarning) for warning in caught)
        Path("closing", name).unlink()
        found[name] = {**as_data(student, image), "extra": after - before, "unclosed": unclosed}
    return found


@check("load_image", points=1, hint="`with Image.open(path) as image:` closes the file; read the pixels inside it.")
def test_closes_the_file(student):
    """has read all pixels and closed the file when it returns"""
    colour = Image.fromarray(pixels(12, 10))
    frames = [Image.fromarray(pixels(8, 8)).quantize(8) for _ in range(2)]
    files = {"a.png": encoded(colour), "b.jpg": encoded(colour, "JPEG"), "grey.png": encoded(colour.convert("L")),
             "two_frames.gif": encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])}
    try:
        found = still_open(student, files)
    except StudentError as error:
        if error.kind == "raised" and not is_stub(error) and ("closed" in error.message
                or "FileNotFoundError" in error.types or "seek" in error.message):
            fail("The picture's pixels are read only after the file is gone: Image.open reads the header alone; read the rest before you close.")
        raise
    for name, one in found.items():
        judge_picture(one, np.array(Image.open(io.BytesIO(files[name])).convert("RGB")), name)
        expect(one["extra"] <= 0, f"{name}: the file is still open after the call.")
        expect(not one["unclosed"] or name == "two_frames.gif", f"{name}: the file is never closed; it was left to the garbage collector.")


@in_worker
def load_one(student, name, data):
    plant(student, "one", {} if data is None else {name: data})
    return as_data(student, student.load_image(Path("one", name)))


def names_path(student, expected, name, data, wrong):
    """The call raises `expected`, and its message names the file."""
    message = None
    with raises(expected, wrong):
        try:
            load_one(student, name, data)
        except StudentError as error:
            message = error.message
            raise
    expect(message is not None and name in message, f"{wrong}: the right error, but its message does not name the path.")


@check("load_image", points=1, hint="FileNotFoundError comes by itself if you do not catch it; it names the path.")
def test_missing_file(student):
    """raises FileNotFoundError that names the path when there is no such file, and reads the file when there is"""
    data = encoded(Image.fromarray(pixels(4, 6)))
    judge_picture(load_one(student, "there.png", data), np.array(Image.open(io.BytesIO(data))), "there.png")
    names_path(student, FileNotFoundError, "nowhere_to_be_found.png", None, "a file that does not exist")


@check("load_image", points=2, hint="Read the pixels inside the try: truncated files open, and fail only then.")
def test_broken_files(student):
    """raises ValueError that names the path for a file that cannot be decoded to its end, truncated ones included"""
    picture = Image.fromarray(noise(40, 50))
    good = {"good.png": encoded(picture), "good.jpg": encoded(picture, "JPEG")}
    for name, found in loaded(student, good).items():
        judge_picture(found, np.array(Image.open(io.BytesIO(good[name]))), name)
    broken = {name: (WILD / name).read_bytes() for name in ["truncated.jpg", "truncated.png", "empty.png", "text.png", "error_page.jpg"]}
    broken["half.png"] = good["good.png"][: len(good["good.png"]) // 2]
    broken["most.jpg"] = good["good.jpg"][: len(good["good.jpg"]) * 3 // 4]
    for name, data in broken.items():
        kind = {"empty.png": "an empty file", "text.png": "a text file called .png", "error_page.jpg": "a web page called .jpg"}.get(name)
        names_path(student, ValueError, name, data, kind or f"a truncated {name[-3:].upper()} (it opens, and fails when its pixels are read)")


@check("load_image", points=1, hint="Open the files of datasets/earth_tiles/wild one by one, and look at what you get.")
def test_reads_the_wild_folder(student):
    """reads every picture of a folder as the world delivers it"""
    with (DATASETS / "earth_tiles" / "wild.csv").open(newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["kind"] in ("image", "other")]
    files = {row["file"]: (WILD / row["file"]).read_bytes() for row in rows}
    for name, found in loaded(student, files).items():
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(files[name])))
        if image.mode.startswith("I"):  # 16 bits: how they are brought down to 8 is left open
            expect(found["is_image"] and found["mode"] == "RGB" and np.asarray(found["pixels"]).shape == (image.height, image.width, 3),
                   f"{name}: a picture of mode RGB and of the file's size is due.")
            continue
        rgba = image.convert("RGBA")
        want = np.array(Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB"))
        judge_picture(found, want, name)


# ---------------------------------------------------------------------------------------------------- image_to_tensor


@in_worker
def tensor_of(student, array):
    image = Image.fromarray(array)
    x = student.image_to_tensor(image)
    return x, np.array(image)


def judge_tensor(got, array):
    x = torch.from_numpy(array.copy())
    want = x.permute(2, 0, 1).float() / 255
    height, width = array.shape[:2]
    if isinstance(got, torch.Tensor):
        expect(tuple(got.shape) != (height, width, 3) or height == 3,
               "The tensor is still (H, W, C); PyTorch's layers want the channels first: permute(2, 0, 1).")
        expect(got.dtype != torch.float64, "The tensor is float64; model weights are float32.")
        expect(got.dtype != torch.uint8, "The tensor is still uint8 from 0 to 255: convert with .float() and divide by 255.")
    assert_close(got, want, atol=1e-6, rtol=0, mistakes={
        "The values run from 0 to 255; divide by 255.": want * 255,
        "Shape right, pixels mixed: reshape recounts the pixels, permute moves the axes.": lambda: x.reshape(3, height, width).float() / 255,
        "Shape right, pixels mixed: reshape recounts the pixels; permute moves the axes. (And divide by 255.)":
            lambda: x.reshape(3, height, width).float(),
        "Height and width are swapped: image.size is (width, height), the array's shape (height, width, 3).": want.transpose(1, 2),
        "Red and blue are swapped.": want.flip(0),
        "Divide by 255, not by 256: white is 1.0.": want * 255 / 256,
        "Values around 0 were made; [0, 1] is due.": want * 2 - 1,
        "All values are 0: the division came before the conversion to float, in integers.": torch.zeros_like(want)})


@check("image_to_tensor", points=2, hint="np.array(image) is (H, W, 3) and uint8: move the axes, convert, divide.")
def test_colours_in_place(student):
    """puts the colours first and keeps each pixel in its place, float32 in [0, 1]"""
    for height, width in [(5, 8), (8, 5), (6, 6), (1, 1), (3, 7), (7, 3), (64, 64)]:
        array = noise(height, width)
        got, _ = tensor_of(student, array)
        judge_tensor(got, array)


@check("image_to_tensor", points=1, hint="0 becomes 0.0, 255 becomes 1.0, whatever else the picture holds.")
def test_scale_does_not_depend_on_the_picture(student):
    """maps 0 to 0.0 and 255 to 1.0 in dark and pale pictures alike, and leaves the picture as it was"""
    for array in [noise(4, 5) // 8, 200 + noise(4, 5) // 8, np.full((2, 3, 3), 255, np.uint8), np.zeros((2, 3, 3), np.uint8), noise(3, 4) % 2]:
        got, after = tensor_of(student, array)
        expect(isinstance(got, torch.Tensor), "A tensor is due.")
        if got.is_floating_point() and got.numel() and array.min() != array.max():
            expect(not (abs(float(got.max()) - 1) < 1e-6 and array.max() < 200), "The picture's own maximum became 1: divide by 255 always.")
        judge_tensor(got, array)
        expect(np.array_equal(after, array), "The picture itself was changed.")


# ------------------------------------------------------------------------------------------------------ PictureFolder


@in_worker
def whole_folder(student, root, files):
    """Plant a folder and read the data set from end to end."""
    plant(student, root, files)
    data = student.PictureFolder(Path(root))
    items = [data[i] for i in range(len(data))]
    return {"classes": list(data.classes), "class_to_idx": dict(data.class_to_idx), "len": len(data), "items": items,
            "is_dataset": isinstance(data, Dataset)}


def as_tensor(data):
    image = Image.open(io.BytesIO(data)).convert("RGB")
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255


def judge_item(item, want, label):
    expect(isinstance(item, tuple | list) and len(item) == 2, "A sample is a pair (tensor, class index).")
    x, found = item
    expect(not isinstance(found, str), "The label is a text: strings make no batch; give the class's index.")
    expect(isinstance(found, int) and not isinstance(found, bool), "The label is the class's index, a Python int.")
    expect(isinstance(x, torch.Tensor), "The first part of a sample is a tensor.")
    assert_close(x, want, rtol=0, atol=0.009, what="the picture", mistakes={
        "The picture is (H, W, C); PyTorch wants (C, H, W).": want.permute(1, 2, 0),
        "The picture's values run from 0 to 255; [0, 1] is due.": want * 255})
    expect(found == label, "The label is not the index of the picture's class among the sorted class names.")


def folder_files(classes):
    """Files of a data set in an unpredictable order; no two pictures and no two names alike."""
    files = {f"{kind}/{stem}{kind}.png": encoded(Image.fromarray(noise(4, 6))) for kind in classes for stem in ("01", "02", "17", "b", "k")}
    names = list(files)
    return {names[i]: files[names[i]] for i in torch.randperm(len(names)).tolist()}


@check("PictureFolder", points=2, hint="Sort the class folders, number them, and sort the files of each.")
def test_samples_and_classes(student):
    """gives each picture with its class index, in sorted order, with classes, class_to_idx and len"""
    classes = ["beet", "crepe", "donut", "pizza", "steak"]
    files = folder_files(classes)
    found = whole_folder(student, "menu", files)
    expect(sorted(found["classes"]) != classes or found["classes"] == classes,
           "The classes are in the order of the disk: sort their names, beet 0, crepe 1, and so on.")
    assert_equal(found["classes"], classes, what="classes")
    assert_equal(found["class_to_idx"], {name: i for i, name in enumerate(classes)}, what="class_to_idx", mistakes={
        "class_to_idx leads from index to name; it should lead from name to index.": dict(enumerate(classes))})
    expect(found["len"] == len(files), "len() of the data set is not the number of its pictures.")
    expect(found["is_dataset"], "The class should be a torch.utils.data.Dataset.")
    wanted = [(as_tensor(files[name]), classes.index(name.split("/")[0])) for name in sorted(files)]
    # Another order of the same samples gets a message of its own.
    sums = [round(float(x.double().sum()), 3) for x, _ in wanted]
    got = [round(float(item[0].double().sum()), 3) if isinstance(item, tuple | list) and len(item) == 2 and isinstance(item[0], torch.Tensor)
           and item[0].is_floating_point() else None for item in found["items"]]
    expect(got == sums or None in got or sorted(got) != sorted(sums), "The samples come in the order of the disk: sort by class, then by path.")
    for item, (x, label) in zip(found["items"], wanted, strict=True):
        judge_item(item, x, label)


@check("PictureFolder", points=1, hint="The same files as list_images, read as load_image and image_to_tensor do it.")
def test_files_of_all_kinds(student):
    """takes .png, .jpg and .jpeg of any case, mode and size, at any depth, and no other or hidden files"""
    colour = [Image.fromarray(pixels(h, w)) for h, w in [(5, 9), (16, 8), (3, 3), (7, 7), (8, 12), (6, 5)]]
    pictures = {
        "a/1.png": encoded(colour[0]), "a/2.JPG": encoded(colour[1], "JPEG"), "a/3.Jpeg": encoded(colour[2], "JPEG"),
        "b/4.PNG": encoded(colour[3].convert("L")), "b/deep/er/5.png": encoded(colour[4].quantize(9)), "c/6.png": encoded(colour[5].convert("RGBA"))}
    others = {"a/notes.txt": b"x", "a/._1.png": b"x", "a/z.gif": encoded(colour[0], "GIF"), "cover.png": encoded(colour[0]),
            ".cache/1.png": encoded(colour[0])}
    found = whole_folder(student, "kinds", {**others, **pictures})
    assert_equal(found["classes"], ["a", "b", "c"], what="classes", mistakes={"A hidden folder is no class.": [".cache", "a", "b", "c"]})
    expect(found["len"] == len(pictures), f"This folder holds {len(pictures)} pictures of a class; len() says {found['len']}.")
    for item, name in zip(found["items"], pictures, strict=True):
        judge_item(item, as_tensor(pictures[name]), "abc".index(name[0]))


@in_worker
def transformed(student, root, files):
    plant(student, root, files)
    seen = []

    def shrink(x):
        seen.append((type(x).__name__, tuple(getattr(x, "shape", ())), str(getattr(x, "dtype", ""))))
        return x[:, ::2, 1:].contiguous() * 0.5

    data = student.PictureFolder(Path(root), transform=shrink)
    before = len(seen)
    items = [data[0], data[1], data[0]]
    plain = student.PictureFolder(Path(root))[1]
    return {"items": items, "plain": plain, "seen": seen, "early": before}


@check("PictureFolder", points=1, hint="Make the tensor first, then apply the transform if there is one; return what it returns.")
def test_applies_the_transform(student):
    """hands the (3, H, W) tensor to the transform each time, and gives what comes back; without one, the tensor"""
    files = {"a/1.png": encoded(Image.fromarray(noise(4, 6))), "b/2.png": encoded(Image.fromarray(noise(4, 6)))}
    found = transformed(student, "moved", files)
    expect(len(found["seen"]) >= 3, "The transform ran fewer times than pictures were asked for: apply it anew each time, random ones differ.")
    expect(all(kind == "Tensor" for kind, _, _ in found["seen"]), "The transform got a PIL image; here it gets the tensor.")
    expect(all(shape == (3, 4, 6) for _, shape, _ in found["seen"]), "The transform got no (3, H, W) tensor.")
    expect(all(dtype == "torch.float32" for _, _, dtype in found["seen"]), "The transform got a tensor that is not float32.")
    names = list(files)
    for item, index in zip(found["items"], (0, 1, 0), strict=True):
        x = as_tensor(files[names[index]])
        judge_transformed(item, x, x[:, ::2, 1:] * 0.5, index)
    judge_item(found["plain"], as_tensor(files[names[1]]), 1)


def judge_transformed(item, x, want, label):
    if isinstance(item, tuple | list) and len(item) == 2 and isinstance(item[0], torch.Tensor):
        expect(item[0].shape != x.shape or not torch.allclose(item[0].float(), x, atol=0.01), "The transform's result was thrown away.")
    judge_item(item, want, label)


@in_worker
def swapped(student, root, first, second):
    """Build the data set, ask for the broken pictures, then mend the folder under it, then read."""
    plant(student, root, first)
    data = student.PictureFolder(Path(root))
    length = len(data)
    passed_over = False
    for i in range(1, length):
        try:
            data[i]
            passed_over = True
        except Exception:
            pass
    for name, content in second.items():
        Path(root, name).write_bytes(content)
    return length, [data[i] for i in range(length)], passed_over


@check("PictureFolder", points=1, hint="Keep paths in __init__; open a file in __getitem__ alone.")
def test_reads_when_asked(student):
    """reads a picture when it is asked for, not before: a broken file does no harm until then"""
    first = {"a/1.png": encoded(Image.fromarray(noise(4, 5))), "a/2.png": b"",
            "b/3.png": (WILD / "truncated.png").read_bytes(), "b/4.png": b"no picture"}
    second = {name: encoded(Image.fromarray(noise(5, 4))) for name in first}
    length, items, passed_over = swapped(student, "lazy", first, second)
    expect(length == 4, "Files that cannot be read yet are missing: list by name, read later.")
    for item, name in zip(items, first, strict=True):
        if isinstance(item, tuple | list) and isinstance(item[0], torch.Tensor) and name == "a/1.png":
            expect(tuple(item[0].shape) != (3, 4, 5), "The pictures are read when the data set is built; read each when it is asked for.")
        judge_item(item, as_tensor(second[name]), "ab".index(name[0]))
    expect(not passed_over, "A broken picture was asked for, and something else came back without a word: let load_image's ValueError through.")


@in_worker
def beyond(student, root, files, index):
    plant(student, root, files)
    data = student.PictureFolder(Path(root))
    good = data[2]
    if index is None:
        return good, [label for _, label in data]
    return good, data[index]


@check("PictureFolder", points=1, hint="A list raises IndexError by itself; do not wrap the index round or catch the error.")
def test_index_out_of_range(student):
    """raises IndexError for an index from len on, so that a for loop over it ends"""
    files = {f"{kind}/{stem}.png": encoded(Image.fromarray(noise(3, 4))) for kind in "ab" for stem in "12"}
    good, labels = beyond(student, "ends", files, None)
    judge_item(good, as_tensor(files["b/1.png"]), 1)
    expect(labels == [0, 0, 1, 1], "A for loop over the data set should give each sample once.")
    for index in (4, 5, 400, -5):
        with raises(IndexError, f"index {index} of a data set of 4 pictures"):
            beyond(student, "ends", files, index)


@in_worker
def batches(student, root, files, workers):
    """What a loader gives, over the data set itself and over one that was pickled as for a worker process."""
    import pickle

    plant(student, root, files)
    data = student.PictureFolder(Path(root))
    direct = [batch for batch in DataLoader(data, batch_size=4, num_workers=workers)]
    problem = None
    try:
        copied = pickle.loads(pickle.dumps(data))
        sent = [batch for batch in DataLoader(copied, batch_size=4)]
        again = pickle.loads(pickle.dumps(student.PictureFolder(Path(root), transform=nn.Identity())))
        turned = again[0]
    except Exception as error:
        problem, sent, turned = f"{type(error).__name__}: {error}"[:200], None, None
    return {"direct": direct, "sent": sent, "turned": turned, "problem": problem}


@check("PictureFolder", points=1, hint="Keep paths, numbers and the transform in the object: no lambdas, no open files.")
def test_works_with_workers(student):
    """works in a DataLoader, and can be pickled, as loaders do to send it to their workers"""
    files = {f"{kind}/{stem}.png": encoded(Image.fromarray(noise(4, 6))) for kind in "abc" for stem in "12"}
    found = batches(student, "sent", files, 2)
    x = torch.stack([as_tensor(data) for data in files.values()])
    y = torch.tensor([0, 0, 1, 1, 2, 2])
    judge_batches(found["direct"], x, y)
    expect(found["problem"] is None, f"The data set cannot be pickled ({found['problem']}): a loader's workers get it that way.")
    judge_batches(found["sent"], x, y)
    judge_item(found["turned"], x[0], 0)


def judge_batches(found, x, y):
    expect(isinstance(found, list) and len(found) == 2 and all(isinstance(b, list | tuple) and len(b) == 2 for b in found),
           "A loader over the data set should give pairs (pictures, labels).")
    expect(all(isinstance(labels, torch.Tensor) for _, labels in found), "The loader made no tensor of the labels: are they ints?")
    assert_close(torch.cat([pictures for pictures, _ in found]), x, rtol=0, atol=0.009, what="the batch")
    assert_equal(torch.cat([labels for _, labels in found]), y, what="the batch's labels tensor")
