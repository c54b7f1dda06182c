"""Search for a person: everything that they may see and that says what they are looking for, newest first."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.digest_parts import Entry
from bot.find_query import parse, shortened
from bot.form_values import clean
from bot.service.chased import Links
from bot.service.desk import Desk, Who
from bot.service.digest import no_link
from bot.service.lookup import Story, parse_label, read_stories, sees, story
from storage import requests, search
from storage.errors import Busy
from storage.search_words import PRODUCTION, REQUESTER, Query, mark

_log = logging.getLogger(__name__)

PAGE = 10
_MOST_LOOKS = 20  # at the index for one page: hits that its reader may not see are rare


@dataclass(frozen=True)
class Found:
    """One page. `before`: the older ones are below this number; None: there are none.

    `later`: it is not the first page. `behind`: the index does not have everything yet.
    """

    text: str
    entries: tuple[Entry, ...] = ()
    before: int | None = None
    later: bool = False
    behind: bool = False
    hint: str = ""


def find(desk: Desk, who: Who, text: str, link: Links = no_link, before: int | None = None) -> Found:
    """What this person may see of what they look for, below the number `before`.

    Raises NotSearched, NoSuchRequest (for a number), NoSearch, Busy, Away.
    """
    asked_for = shortened(clean(text))
    number = parse_label(asked_for)
    if number is not None:
        return Found(asked_for, (_entry(desk, story(desk, number, who), link),))
    titles = titles_of(desk)
    theirs = desk.authority.titles_for(who.person, ())
    everything = desk.authority.is_operator(who.person)
    asked = parse(asked_for, titles, titles if everything else theirs)
    _catch_up(desk)
    with desk.database.reading() as tx:
        now = desk.as_of(tx)
        query = asked.query if everything else (*asked.query, _whose(now, who))
        stories, more = _seen(tx, now, who, query, before)
        behind = search.behind(tx)
    entries = tuple(_entry(desk, one, link) for one in stories)
    goes_on = stories[-1].row.id if more else None
    return Found(asked_for, entries, goes_on, before is not None, behind, "" if entries else asked.hint)


def titles_of(desk: Desk) -> Mapping[str, str]:
    """Code -> title of every production."""
    return {code: each.title for code, each in desk.authority.directory.productions.items()}


def _catch_up(desk: Desk) -> None:
    """So that one finds what one has just filed."""
    try:
        search.catch_up(desk.database)
    except Busy as busy:
        _log.info("The search goes on with what is indexed: %s", busy)


def _whose(desk: Desk, who: Who) -> tuple[str, ...]:
    """Only their own requests and those of productions where they decide something or stand in."""
    decides = [
        code for code in desk.authority.directory.productions if desk.authority.may_call_in(code, who.person)
    ]
    return (mark(REQUESTER, who.user), *(mark(PRODUCTION, code) for code in decides))


def _seen(tx: Connection, desk: Desk, who: Who, query: Query, before: int | None) -> tuple[list[Story], bool]:
    """A page of what they may see in truth, and whether there is more."""
    seen: list[Story] = []
    for _ in range(_MOST_LOOKS):
        ids = search.find(tx, query, PAGE + 1, before_id=before)
        rows = sorted(requests.those(tx, ids), key=lambda row: -row.id)
        seen += [one for one in read_stories(tx, rows) if sees(desk, one, who.person)]
        if len(ids) <= PAGE or len(seen) > PAGE:
            break
        before = ids[-1]
    return seen[:PAGE], len(seen) > PAGE


def _entry(desk: Desk, one: Story, link: Links) -> Entry:
    return Entry(one, link(one), desk.authority.directory.title_of(one.row.production))
