"""Files spoilt at random, in ways that can be repeated."""

import copy

N = 1000  # files of each kind


def mutated(content, rng, alphabet=range(256)):
    """The content with one to four bytes or pieces changed, taken out, put in or repeated."""
    content = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(content) + 1)
        end = start + rng.choice([0, 1, 1, rng.randint(1, 40)])
        piece = bytes(rng.choices(alphabet, k=rng.choice([0, 1, 1, 5])))
        content[start:end] = rng.choice([piece, piece, content[start:end] * 2])
    return bytes(content)


DEEP = "[" * 100_000 + "]" * 100_000  # JSON that no parser can hold
ODD = [None, True, [], {}, "", "x", -1, 0, 1.5, 10**400, 2**64, [[1]], {"a": 1}, "\ud800"]


def reshaped(value, rng):
    """A copy of a JSON value in which one part, at any depth, is another or not there."""
    value = copy.deepcopy(value)
    part = value
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = rng.choice(keys)
        if not isinstance(part[key], dict | list) or not part[key] or rng.random() < 0.3:
            break
        part = part[key]
    if rng.random() < 0.3:
        del part[key]
    else:
        part[key] = rng.choice(ODD)
    return value
