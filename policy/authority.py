"""Who may file, see, sign and call in: the directory as it is now, asked about one person."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Self

from policy.away import Absences
from policy.directory import Directory, Production
from policy.people import Person
from policy.verdict import Topic


@dataclass(frozen=True)
class Assignment:
    """Who signs one topic of a request. `contact` None: nobody can, and the operators have to be told."""

    topic: Topic
    contact: str | None
    backup: str | None
    because: str


class _Part(Enum):
    CONTACT = "contact"
    BACKUP = "backup"


@dataclass(frozen=True)
class Authority:
    """The directory seen from one workspace, whose people its ids are unless a contact names a team.

    A production that has left the directory gives nobody any authority; its requester and the operators
    still see its requests. `stand_ins`: who stands in while a contact is away, whoever is there first.
    """

    directory: Directory
    home_team: str
    stand_ins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def during(self, absences: Absences, moment: datetime) -> Self:
        """The directory as it is at that moment, with those standing in whom absent contacts named."""
        return replace(self, stand_ins=absences.stand_ins(self.directory, moment))

    def backup_of(self, key: str) -> str | None:
        """Who is asked beside a contact: the backup, or who stands in while one of both is away; a key."""
        return next(iter(self.backups_of(key)), None)

    def backups_of(self, key: str) -> tuple[str, ...]:
        """Who may sign beside a contact: first who is asked, then whoever is away and still able to."""
        named, backup = self.stand_ins.get(key, ()), self.directory.backup_of(key)
        if named or backup is None:
            return named
        return (*(one for one in self.stand_ins.get(backup, ()) if one != key), backup)

    def person(self, key: str) -> Person:
        """The person behind a contact's key."""
        contact = self.directory.contacts[key]
        return Person(contact.team or self.home_team, contact.slack)

    def key_of(self, person: Person) -> str | None:
        """The key of somebody who is a contact, or None."""
        return next((key for key in self.directory.contacts if self.person(key) == person), None)

    def is_operator(self, person: Person) -> bool:
        """Operators are members of the home workspace."""
        return person.team == self.home_team and person.user in self.directory.operators

    def assign(self, code: str, topics: Iterable[Topic], requester: Person) -> tuple[Assignment, ...]:
        """Who signs each topic. Nobody signs their own request: a topic they hold goes to its backup."""
        production = self.directory.find(code)
        if production is None:
            gone = f"{code} is no longer in the directory"
            return tuple(Assignment(topic, None, None, gone) for topic in topics)
        return tuple(self._assign(production, topic, requester) for topic in topics)

    def _assign(self, production: Production, topic: Topic, requester: Person) -> Assignment:
        contact = production.signer(topic)
        backup = self.backup_of(contact)
        if backup and self.person(backup) == requester:
            backup = None
        named = topic in production.topics
        if self.person(contact) != requester:
            part = f"is named for {topic.value}" if named else "is the production's contact"
            return Assignment(topic, contact, backup, f"{self._name(contact)} {part}")
        asked = f"{self._name(contact)} asked for this use and cannot sign it"
        if backup:
            return Assignment(topic, backup, None, f"{asked}; {self._name(backup)} stands in")
        return Assignment(topic, None, None, f"{asked}, and nobody stands in")

    def may_sign(self, code: str, topic: Topic, person: Person, *, requester: Person | None = None) -> bool:
        """The contact or the backup of a topic may sign it; nobody else, and never the requester."""
        return self._part(code, topic, person, requester) is not None

    def topics_for(
        self,
        code: str,
        open_topics: Iterable[Topic],
        person: Person,
        *,
        requester: Person | None = None,
        signed: Iterable[Topic] = (),
    ) -> tuple[Topic, ...]:
        """What one press of `person` signs: the open topics they hold as contact, else those held as backup.

        With `signed` (what they signed in this revision before) that holds across presses too: who signed as
        contact does not sign again as somebody's backup, nor the other way round. Where the contact is the
        requester, the backup is the one who decides and counts as the contact.
        """
        before = {self._part(code, topic, person, requester) for topic in signed} - {None}
        held = {topic: self._part(code, topic, person, requester) for topic in open_topics}
        for part in _Part:
            mine = tuple(topic for topic, mine in held.items() if mine is part)
            if mine and before <= {part}:
                return mine
        return ()

    def _part(self, code: str, topic: Topic, person: Person, requester: Person | None) -> _Part | None:
        production = self.directory.find(code)
        if production is None or person == requester:
            return None
        contact = production.signer(topic)
        if self.person(contact) == person:
            return _Part.CONTACT
        if not self._is_one_of(person, self.backups_of(contact)):
            return None
        return _Part.CONTACT if self.person(contact) == requester else _Part.BACKUP

    def deciders(
        self, code: str, topics: Iterable[Topic], requester: Person | None = None
    ) -> tuple[str, ...]:
        """The contacts, then the backups, to name in "only X or Y can decide"."""
        production = self.directory.find(code)
        contacts = [production.signer(topic) for topic in topics] if production else []
        keys = dict.fromkeys([*contacts, *self._backups(contacts)])
        return tuple(key for key in keys if self.person(key) != requester)

    def may_call_in(self, code: str, person: Person) -> bool:
        """A production's contacts and their backups, whatever the topic."""
        production = self.directory.find(code)
        contacts = production.contacts() if production else ()
        return self._is_one_of(person, [*contacts, *self._backups(contacts)])

    def may_file(self, code: str, person: Person, groups: Collection[str]) -> bool:
        """Anyone when no requesters are named; else they, members of their `groups`, and the contacts."""
        production = self.directory.find(code)
        if production is None:
            return False
        if production.requesters is None or self._is_one_of(person, production.contacts()):
            return True
        at_home = person.team == self.home_team
        return at_home and not {person.user, *groups}.isdisjoint(production.requesters)

    def titles_for(self, person: Person, groups: Collection[str]) -> dict[str, str]:
        """Code -> title of the productions that a person may file for, in the order of the directory."""
        every = self.directory.productions.items()
        return {code: each.title for code, each in every if self.may_file(code, person, groups)}

    def may_see(self, code: str, topics: Iterable[Topic], requester: Person, person: Person) -> bool:
        """The requester, the contacts and backups of its topics and of production, and the operators."""
        if person == requester or self.is_operator(person):
            return True
        return self._is_one_of(person, self.deciders(code, (*topics, Topic.PRODUCTION)))

    def _is_one_of(self, person: Person, keys: Iterable[str]) -> bool:
        return any(self.person(key) == person for key in keys)

    def _backups(self, keys: Iterable[str]) -> list[str]:
        return [backup for key in keys for backup in self.backups_of(key)]

    def _name(self, key: str) -> str:
        return self.directory.contacts[key].name
