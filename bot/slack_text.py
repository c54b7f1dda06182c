"""Slack's markup in what somebody typed, read back as they typed it."""

import re

_MARKUP = re.compile(r"<(?:([@#!])([^<>|]+)|((?:https?|mailto|tel):[^<>|]+))(?:\|([^<>]*))?>")


def as_typed(text: str) -> str:
    """`<@U1|ana>` -> @ana, `&lt;` -> <: the form shows what was typed, not Slack's markup."""
    shown = _MARKUP.sub(_shown, text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(found: re.Match[str]) -> str:
    sign, target, address, label = found.groups()
    if address:
        return str(address)
    if sign == "!":
        return label or f"@{target.partition('^')[0]}"
    return f"{sign}{label or target}"
