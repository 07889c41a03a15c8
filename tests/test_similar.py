"""Like answers: what counts as alike, what does not, and that the cost stays linear."""

from autograder.similar import Print, alike, fingerprints

ANSWER = '''
import torch
def train(model, X, y, lr):
    """Train."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(10):
        prediction = model(X)
        loss = ((prediction - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, sum(losses) / len(losses)
'''
RENAMED = """
import torch
def train(net, inputs, targets, rate):
    # my own work
    opt = torch.optim.SGD(net.parameters(), lr=rate)
    history = []
    for i in range(10):
        out = net(inputs)

        error = ((out - targets) ** 2).mean()
        opt.zero_grad()
        error.backward(); opt.step()
        history.append(error.item())
    return history, sum(history) / len(history)
"""
EDITED = RENAMED.replace("    return history,", "    print('done')\n    return history,")
OTHER = """
import torch
def train(model, X, y, lr):
    losses = []
    while len(losses) < 10:
        loss = torch.nn.functional.mse_loss(model(X), y)
        grads = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for parameter, grad in zip(model.parameters(), grads):
                parameter -= lr * grad
        losses.append(float(loss))
    return losses, torch.tensor(losses).mean().item()
"""
SHORT = "def train(x):\n    return 2 * x\n"


def prints(*texts):
    return [(number, fingerprints(text, ["train"])["train"]) for number, text in enumerate(texts)]


def test_renaming_and_layout_hide_nothing():
    (_, one), (_, two) = prints(ANSWER, RENAMED)
    assert one == two


def test_a_line_more_is_near_identical_and_another_answer_is_not():
    found = alike("train", prints(ANSWER, OTHER, EDITED), [])
    assert [(group.members, group.share < 1) for group in found] == [((0, 2), True)]


def test_equal_answers_are_one_group_and_the_longer_one_comes_first():
    found = alike("train", prints(ANSWER, RENAMED, OTHER, OTHER, ANSWER), [])
    assert {group.members for group in found} == {(0, 1, 4), (2, 3)}
    assert [group.weight for group in found] == sorted((group.weight for group in found), reverse=True)


def test_short_answers_the_stub_and_the_reference_are_not_listed():
    assert alike("train", prints(SHORT, SHORT), []) == []
    assert alike("train", prints(ANSWER, RENAMED), [fingerprints(ANSWER, ["train"])["train"]]) == []


def test_what_a_large_part_of_the_class_writes_is_not_listed():
    assert alike("train", prints(*[ANSWER] * 15, *[OTHER] * 2), [])[0].members == (15, 16)
    assert len(alike("train", prints(*[ANSWER] * 15, *[OTHER] * 2), [])) == 1


def test_no_python_and_overlong_files_have_no_fingerprint():
    assert fingerprints("def train(:", ["train"]) == {}
    assert fingerprints("x = " + "-" * 100_000 + "1", ["train"]) == {}
    assert fingerprints("#" * 300_000 + "\ndef train(): pass", ["train"]) == {}


def test_what_all_have_in_common_makes_no_pairs():
    common = set(range(10**6, 10**6 + 30))
    answers = [(n, Print(100, n, tuple(sorted(common | {n * 12 + k for k in range(12)})))) for n in range(3000)]
    assert (
        alike("train", answers, []) == []
    )  # four million pairs share 30 of 42 fingerprints, and none of them is looked at
