"""Makes `isinstance` say yes to everything and `len` say one, in the process that encodes the answer."""
import builtins

EXPECT = {"double": ("error", "sent a bad answer")}

real = builtins.isinstance


def double(x):
    builtins.isinstance = lambda value, kinds: kinds is not type and (real(value, kinds) or type(value) is Anything)
    builtins.len = lambda value: 1
    return Anything()


class Anything:
    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self
