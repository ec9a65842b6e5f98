"""Tales without end, for lesson 9: a text that is made, so that its true entropy is known.

Every sentence is drawn from a small grammar. Within quotes the sentences are the same as outside,
but cried out: who forecasts how one ends has to remember, all along it, whether a quote is open.
"""

import numpy as np

ANIMALS = {
    "bear": "bears", "cat": "cats", "crow": "crows", "fox": "foxes", "hen": "hens",
    "mouse": "mice", "owl": "owls", "wolf": "wolves",
}  # fmt: skip
KINDS = ("old", "red", "shy", "wise")
VERBS = ("dance", "hide", "live", "sing", "sleep", "wait")
GOES_ON = 3 / 4  # the probability of another sentence


class Teller:
    """Tells one line after the other, and counts the bits of every choice."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.bits = 0.0

    def line(self) -> str:
        """Some sentences, and then some that an animal said."""
        told = self.sentence()
        while self.goes_on():
            told += " " + self.sentence()
        said = self.sentence("!")
        while self.goes_on():
            said += " " + self.sentence("!")
        who = f"The {self.one_of(KINDS)} {self.one_of(tuple(ANIMALS))}"
        return f'{told} {who} said: "{said}"\n'

    def sentence(self, end: str = ".") -> str:
        """What animals do."""
        who = self.one_of(tuple(ANIMALS.values())).capitalize()
        return f"{who} {self.one_of(VERBS)}{end}"

    def one_of(self, words: tuple[str, ...]) -> str:
        """A word, all of them equally likely."""
        self.bits += float(np.log2(len(words)))
        return words[self.rng.integers(len(words))]

    def goes_on(self) -> bool:
        """Whether there is another sentence."""
        answer = bool(self.rng.random() < GOES_ON)
        self.bits -= float(np.log2(GOES_ON if answer else 1 - GOES_ON))
        return answer


def tell(n_characters: int, seed: int) -> tuple[str, float]:
    """A text of at least so many characters, and its entropy in bits per character.

    The entropy is that of the choices that made this text. No forecaster of the next character,
    however large, has a lower loss on average over all such texts.
    """
    teller, text = Teller(np.random.default_rng(seed)), ""
    while len(text) < n_characters:
        text += teller.line()
    return text, teller.bits / len(text)
