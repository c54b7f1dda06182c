"""The app's Home for one person: what waits for them, what they filed, what operators have to mend."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection

from bot.digest_parts import Entry
from bot.home_parts import Hands, Home, Spot
from bot.service.chased import Links
from bot.service.desk import Desk, Who
from bot.service.digest import no_link, waits_for, with_links
from bot.service.lookup import read_stories
from storage import digests, notices, requests
from storage.records import RequestRow

_FILED = 10  # at a time
_HANDS = 3  # read at a glance; the count says the rest


def home(
    desk: Desk, who: Who, groups: Collection[str], spot: Spot | None = None, link: Links = no_link
) -> Home:
    """Read everything in one view of the rows. `groups`: the user groups that this person is in.

    `spot`: where the lists begin; the beginning when left out. Raises StorageError.
    """
    spot, person = spot or Spot(), who.person
    titles = desk.authority.titles_for(person, groups)
    with desk.database.reading() as tx:
        waiting = waits_for(tx, desk, who, spot.waiting)
        rows = requests.filed_by(tx, *person, _FILED + 1, before_id=spot.filed or None)
        filed = _entries(tx, desk, rows[:_FILED])
        hands = _hands(tx, desk) if desk.authority.is_operator(person) else Hands()
    return Home(
        at=desk.clock(),
        versions=tuple(sorted({book.identity.version for book in desk.shelf.values()})),
        spot=replace(spot, waiting=waiting.page.start),
        waiting=with_links(waiting, link),
        filed=_with_links(filed, link),
        older=len(rows) > _FILED,
        may_file=bool(titles),
        decides=desk.authority.key_of(person) is not None,
        hands=replace(hands, unassigned=_with_links(hands.unassigned, link)),
    )


def _entries(tx: Connection, desk: Desk, rows: list[RequestRow]) -> tuple[Entry, ...]:
    title = desk.authority.directory.title_of
    return tuple(Entry(story, production=title(story.row.production)) for story in read_stories(tx, rows))


def _with_links(entries: tuple[Entry, ...], link: Links) -> tuple[Entry, ...]:
    return tuple(replace(each, link=link(each.story)) for each in entries)


def _hands(tx: Connection, desk: Desk) -> Hands:
    failed, orphans = notices.stuck(tx), digests.unassigned(tx)
    rows = sorted(requests.those(tx, orphans[:_HANDS]), key=lambda row: row.id)
    return Hands(tuple(failed[:_HANDS]), len(failed), _entries(tx, desk, rows), len(orphans))
