"""The directory: productions, contacts and backups, read from a file that a person wrote."""

import re
from collections.abc import Collection
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from policy.directory_faults import WrittenAt, cross_faults, shape_faults
from policy.facts import Strict
from policy.faults import Fault, Invalid, parse_toml
from policy.ladder import LADDER, Ladder
from policy.people import ChannelId, Contact, Country, RequesterId, UserId, Zone
from policy.spelling import suggest
from policy.verdict import Topic


class UnknownProduction(LookupError):
    """There is no production ...; did you mean ...?"""

    def __init__(self, code: str, known: Collection[str]) -> None:
        self.code = code
        super().__init__(f'there is no production "{code[:60]}"; {suggest(code, known)}')


def _code(value: str) -> str:
    if not re.fullmatch(r"[A-Z0-9_-]{1,40}", value):
        raise ValueError(
            f'"{value[:60]}" is not a production code; use 1 to 40 of A-Z, 0-9, _ and -, like "NIGHTFALL"'
        )
    return value


class Production(Strict):
    """One title: who may file for it, where it is approved and who decides."""

    # Slack shows the title as an option, and an option's text ends at 75 characters.
    title: Annotated[str, StringConstraints(min_length=1, max_length=75, strip_whitespace=True)]
    timezone: Zone  # needed-by and valid-until end at 23:59 here
    requesters: Annotated[tuple[RequesterId, ...], Field(min_length=1)] | None = None  # None: anyone
    approvals_channel: ChannelId | None = None
    channels: tuple[ChannelId, ...] = ()
    contact: str
    topics: dict[Topic, str] = Field(default_factory=dict)
    rulebooks: Annotated[tuple[str, ...], Field(min_length=1)] = ("netflix-genai",)
    holidays: Country | None = None  # days without a digest
    ladder: Ladder = LADDER

    def signer(self, topic: Topic) -> str:
        """The key of the contact who decides `topic`."""
        return self.topics.get(topic, self.contact)

    def contacts(self) -> tuple[str, ...]:
        """The keys of everyone who decides something here, the production's contact first."""
        return tuple(dict.fromkeys((self.contact, *self.topics.values())))


class Directory(Strict):
    """Everyone and everything the app knows. Who may do what is asked of policy.authority."""

    operators: Annotated[tuple[UserId, ...], Field(min_length=1)]
    operators_channel: ChannelId | None = None
    approvals_channel: ChannelId | None = None
    contacts: Annotated[dict[str, Contact], Field(min_length=1)]
    productions: Annotated[dict[Annotated[str, AfterValidator(_code)], Production], Field(min_length=1)]

    def find(self, code: str) -> Production | None:
        """The production with that code in any capitals; None when the directory does not know it."""
        return self.productions.get(code.strip().upper())

    def title_of(self, code: str) -> str:
        """What people call a production; its code, when it has left the directory."""
        found = self.find(code)
        return found.title if found else code

    def production(self, code: str, among: Collection[str] | None = None) -> Production:
        """The production with that code in any capitals, or UnknownProduction.

        Titles can be secret: before a text goes to a requester, pass the codes they may know as `among`.
        """
        found = self.find(code)
        if found is None:
            raise UnknownProduction(code, self.productions if among is None else among)
        return found

    def for_channel(self, channel: str) -> str | None:
        """The code of the production a request from `channel` is preset to, when there is exactly one."""
        for code, production in self.productions.items():
            if channel in production.channels:
                return code
        here = [code for code, each in self.productions.items() if each.approvals_channel == channel]
        return here[0] if len(here) == 1 else None

    def approvals_for(self, code: str) -> str | None:
        """The channel where requests of a production are approved; None when the production is gone."""
        found = self.find(code)
        return (found.approvals_channel or self.approvals_channel) if found else None

    def signer(self, code: str, topic: Topic) -> str:
        """The key of the contact who decides `topic` for a production, or UnknownProduction."""
        return self.production(code).signer(topic)

    def backup_of(self, key: str) -> str | None:
        """The key of a contact's backup; one hop only."""
        contact = self.contacts.get(key)
        return contact.backup if contact else None


def parse_directory(
    text: str,
    source: str,
    known_books: Collection[str] | None = None,
    known_countries: Collection[str] | None = None,
) -> Directory:
    """Read a directory, or raise Invalid with every fault in it. `source` is the name to show.

    `known_countries`: the codes whose public holidays can be told, like "GB" and "GB-SCT"; None: unchecked.
    """
    raw = _toml(text, source)
    written = WrittenAt(text)
    shape: list[tuple[str, str]] = []
    directory = None
    try:
        directory = Directory.model_validate(raw)
    except ValidationError as error:
        shape = shape_faults(error, Directory, source, text)
    told = dict.fromkeys([*shape, *cross_faults(raw, known_books, known_countries)])
    faults = [Fault(source, written.line(key), key, says) for key, says in told]
    if directory is None or faults:
        raise Invalid(sorted(faults, key=lambda fault: fault.line or 0))
    return directory


def _toml(text: str, source: str) -> dict[str, Any]:
    """TOML itself refuses a table written twice; say that in our words."""
    try:
        return parse_toml(text, source)
    except Invalid as invalid:
        raise Invalid(_plainly(fault) for fault in invalid.faults) from None


def _plainly(fault: Fault) -> Fault:
    twice = re.search(r"Cannot declare \('(\w+)', '([^']+)'\) twice", fault.says)
    if not twice:
        return fault
    kind = {"productions": "production", "contacts": "contact"}.get(twice[1], "table")
    says = f"the {kind} {twice[2]} is already described above; keep one of the two or rename one"
    return Fault(fault.source, fault.line, f"{twice[1]}.{twice[2]}", says)
