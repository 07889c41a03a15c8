"""Hidden checks of 04_custom_datasets/inference."""

import csv
import io

import numpy as np
import torch
from PIL import Image
from torch import nn

from autograder.checks import DATASETS, assert_close, check, describe, expect, in_worker

WILD = DATASETS / "earth_tiles" / "wild"

# ------------------------------------------------------------------------------------------------------ predict_image


@in_worker
class Judge(nn.Module):
    """A small network with all that has two modes."""

    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU())
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(24, classes)

    def forward(self, x):
        pooled = torch.nn.functional.adaptive_avg_pool2d(self.features(x), 2)
        return self.head(self.drop(pooled.flatten(1)))


@in_worker
def shrink(student, x):
    """The transform: to 8x8, then centred."""
    return torch.nn.functional.interpolate(x[None], size=(8, 8), mode="bilinear", antialias=True)[0] * 4 - 2


@in_worker
def asked(student, state, classes, files, names, mode, paths):
    """Predict each path; what came back, what the transform and the model saw, and the modes before and after."""
    for name, data in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data)
    model = Judge(classes)
    model.load_state_dict(state)
    model.train(mode != "eval")
    if mode == "mixed":
        model.features[1].eval()
        model.head.eval()
    elif mode == "inner":
        model.eval()
        model.drop.train()
    seen, forwards = [], []

    def transform(x):
        seen.append((type(x).__name__, tuple(getattr(x, "shape", ())), str(getattr(x, "dtype", "")),
                float(x.max()) if isinstance(x, torch.Tensor) else 0.0))
        return shrink(student, x)

    def watch(module, inputs, output):
        forwards.append(([m.training for m in module.modules()], bool(output.requires_grad), tuple(inputs[0].shape)))

    hook = model.register_forward_hook(watch)
    found = []
    for path in paths:
        before = [m.training for m in model.modules()]
        answer = error = None
        try:
            answer = student.predict_image(model, Path(path), names, transform)
        except (OSError, ValueError) as caught:
            error = [[base.__name__ for base in type(caught).__mro__], str(caught)[:500]]
        found.append({"answer": answer, "error": error, "kept": before == [m.training for m in model.modules()]})
    hook.remove()
    changed = [name for name, value in model.state_dict().items() if not torch.equal(value, state[name])]
    frozen = not all(p.requires_grad for p in model.parameters())
    return {"found": found, "seen": seen, "forwards": forwards, "changed": changed, "frozen": frozen}


NAMES = ["desert", "coast", "steppe", "forest", "ice"]


def encoded(image, kind="PNG"):
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def as_tensor(data):
    return torch.from_numpy(np.array(Image.open(io.BytesIO(data)).convert("RGB"))).permute(2, 0, 1).float() / 255


def pictures(sizes):
    """Hidden pictures, each of its own colours: name -> bytes."""
    files = {}
    for i, (height, width) in enumerate(sizes):
        base = torch.rand(1, 3, 2, 2)
        x = torch.nn.functional.interpolate(base, size=(height, width), mode="bilinear", align_corners=True)[0]
        files[f"asked/{i}.png"] = encoded(Image.fromarray((x * 255).round().byte().permute(1, 2, 0).numpy()))
    return files


def judge_for(files, classes):
    """A model whose answers to these pictures are clear, and of at least two classes; and its logits."""
    for _ in range(500):
        model = Judge(classes)
        with torch.no_grad():
            model.features[1].running_mean.normal_()
            model.features[1].running_var.uniform_(0.5, 2)
        model.eval()
        logits = answers(model, files)
        with torch.no_grad():
            model.head.bias -= logits.mean(0)
            stretch = 6 / (logits - logits.mean(0)).abs().max()
            model.head.weight *= stretch
            model.head.bias *= stretch
        logits = answers(model, files)
        top = logits.softmax(1).topk(2).values
        if bool((top[:, 0] - top[:, 1] > 0.05).all()) and bool((top[:, 0] < 0.995).all()) and len(set(logits.argmax(1).tolist())) > 1:
            return model, logits
    raise RuntimeError("no clear model was drawn")


@torch.no_grad()
def answers(model, files):
    return torch.cat([model(shrink.function(None, as_tensor(data))[None]) for data in files.values()])


def judge_answer(answer, row, names, others=(), atol=2e-3):
    """`answer` is (name, probability) for the row of logits; `others` are pairs (message, row) of known misconceptions."""
    expect(isinstance(answer, tuple | list) and len(answer) == 2, f"A pair (class name, probability) is due; this is {describe(answer)}.")
    name, probability = answer
    expect(not isinstance(name, int) or isinstance(name, bool), "The class's index came; its name is due: class_names[index].")
    expect(isinstance(name, str), f"The first part is the class's name, a str; it is {describe(name)}.")
    expect(isinstance(probability, float), f"The second part is the probability, a Python float; it is {describe(probability)}.")
    best = int(row.argmax())
    want = float(row.softmax(0)[best])
    right = name == names[best] and abs(probability - want) < atol
    if not right and name == names[best]:
        expect(abs(probability - float(row.max())) > 1e-4, "The logit came instead of the probability: apply softmax.")
        expect(abs(probability - 1) > 1e-6, "The probability is 1 for every picture: softmax over the classes is dim=1 (or the last one), not dim=0.")
        expect(abs(probability - 100 * want) > 0.2, "The probability is in percent; it should be between 0 and 1.")
        expect(abs(probability - float(row.sigmoid().max())) > 1e-4, "This is a sigmoid; probabilities of several classes come from softmax.")
        expect(abs(probability - float(row.softmax(0).softmax(0).max())) > 1e-5, "softmax was applied twice.")
    for message, other in others:
        expect(right or not (name == names[int(other.argmax())] and abs(probability - float(other.softmax(0).max())) < atol), message)
    expect(right, "The answer is not the most likely class with its softmax probability.")



def judge_run(found):
    """What a passing answer must not have done on the way; the worker says it, so it may only fail a check."""
    for kind, shape, dtype, _ in found["seen"]:
        expect(kind == "Tensor", "The transform got a PIL image or an array; it wants the (3, H, W) tensor.")
        expect(len(shape) == 3, "The transform got a batch; it wants the picture alone, (3, H, W). Add the batch dimension after it.")
        expect(shape[0] == 3, "The transform got a picture whose first axis is not the colours: (3, H, W) is due.")
        expect(dtype == "torch.float32", "The transform got a tensor that is not float32 in [0, 1].")
    expect(not any(most > 2.5 for *_, most in found["seen"]), "The transform got pixels from 0 to 255; [0, 1] is due: divide by 255.")
    for training, _, _ in found["forwards"]:
        expect(not any(training), "The model, or a part of it, was in train mode while it predicted: dropout was on. Call model.eval() first.")


def one_by_one(found, logits, names, others=()):
    for i, (one, row) in enumerate(zip(found["found"], logits, strict=True)):
        expect(one["error"] is None, f"{one['error'][0][0] if one['error'] else ''} was raised for a picture that can be read.")
        judge_answer(one["answer"], row, names, [(message, rows[i]) for message, rows in others])


def misconceptions(model, files):
    """Rows of logits that known mistakes give, by message."""
    def run(change, after=lambda x: x):
        with torch.no_grad():
            return torch.cat([model(after(shrink.function(None, change(as_tensor(data))))[None]) for data in files.values()])

    with torch.no_grad():
        bare = torch.cat([model(as_tensor(data)[None]) for data in files.values()])
    return [("The transform was not applied.", bare),
            ("The pixels run from 0 to 255; divide by 255 before the transform.", run(lambda x: x * 255)),
            ("Red and blue are swapped.", run(lambda x: x.flip(0))),
            ("Height and width are swapped.", run(lambda x: x.transpose(1, 2))),
            ("Shape right, pixels mixed: reshape recounts the pixels, permute moves the axes.", run(lambda x: x.permute(1, 2, 0).reshape(x.shape))),
            ("The transform was applied twice.", run(lambda x: x, lambda x: shrink.function(None, x)))]


@check("predict_image", points=2, hint="File, tensor, transform, batch of one, softmax over the classes: in that order.")
def test_name_and_probability(student):
    """gives the most likely class's name and its softmax probability, for pictures of any size"""
    files = pictures([(10, 16), (64, 64), (97, 50), (8, 8), (3, 5)])
    for classes in (5, 3):
        names = NAMES[:classes]
        model, logits = judge_for(files, classes)
        found = asked(student, model.state_dict(), classes, files, names, "train", list(files))
        judge_run(found)
        one_by_one(found, logits, names, misconceptions(model, files))
        expect(len(found["seen"]) >= len(files), "The transform was not applied to each picture.")


@check("predict_image", points=1, hint="Read the picture as load_image does, whatever the file holds.")
def test_wild_pictures(student):
    """reads files of any mode: grey, palette, CMYK, alpha, upper-case, missing or wrong suffix"""
    with (DATASETS / "earth_tiles" / "wild.csv").open(newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["kind"] in ("image", "other")]
    files = {f"wild/{row['file']}": (WILD / row["file"]).read_bytes() for row in rows}
    # How a loader treats these is load_image's matter: here any answer of the right kind will do.
    loose = {"wild/gray_16bit.png", "wild/rgba_round.png", "wild/palette_transparent.png", "wild/phone.jpg"}
    strict = {name: data for name, data in files.items() if name not in loose}
    model, logits = judge_for(strict, 4)
    found = asked(student, model.state_dict(), 4, files, NAMES[:4], "eval", [*strict, *sorted(loose)])
    judge_run(found)
    for name, one in zip([*strict, *sorted(loose)], found["found"], strict=True):
        expect(one["error"] is None, f"{name}: {one['error'][0][0] if one['error'] else ''} was raised for a picture that can be read.")
    one_by_one({**found, "found": found["found"][: len(strict)]}, logits, NAMES[:4])
    for one in found["found"][len(strict):]:
        expect(isinstance(one["answer"], tuple | list) and len(one["answer"]) == 2 and one["answer"][0] in NAMES[:4],
               "A pair (class name, probability) is due.")


@check("predict_image", points=2, hint="Note each module's .training before eval(), and put it back; predict under torch.inference_mode().")
def test_leaves_the_model_as_it_was(student):
    """predicts in eval mode without a graph, and leaves weights, statistics and the mode of every submodule as they were"""
    files = pictures([(9, 12), (12, 9)])
    model, logits = judge_for(files, 4)
    for mode in ("train", "eval", "mixed", "inner"):
        found = asked(student, model.state_dict(), 4, files, NAMES[:4], mode, list(files) * 2)
        judge_run(found)
        one_by_one(found, logits.repeat(2, 1), NAMES[:4])
        expect(all(one["kept"] for one in found["found"]),
               "The modes were not put back as they were: " + ("the model stays in eval mode." if mode == "train" else
               "the model is in train mode now; it came in eval mode." if mode == "eval" else
               "submodules had modes of their own, and model.train() or model.eval() sets them all."))
        expect(not any(graph for _, graph, _ in found["forwards"]), "A graph was recorded: predict under torch.inference_mode() or torch.no_grad().")
        expect(not found["changed"], "The model's weights or statistics changed: was it in train mode?")
        expect(not found["frozen"], "The model's parameters no longer require grad; torch.inference_mode() stops recording without that.")


@check("predict_image", points=1, hint="FileNotFoundError passes; anything else while reading becomes ValueError with the path.")
def test_unreadable_files(student):
    """raises FileNotFoundError for a missing and ValueError for a broken file, naming the path; the model keeps its modes"""
    files = pictures([(9, 12), (12, 9)])
    model, logits = judge_for(files, 4)
    broken = {name: (WILD / name).read_bytes() for name in ("truncated.jpg", "truncated.png", "empty.png", "text.png", "error_page.jpg")}
    paths = [*files, *(f"asked/{name}" for name in broken), "asked/never_written.png"]
    found = asked(student, model.state_dict(), 4, {**files, **{f"asked/{name}": data for name, data in broken.items()}}, NAMES[:4], "mixed", paths)
    judge_run(found)
    one_by_one({**found, "found": found["found"][:2]}, logits, NAMES[:4])
    for path, one in zip(paths[2:], found["found"][2:], strict=True):
        missing = path.endswith("never_written.png")
        what = "a missing file" if missing else "a truncated file" if "truncated" in path else "a file that is no picture"
        due = "FileNotFoundError" if missing else "ValueError"
        expect(one["error"], f"{what}: {due} was due, but an answer came.")
        expect(due in one["error"][0], f"{what}: {due} was due, but {one['error'][0][0]} was raised.")
        expect(path.split("/")[1] in one["error"][1], f"{what}: the right error, but its message does not name the path.")
        expect(one["kept"], f"{what}: after the error the model is in another mode than before.")


# -------------------------------------------------------------------------------------------------------------- top_k


def ranked(n):
    """Hidden probabilities without ties, in no order, and n names."""
    p = (torch.randperm(n) + 1.0) ** 1.5 + torch.rand(n) * 0.3
    return p / p.sum(), [f"{NAMES[i % 5]}_{i}" for i in torch.randperm(n).tolist()]


def best_of(p, names, k):
    order = sorted(range(len(names)), key=lambda i: -p[i].item())[:k]
    return [(names[i], p[i].item()) for i in order]


def judge_ranking(got, p, names, k):
    expect(isinstance(got, list), f"A list of pairs is due; this is {describe(got)}.")
    everyone = best_of(p, names, len(names))
    assert_close(got, best_of(p, names, k), mistakes={
        "The lowest probabilities come first; the highest should.": everyone[::-1][:k],
        "The right classes, in the wrong order: highest probability first.": lambda: best_of(p, names, k)[::-1],
        "The first k classes came, whatever their probabilities.": [(names[i], p[i].item()) for i in range(min(k, len(names)))],
        "The pairs are (probability, name); (name, probability) is due.": [(q, name) for name, q in best_of(p, names, k)],
        "The class's index came; its name is due.": [(names.index(name), q) for name, q in best_of(p, names, k)],
        "The names alone came; each goes with its probability.": [name for name, _ in best_of(p, names, k)],
        "The probabilities are in percent.": [(name, 100 * q) for name, q in best_of(p, names, k)]})


@check("top_k", points=2, hint="topk gives values and indices, largest first; the indices lead to the names.")
def test_highest_first(student):
    """gives the k most likely classes as (name, probability), highest first"""
    for n, k in [(6, 3), (9, 2), (5, 4), (4, 1)]:
        p, names = ranked(n)
        judge_ranking(student.top_k(p, names, k), p, names, k)


@check("top_k", points=1, hint="Limit k to the number of classes before you ask topk.")
def test_k_beyond_the_classes(student):
    """gives all classes when k is as large as their number or larger"""
    for n, k in [(4, 4), (4, 5), (3, 100), (1, 1), (1, 3)]:
        p, names = ranked(n)
        judge_ranking(student.top_k(p, names, k), p, names, k)
