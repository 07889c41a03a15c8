"""Sends a dictionary whose ninety thousand keys all have the same hash: hours for whoever builds it."""
EXPECT = {"double": ("error", "sent a bad answer")}


def double(x):
    return {complex(-1000003 * n, n): 0 for n in range(90_000)} if False else Keys()


class Keys(dict):
    """Gives the keys without building the dictionary here."""

    def items(self):
        return ((complex(-1000003 * n, n), 0) for n in range(45_000))


def _as_mapping(self, value, depth):
    return ["d", [[["c", key.real, key.imag], 0] for key, _ in value.items()]]


import autograder.channel  # noqa: E402

original = autograder.channel.Encoder._encode
autograder.channel.Encoder._encode = lambda self, value, depth=0: (
    _as_mapping(self, value, depth) if type(value) is Keys else original(self, value, depth))
