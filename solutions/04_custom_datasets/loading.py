# %% [markdown]
# # Loading
#
# You met the loader in 03_computer_vision/data. With files behind it, two things are new: reading takes time,
# and pictures may not fit together.
#
# ```
# data set        sampler                 collate                      workers
# sample i   ->   which i, in which  ->   list of samples to      ->   processes that do
#                 order                   one batch of tensors         all this ahead of time
# ```
#
# - **Order.** The training order is drawn anew each epoch. Give the loader a generator of its own: otherwise
#   any other random draw in your program shifts the order, and a run cannot be repeated. Seed it once; a
#   loader built anew with the same seed in every epoch shows the same order each time.
# - **Test order.** Not shuffled: predictions can then be put beside their files, and a metric that is
#   computed twice is the same twice.
# - **The last batch** is smaller when the batch size does not divide the number of samples. `drop_last=True`
#   throws those samples away, each epoch others; here nothing is dropped.
# - **Workers.** `num_workers=0` reads in your own process. With 2, two processes read ahead while the model
#   trains. The order is drawn by the main process, so the batches are the same ones. Each worker starts with
#   a copy of the data set.
#
# When do workers pay? When reading is slow against training: large photos, heavy transforms. For 200 tiles of
# 8 kB they cost more than they save. On macOS and Windows workers are started afresh: the data set is pickled
# (no lambdas in it), and a script's own work must stand under `if __name__ == "__main__":`. A graded run here
# may start no processes: it does the workers' work itself. You may ask for workers, and get the same batches.
#
# ```python
# heights = TensorDataset(torch.arange(10.0))
# loader = DataLoader(heights, batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(1))
# [len(batch[0]) for batch in loader]         # [4, 4, 2]
# ```
#
# torchvision adds nothing here: the loader is torch's own.

# %%
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


# %% difficulty="medium" minutes=10
def make_loaders(
    train_set: Dataset, test_set: Dataset, batch_size: int, seed: int, num_workers: int = 0
) -> tuple[DataLoader, DataLoader]:
    """Build the loaders for training and testing.

    Args:
        train_set, test_set: data sets of (tensor, int) samples.
        batch_size: samples a batch; the last batch of an epoch may be smaller.
        seed: fixes the training order: the same seed gives the same batches in the same epochs, whatever else
            draws random numbers before or in between, and another seed gives others.
        num_workers: worker processes of each loader. The batches do not depend on it.

    Returns:
        (train loader, test loader). The first shuffles all samples, in a new order each epoch, by a generator
        of that seed. The second gives all samples in the data set's order, each time.

    >>> data = torch.utils.data.TensorDataset(torch.arange(5), torch.arange(5))
    >>> train, test = make_loaders(data, data, batch_size=2, seed=0)
    >>> [y.tolist() for _, y in test]
    [[0, 1], [2, 3], [4]]
    >>> sorted(label for _, y in train for label in y.tolist())
    [0, 1, 2, 3, 4]
    """
    # BEGIN SOLUTION
    # HINT DataLoader can shuffle by itself; by default it draws from the global random state.
    # HINT Its parameter generator takes a torch.Generator; manual_seed(seed) returns the generator.
    # HINT shuffle=True and the generator for train only; pass num_workers to both; leave drop_last alone.
    generator = torch.Generator().manual_seed(seed)
    train = DataLoader(train_set, batch_size, shuffle=True, num_workers=num_workers, generator=generator)
    return train, DataLoader(test_set, batch_size, num_workers=num_workers)
    # END SOLUTION


# %% [markdown]
# ## Imbalance
#
# With 95 forests and 5 coasts, "always forest" scores 0.95 and has learnt nothing. Three remedies:
#
# | remedy | price |
# |---|---|
# | look closer: recall per class (02_classification/metrics) beside accuracy | none: do it always |
# | weigh the loss: `nn.CrossEntropyLoss(weight=weights)` | probabilities shift towards rare classes |
# | draw rare samples more often: `WeightedRandomSampler` as `sampler` | rare pictures repeat: augment them |
#
# Count in the training set. Inverse frequency means: twice as rare, twice the weight. Only the ratios matter
# to which classes win, but the size of the weights scales a sum of losses like a learning rate; with a mean
# of 1 over the classes, rates stay comparable.
#
# ```
# counts of three birds          6      2      1
# inverse                        1/6    1/2    1      their mean 5/9
# divided by that mean           0.3    0.9    1.8    mean 1
# ```
#
# `torch.bincount(x, minlength=n)` counts how often 0, 1, 2, ... occur. Without `minlength` the result ends at
# the largest value that occurs.
#
# If you see this error:
#
# - `weight tensor should be defined either for all 4 classes or no classes but got weight tensor of shape:
#   [3]`: a class is absent from the labels that you counted, and the counts were too short.

# %% difficulty="medium" minutes=10
def class_weights(labels: Tensor, num_classes: int) -> Tensor:
    """Weights for the loss: rare classes count more.

    Args:
        labels: int64 of shape (n,), each from 0 to num_classes - 1; n may be 0.
        num_classes: how many classes there are, whether they occur in labels or not.

    Returns:
        float32 of shape (num_classes,): proportional to 1 / count for the classes that occur, with a mean of
        1 over those; 0 for the others.

    >>> class_weights(torch.tensor([0, 0, 0, 2]), 3)
    tensor([0.5000, 0.0000, 1.5000])
    """
    # BEGIN SOLUTION
    # HINT Count first. 1 / 0 is inf: decide what to do about absent classes before you divide.
    # HINT torch.bincount(labels, minlength=num_classes) counts; a boolean mask picks the classes that occur.
    # HINT Write 1 / counts[present] into zeros, divide by the mean of those; mind the empty case.
    counts = torch.bincount(labels, minlength=num_classes)
    present = counts > 0
    weights = torch.zeros(num_classes, device=labels.device)
    weights[present] = 1 / counts[present]
    return weights * present.sum() / weights.sum() if present.any() else weights
    # END SOLUTION


# %% [markdown]
# ## A collate function of your own
#
# The loader hands a list of samples to its `collate_fn` and passes on what comes back. The default stacks the
# tensors, so all must be of one size, and makes an int64 tensor of the int labels. You can give another. This
# one joins recordings of different lengths end to end and keeps the lengths:
#
# ```python
# def join(batch: list[tuple[Tensor, int]]) -> tuple[Tensor, Tensor, Tensor]:
#     waves, labels = zip(*batch)
#     return torch.cat(waves), torch.tensor([len(wave) for wave in waves]), torch.tensor(labels)
#
# DataLoader(recordings, batch_size=8, collate_fn=join)
# ```
#
# Pictures are usually resized instead. Padding keeps their sharpness and proportions, for networks that take
# any size. All pictures of a batch grow to the largest height and the largest width in it; those may come
# from two of them:
#
# ```
# (3, 2, 5) and (3, 4, 3)  ->  (2, 3, 4, 5)       AAAAA     BBB00      the picture stays at the top left,
#                                                 AAAAA     BBB00      zeros fill the right and the bottom
#                                                 00000     BBB00
#                                                 00000     BBB00
# ```

# %% difficulty="medium" minutes=15
def pad_collate(batch: list[tuple[Tensor, int]]) -> tuple[Tensor, Tensor]:
    """Make one batch of pictures of different sizes.

    Args:
        batch: N >= 1 samples (picture, label): float32 of shape (C, H, W), H and W may differ; label an int.

    Returns:
        (pictures, labels): float32 of shape (N, C, largest H, largest W), each picture at the top left and
        zeros right of it and below; int64 of shape (N,). In the order of the batch; the given pictures are
        unchanged.

    >>> pictures, labels = pad_collate([(torch.ones(1, 1, 2), 3), (torch.ones(1, 2, 1), 0)])
    >>> pictures[:, 0]
    tensor([[[1., 1.],
             [0., 0.]],
    <BLANKLINE>
            [[1., 0.],
             [1., 0.]]])
    >>> labels
    tensor([3, 0])
    """
    # BEGIN SOLUTION
    # HINT Find the largest height and the largest width first, each on its own.
    # HINT Either F.pad each picture and stack them, or copy each into a slice of one tensor of zeros.
    # HINT out = x.new_zeros(N, C, height, width); out[i, :, :h, :w] = x for each; torch.tensor(labels).
    pictures, labels = zip(*batch)
    height, width = max(x.shape[1] for x in pictures), max(x.shape[2] for x in pictures)
    padded = pictures[0].new_zeros(len(batch), pictures[0].shape[0], height, width)
    for out, x in zip(padded, pictures):
        out[:, : x.shape[1], : x.shape[2]] = x
    return padded, torch.tensor(labels)
    # END SOLUTION
