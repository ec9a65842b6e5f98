"""How far a forecast is, and how long the rest takes."""

import time

from experiments.pages.progress import Bar, clock

LEAST_SHARE = 0.03  # of the work, that tells how long the rest takes


class ShopProgress(Bar):
    """The bar of one forecast, which counts the time that is left."""

    def __init__(self) -> None:
        super().__init__()
        self._stage = ""
        self._start = 0.0, 0.0  # when the work began, and the share that was done by then
        self._share = self._end = 0.0  # that was heard last, and when all will be done by that

    def __call__(self, words: str, share: float | None = None) -> None:
        """What is being done, and the share of the work that is done; news if there is no share.

        The clock starts at the first share, and anew if a stage ends without a further one:
        compiling the kernels does not tell how long training takes.
        """
        if share is None:
            self.say(words)
            return
        now, stage = time.monotonic(), words.partition(":")[0]
        if not self._stage or (stage != self._stage and share == self._start[1]):
            self._start = now, share
        began, done = self._start
        if done + LEAST_SHARE <= share != self._share:
            self._end = now + (now - began) * (1 - share) / (share - done)
        self._stage, self._share = stage, share
        if done + LEAST_SHARE <= share < 1:
            words = f"{clock(self._end - now)} to go; {words}"
        self.show(share, words)
