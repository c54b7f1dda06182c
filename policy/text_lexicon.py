"""Every word the patterns know, as one tree, and which parts of patterns it can fill."""

from collections.abc import Iterable
from typing import Final

# Words whose places in the tree are kept from one text to the next: what people write is mostly the same few
# thousand. A full store is emptied; nothing in it goes stale, because a tree that is read changes no longer.
_KEPT: Final = 8192

Phrase = tuple[str, ...]  # an open word ends in *
Choices = frozenset[int]  # the groups of phrases of which any may fill a part


class Node:
    """One word of a phrase, the `depth`-th: what may follow, and the groups of the phrases that end here."""

    __slots__ = ("begins", "depth", "exact", "fills", "lengths")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.exact: dict[str, Node] = _NOTHING
        self.begins: dict[str, Node] = _NOTHING
        self.lengths: tuple[int, ...] = ()
        self.fills: list[int] = []

    def followed(self, word: str) -> "Node":
        """The node after `word`, made when there is none."""
        if self.exact is _NOTHING:
            self.exact = {}
        child = self.exact.get(word)
        if child is None:
            child = self.exact[word] = Node(self.depth + 1)
        return child

    def opened(self, stem: str) -> "Node":
        """The node after any word that begins with `stem`, made when there is none."""
        if self.begins is _NOTHING:
            self.begins = {}
        child = self.begins.get(stem)
        if child is None:
            child = self.begins[stem] = Node(self.depth + 1)
            self.lengths = tuple(sorted({*self.lengths, len(stem)}))
        return child


# Most nodes end a phrase: two empty dicts for each of them would be half of the tree.
_NOTHING: Final[dict[str, Node]] = {}


def children(nodes: Iterable[Node], word: str) -> list[Node]:
    """The nodes that `word` leads to from any of `nodes`: as it stands, and by its beginnings."""
    found = []
    for node in nodes:
        child = node.exact.get(word)
        if child:
            found.append(child)
        for length in node.lengths:
            child = node.begins.get(word[:length])
            if child and length <= len(word):
                found.append(child)
    return found


class Lexicon:
    """The tree of all phrases. A group, known by its number, is one phrase or the own phrases of one list."""

    def __init__(self) -> None:
        self.root = Node(0)
        self.phrases: dict[str, int] = {}  # as a pattern writes it -> its group
        self.uses: list[int] = []  # by group: how many parts of patterns name it
        self.longest = 0
        self._roots: dict[str, tuple[list[Node], list[Node]]] = {}

    def group(self, phrases: Iterable[Phrase]) -> int:
        """The number of a new group, which is filled wherever any of `phrases` stands."""
        number = len(self.uses)
        self.uses.append(0)
        for phrase in phrases:
            self._plant(phrase, number)
        return number

    def _plant(self, phrase: Phrase, group: int) -> None:
        node = self.root
        for word in phrase:
            node = node.opened(word[:-1]) if word[-1] == "*" else node.followed(word)
        if group not in node.fills:
            node.fills.append(group)
        self.longest = max(self.longest, node.depth)

    def first(self, word: str) -> tuple[list[Node], list[Node]]:
        """The nodes of phrases that end with `word`, and of those that go on after it.

        Behind it stand the special words that it counts as: "marta%name".
        """
        found = self._roots.get(word)
        if found is None:
            plain, *special = word.split("%")
            nodes = children([self.root], plain)
            nodes += [self.root.exact[f"%{name}"] for name in special if f"%{name}" in self.root.exact]
            found = (
                [node for node in nodes if node.fills],
                [node for node in nodes if node.exact or node.begins],
            )
            if len(self._roots) >= _KEPT:
                self._roots.clear()
            self._roots[word] = found
        return found

    def frequency(self) -> list[int]:
        """By group, a guess how often a text has it: words that many parts name are the everyday ones."""
        found = [0] * len(self.uses)
        for node in (*self.root.exact.values(), *self.root.begins.values()):
            often = sum(self.uses[group] for group in node.fills)
            for group in node.fills:
                found[group] += often
        return found
