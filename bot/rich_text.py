"""Our own markup -> rich_text blocks, in which what a person typed is never read as markup.

Sentences are written as mrkdwn (`*bold*`, `_italic_`, code, `<@U1>`, `> quotes`, `• bullets`), with what was
typed through `typed`. mrkdwn has no escape for its own signs, so such a text becomes a rich_text block: a
piece of text there has no markup (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block).
"""

import re
from functools import lru_cache
from itertools import groupby

from bot.markup import Block, escape

# A typed sign of mrkdwn travels as a stand-in from the last private plane, one character for one: lengths and
# cuts stay what they are. A stand-in that was itself typed means nothing to anybody and becomes U+FFFD.
_SIGNS = {ord(sign): chr(0x10F000 + ord(sign)) for sign in "*_~`"} | {ord("•"): "\U0010f800"}
_STAND_INS = {ord(stand_in): chr(sign) for sign, stand_in in _SIGNS.items()}
_UNKNOWN = {ord(stand_in): "\ufffd" for stand_in in _SIGNS.values()}
_UNDERSCORE = _SIGNS[ord("_")]
_SIGN = re.compile(f"[{re.escape(''.join(map(chr, _SIGNS)))}]")

# Each form begins with its sign, and what stands before the sign comes after it: so the search leaps from
# sign to sign.
_PIECE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|\*(?<!\w\*)(?=\S)(?P<bold>[^*\n]+?)\*(?!\w)"
    r"|_(?<!\w_)(?=\S)(?P<italic>[^_\n]+?)_(?!\w)"
    # What a person picks as an emoji arrives as its name.
    rf"|:(?<!\w:)(?P<emoji>[a-z][a-z0-9_+'{_UNDERSCORE}-]*):(?!\w)"
)
_QUOTE, _BULLET = "> ", "• "

Style = dict[str, bool]


def typed(text: str) -> str:
    """What a person typed, for a sentence of ours: shown as typed, without a mention or markup of its own."""
    if not text.isascii():  # stand-ins are not
        text = text.translate(_UNKNOWN)
    text = escape(text)
    return text.translate(_SIGNS) if _SIGN.search(text) else text


def as_text(text: str) -> str:
    """The sentence as mrkdwn, where Slack takes no blocks: notifications and plain answers.

    It pings nobody, but Slack may format what was typed.
    """
    return text if text.isascii() else text.translate(_STAND_INS)


def rich(text: str, block_id: str = "") -> Block:
    """The text as one rich_text block; an empty text is shown as "…"."""
    runs = groupby((text or "…").split("\n"), key=_kind)
    block = {"type": "rich_text", "elements": [_run(kind, list(lines)) for kind, lines in runs]}
    return block | ({"block_id": block_id} if block_id else {})


def _kind(line: str) -> str:
    mark = line[:2]
    return mark if mark in (_QUOTE, _BULLET) else ""


def _run(kind: str, lines: list[str]) -> Block:
    if kind == _BULLET:
        items = [_item(line.removeprefix(_BULLET)) for line in lines]
        return {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": items}
    inside = "\n".join(line.removeprefix(kind) for line in lines)
    return _section(inside) | ({"type": "rich_text_quote"} if kind == _QUOTE else {})


@lru_cache(maxsize=512)
def _item(text: str) -> Block:
    """One bullet. Reasons and duties are said again and again: made once, and changed by nobody."""
    return _section(text)


def _section(text: str) -> Block:
    # Slack refuses a piece without a character.
    return {"type": "rich_text_section", "elements": _pieces(text or " ", {})}


def _pieces(text: str, style: Style) -> list[Block]:
    pieces: list[Block] = []
    at = 0
    for found in _PIECE.finditer(text):
        start, end = found.span()
        if at < start:
            pieces.append(_words(text[at:start], style))
        pieces += _marked(found, style)
        at = end
    if at < len(text):
        pieces.append(_words(text[at:], style))
    return pieces


def _marked(found: re.Match[str], style: Style) -> list[Block]:
    kind = found.lastgroup or ""
    inside = found[kind]
    if kind == "code":
        return [_words(inside, {**style, "code": True})]
    if kind in ("bold", "italic"):
        return _pieces(inside, {**style, kind: True})
    if kind == "emoji":
        return [{"type": "emoji", "name": as_text(inside)}]
    return [_angle(inside, style)]


def _angle(inside: str, style: Style) -> Block:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return _styled({"type": "user", "user_id": target[1:]}, style)
    if target.startswith("#"):
        return _styled({"type": "channel", "channel_id": target[1:]}, style)
    if target.startswith("!date^"):
        _, moment, form = target.split("^")[:3]
        date = {"type": "date", "timestamp": int(moment), "format": form, "fallback": label}
        return _styled(date, style)
    return _styled({"type": "link", "url": _shown(target), "text": _shown(label or target)}, style)


def _words(text: str, style: Style) -> Block:
    return _styled({"type": "text", "text": _shown(text)}, style)


def _styled(piece: Block, style: Style) -> Block:
    if style:
        piece["style"] = style
    return piece


def _shown(text: str) -> str:
    text = as_text(text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text
