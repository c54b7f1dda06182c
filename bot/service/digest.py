"""Digests: what a channel or a contact is told, gathered from the rows as they are at that moment."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.chase_parts import Said
from bot.digest_parts import (
    EVERYWHERE,
    FILED,
    MINE,
    WITH_BUTTONS,
    Digest,
    Entry,
    Page,
    Part,
    Section,
    parse_page,
)
from bot.digest_view import (
    NOTHING,
    OUT_OF_DATE,
    channel_digest,
    filed_digest,
    next_page,
    personal_digest,
)
from bot.rich_text import rich
from bot.service.announce import Kind
from bot.service.audiences import audiences, channels, place
from bot.service.chased import Links, NotWanted
from bot.service.desk import Desk, Who
from bot.service.lookup import Story, read_stories
from bot.service.ranking import Rank, ranked
from bot.tellings import day_of
from policy.away import Absences
from policy.chasing import Urgency
from policy.people import Person
from storage import chases, digests, register, requests, rounds
from storage.chases import ChaseKind
from storage.digests import Waits
from storage.notices import NoticeRow
from storage.tables import SignOffState

# What is read at a glance; the rest is a button away. A message holds 50 blocks, a text 3,000 characters.
_FIRST = {Section.OPEN: 12, Section.DECIDED: 8, Section.CLEARED: 8}
_PAGE = 20


def no_link(_story: Story) -> str:
    """Nowhere."""
    return ""


def render(desk: Desk, notice: NoticeRow, link: Links) -> Said:
    """What a digest's notice says now. Raises NotWanted: its day is over, or nothing waits any more."""
    now = desk.clock()
    audience = audiences(desk).get(notice.payload["audience"])
    if audience is None:
        raise NotWanted("the directory does not know them any more")
    with desk.database.reading() as tx:
        look = _Look.at(tx, desk, now, audience.person)
        day = audience.calendar.working_day(now)
        its_day = day == audience.calendar.working_day(notice.created_at)
        if not its_day or not audience.at_work(look.absences).open_at(now):
            raise NotWanted("its day is over, and the next digest covers it")
        if audience.kind == Kind.PERSONAL:
            part = look.part(Page(Section.OPEN, MINE))
            if not any(one.rank and one.rank.snoozed_until is None for one in part.entries):
                raise NotWanted("nothing waits for them any more")
            found = Digest("", (part,))
        else:
            after = notice.payload["after"]
            covers = datetime.fromtimestamp(after, UTC) if after else None
            window = (notice.payload["since"], notice.payload["until"])
            found = look.digest(f"Digest for {day:%a} {day_of(day)}", audience.recipient, window, covers)
    return _said(found, link)


def digest_now(desk: Desk, who: Who, channel: str, link: Links = no_link) -> Said:
    """The private answer to whoever asks in `channel`: its digest, their own, or what they filed."""
    now = desk.clock()
    with desk.database.reading() as tx:
        look = _Look.at(tx, desk, now, who.person)
        found = look.asked(channel)
    return _said(found, link) if found else _sentence(NOTHING)


def digest_page(desk: Desk, who: Who, value: str | None, channel: str, link: Links = no_link) -> Said:
    """Where a list goes on, for whoever pressed its button in `channel`."""
    page = parse_page(value)
    with desk.database.reading() as tx:
        look = _Look.at(tx, desk, desk.clock(), who.person)
        if page is None or not look.may_read(page.place, channel):
            return _sentence(OUT_OF_DATE)
        part = look.part(page, _PAGE)
    return next_page(with_links(part, link))


def waits_for(tx: Connection, desk: Desk, who: Who, start: int) -> Part:
    """The page of what waits for a person that begins at `start`; the first, when nothing is there now."""
    look = _Look.at(tx, desk, desk.clock(), who.person)
    part = look.part(Page(Section.OPEN, MINE, start))
    return part if part.entries or not start else look.part(Page(Section.OPEN, MINE))


@dataclass(frozen=True)
class _Look:
    """One view of the rows for one person; a channel's digest has no person."""

    tx: Connection
    desk: Desk
    now: datetime
    person: Person
    absences: Absences

    @classmethod
    def at(cls, tx: Connection, desk: Desk, now: datetime, person: Person) -> "_Look":
        return cls(tx, desk.as_of(tx), now, person, desk.absences(tx, now))

    def asked(self, channel: str) -> Digest | None:
        """What this person gets when they ask; None when there is nothing."""
        if channel in self._channels and self.may_read(channel):
            return self._so_far("Digest", channel)
        mine = self.part(Page(Section.OPEN, MINE))
        if mine.total:
            return Digest("", (mine,))
        if self.may_read(EVERYWHERE):
            return self._so_far("Digest of all approvals channels", EVERYWHERE)
        filed = self.part(Page(Section.OPEN, FILED), _PAGE)
        return Digest("", (filed,)) if filed.total else None

    def digest(self, heading: str, where: str, window: tuple[int, int], covers: datetime | None) -> Digest:
        """A channel's digest, or that of all of them; `window`: the events after one, up to another."""
        parts = [self.part(Page(section, where, 0, *window)) for section in Section]
        return Digest(heading, tuple(parts), covers, register.head(self.tx))

    def part(self, page: Page, size: int | None = None) -> Part:
        """One page of a list."""
        ranks: dict[int, Rank] = {}
        if page.section == Section.OPEN:
            waits = self._waits(page.place)
            ranks = {one.request_id: one for one in ranked(self.desk, waits, self.absences, self.now)}
            ids = list(ranks)
        else:
            happened = digests.decided if page.section == Section.DECIDED else digests.cleared
            ids = happened(self.tx, page.since, page.until, self._place(page.place))
        most = WITH_BUTTONS if page.place == MINE else size or _FIRST[page.section]
        urgencies = [one.urgency for one in ranks.values()]
        return Part(
            page,
            tuple(self._entries(ids[page.start : page.start + most], ranks, page.place)),
            len(ids),
            urgencies.count(Urgency.OVERDUE),
            urgencies.count(Urgency.AT_RISK),
        )

    def may_read(self, where: str, channel: str = "") -> bool:
        """Their own lists; those of a channel for its contacts, for operators, and for who stands in it."""
        authority = self.desk.authority
        if where in (MINE, FILED) or authority.is_operator(self.person):
            return True
        codes = self._channels.get(where, ())
        return bool(codes) and (
            channel == where or any(authority.may_call_in(code, self.person) for code in codes)
        )

    @property
    def _channels(self) -> dict[str, tuple[str, ...]]:
        return channels(self.desk.authority.directory)

    def _so_far(self, heading: str, where: str) -> Digest:
        """Since the last digest of the channel; of all channels, since the one that is longest ago."""
        names = [f"{Kind.DIGEST}:{channel}" for channel in self._channels if where in (channel, EVERYWHERE)]
        kept = [row for name in names if (row := rounds.get(self.tx, name))]
        until = int(register.head(self.tx).partition(":")[0])
        since = min((row.seen for row in kept), default=until)
        told = [row.last_at for row in kept if row.last_at]
        return self.digest(heading, where, (since, until), min(told, default=None))

    def _place(self, where: str) -> digests.Place | None:
        return None if where == EVERYWHERE else place(self.desk.authority.directory, where)

    def _waits(self, where: str) -> list[Waits]:
        if where == MINE:
            return digests.waiting_for(self.tx, *self.person, self.now)
        if where == FILED:
            return digests.filed_by(self.tx, *self.person)
        return digests.waiting_in(self.tx, self._place(where))

    def _entries(self, ids: Sequence[int], ranks: dict[int, Rank], where: str) -> Iterator[Entry]:
        rows = {row.id: row for row in requests.those(self.tx, ids)}
        several = where not in self._channels or len(self._channels[where]) > 1
        chased = defaultdict(list)
        for chase in chases.of_several(self.tx, ids) if ranks else ():
            chased[chase.request_id].append(chase)
        for found in read_stories(self.tx, [rows[number] for number in ids]):
            row = found.row
            yield Entry(
                found,
                production=self.desk.authority.directory.title_of(row.production) if several else "",
                rank=ranks.get(row.id),
                chases=tuple(chased[row.id]),
                stands_in_for=self._stands_in_for(found) if where == MINE else (),
            )

    def _stands_in_for(self, found: Story) -> tuple[str, ...]:
        """The contacts whose topics wait for this person, too."""
        mine = {
            one.contact
            for one in found.chases
            if one.kind == ChaseKind.BACKUP and (one.team, one.user) == self.person
        }
        open_ones = (one for one in found.sign_offs if one.state == SignOffState.OPEN)
        return tuple(dict.fromkeys(one.contact_name for one in open_ones if one.backup in mine))


def _said(digest: Digest, link: Links) -> Said:
    """Links are asked for when no transaction is open: that may take a call to Slack."""
    linked = replace(digest, parts=tuple(with_links(part, link) for part in digest.parts))
    where = digest.parts[0].page.place
    view = {MINE: personal_digest, FILED: filed_digest}.get(where, channel_digest)
    return view(linked)


def with_links(part: Part, link: Links) -> Part:
    """The same page with the address of each thread."""
    return replace(part, entries=tuple(replace(each, link=link(each.story)) for each in part.entries))


def _sentence(text: str) -> Said:
    return text, [rich(text)]
