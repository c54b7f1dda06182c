"""What a verb can refuse. A refusal's text is one sentence for the person who pressed.

Refusal
|-- NotFiled           the form cannot be filed as it is (`field` says where)
|-- Unfit              a value cannot be kept (`field` says which)
|-- NoSuchRequest      unknown, or not this person's to see: both read alike
|-- NotYours           somebody else decides
|-- OwnRequest         nobody decides what they asked for themselves
|-- AlreadyDecided     somebody was first
|-- Changed            the request is not what was on the screen
`-- WordingMissing     a written approval needs its words
"""

from datetime import datetime


class Refusal(Exception):
    """A verb was not carried out."""


class NotFiled(Refusal):
    """The request was not filed."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class Unfit(Refusal):
    """A value cannot be kept: the sentence says what is wrong and what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class NoSuchRequest(Refusal):
    """There is no such request that you can see."""

    def __init__(self, label: str) -> None:
        super().__init__(f"There is no {label} that you can see. Check the number, or ask whoever filed it.")


class NotYours(Refusal):
    """Somebody else decides this."""


class OwnRequest(Refusal):
    """Nobody decides what they asked for themselves."""


class AlreadyDecided(Refusal):
    """Somebody was first: `at` is when, `there` says the same in the production's time.

    `recorded`: it was the same person, and what they sent now is what stands.
    """

    def __init__(
        self, sentence: str, at: datetime | None = None, there: str = "", *, recorded: bool = False
    ) -> None:
        self.sentence, self.at, self.recorded = sentence, at, recorded
        super().__init__(f"{sentence} {there}." if there else sentence)


class Changed(Refusal):
    """The request changed since it was opened."""


class WordingMissing(Refusal):
    """A written approval needs its wording."""
