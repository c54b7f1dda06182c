"""What can be wrong in a directory: names that lead nowhere, things claimed twice, and where they stand."""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from policy.faults import faults_of
from policy.people import COUNTRY
from policy.spelling import suggest

Told = tuple[str, str]  # key, sentence
Tables = Mapping[str, Mapping[str, Any]]

_MENDS = MappingProxyType(
    {
        "operators": 'say who is told when something needs a hand: operators = ["U012AB3CD"]',
        "contacts": "describe who decides, each in a table like [contacts.ravi]",
        "productions": "no production is listed; describe each in a table like [productions.NIGHTFALL]",
        "contact": 'name the contact who decides for this production: contact = "ravi"',
        "slack": 'write their member ID: slack = "U012AB3CD" (in Slack: profile, three dots, Copy member ID)',
        "name": 'write how people know them: name = "Ravi Menon"',
        "title": 'write it as people know it: title = "Nightfall, season 2"',
        "timezone": 'write where its days end: timezone = "Europe/London"',
        "requesters": "leave requesters out to let anybody file",
        "days": 'name the working days, like days = ["monday", "tuesday"]',
        "rulebooks": "leave rulebooks out to use netflix-genai",
        "ladder": "leave ladder out to chase as usual",
        "kind": 'say what it does: kind = "remind", "backup" or "last_call"',
        "from": "write the first day away: from = 2026-12-24",
        "until": "write the last day away: until = 2027-01-02",
    }
)

_MEANT = MappingProxyType({"UK": "GB", "EL": "GR"})  # what people write, and ISO 3166


class WrittenAt:
    """Where each key of a TOML text stands; for a missing key, where its table does."""

    def __init__(self, text: str) -> None:
        self._lines: dict[str, int] = {}
        table: tuple[str, ...] = ()
        rows: Counter[str] = Counter()
        for number, line in enumerate(text.splitlines(), start=1):
            header = re.match(r"\s*\[[^\[\]]+\]", line)
            row = re.match(r"\s*\[(\[[^\[\]]+\])\]", line)
            key = re.match(r"\s*([^\s=\[#{][^=\[#{]*?)\s*=", line)
            if header:
                table = _path(header[0])
                self._lines.setdefault(".".join(table), number)
            elif row:
                table = _path(row[1])
                name = ".".join(table)
                rows[name] += 1
                table = (*table[:-1], f"{table[-1]}[{rows[name]}]") if table else ()
                self._lines.setdefault(name, number)
                self._lines.setdefault(".".join(table), number)
            elif key:
                self._lines.setdefault(".".join((*table, *_path(f"{key[1]} = 0"))), number)

    def line(self, key: str) -> int | None:
        """The line of a key such as productions.NIGHTFALL.channels[2], else of what it stands in."""
        place = key
        while place:
            if place in self._lines:
                return self._lines[place]
            whole = re.sub(r"\[\d+\]$", "", place)
            place = whole if whole != place else place.rpartition(".")[0]
        return None


def _path(fragment: str) -> tuple[str, ...]:
    """The keys of one header or assignment, quoted or dotted as TOML allows."""
    try:
        here: Any = tomllib.loads(fragment)
    except tomllib.TOMLDecodeError:
        return ()
    path = []
    while isinstance(here, dict) and here:
        name, here = next(iter(here.items()))
        path.append(name)
    return tuple(path)


def shape_faults(error: ValidationError, model: type[BaseModel], source: str, text: str) -> list[Told]:
    """Key and sentence for each value that is missing, mistyped or malformed, with what to write instead."""
    found = []
    for fault in faults_of(error, model, source, text):
        key = fault.key.removesuffix(".[key]")  # pydantic's way to say that the name of a table is wrong
        absent = fault.says.startswith(("this key is missing", "at least one entry"))
        mend = _MENDS.get(key.rpartition(".")[2]) if absent else None
        found.append((key, f"{fault.says}; {mend}" if mend else fault.says))
    return found


def cross_faults(
    raw: Mapping[str, Any],
    known_books: Collection[str] | None,
    known_countries: Collection[str] | None = None,
) -> Iterator[Told]:
    """Everything wrong between the tables. `raw` may be misshapen: all faults are told at once."""
    contacts, productions = _tables(raw, "contacts"), _tables(raw, "productions")
    yield from _backups(contacts)
    yield from _stand_ins(contacts)
    yield from _twins(contacts)
    yield from _deciders(productions, contacts)
    yield from _approvals(raw, productions)
    yield from _channels(productions)
    yield from _namesakes(productions)
    if known_books is not None:
        yield from _books(productions, known_books)
    if known_countries is not None:
        yield from _countries("contacts", contacts, known_countries)
        yield from _countries("productions", productions, known_countries)


def _tables(raw: Mapping[str, Any], name: str) -> Tables:
    found = raw.get(name)
    return {k: v for k, v in found.items() if isinstance(v, dict)} if isinstance(found, dict) else {}


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _identity(contact: Mapping[str, Any]) -> tuple[object, object]:
    return contact.get("team"), contact.get("slack")


def _backups(contacts: Tables) -> Iterator[Told]:
    for key, contact in contacts.items():
        backup = contact.get("backup")
        if not isinstance(backup, str):
            continue
        place = f"contacts.{key}.backup"
        if backup not in contacts:
            others = [other for other in contacts if other != key]
            yield place, f'there is no contact "{backup}"; {suggest(backup, others)}'
        elif backup == key:
            yield place, f"{key} cannot be their own backup; name somebody else, or leave backup out"
        elif contact.get("slack") and _identity(contacts[backup]) == _identity(contact):
            yield place, f"{backup} is the same person as {key} ({contact['slack']}); name somebody else"


def _stand_ins(contacts: Tables) -> Iterator[Told]:
    for key, contact in contacts.items():
        away = contact.get("away")
        for number, absence in enumerate(away if isinstance(away, list) else [], start=1):
            other = absence.get("to") if isinstance(absence, dict) else None
            if isinstance(other, str):
                for says in _stand_in(key, other, absence, contacts):
                    yield f"contacts.{key}.away[{number}].to", says


def _stand_in(key: str, other: str, absence: Mapping[str, Any], contacts: Tables) -> Iterator[str]:
    if other not in contacts:
        others = [each for each in contacts if each != key]
        yield f'there is no contact "{other}"; {suggest(other, others)}'
    elif other == key:
        yield f"{key} cannot stand in for themselves; name somebody else, or leave to out"
    elif any(_covers(theirs, absence) for theirs in _rows(contacts[other].get("away"))):
        yield f"{other} is away on all of these days too; name somebody else, or leave to out"


def _rows(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _covers(theirs: Mapping[str, Any], absence: Mapping[str, Any]) -> bool:
    """Whether one absence has every day of another. As written, 2026-12-24 sorts as it counts."""
    days = [str(row.get(end)) for row in (theirs, absence) for end in ("from", "until")]
    return days[0] <= days[2] and days[3] <= days[1]


def _twins(contacts: Tables) -> Iterator[Told]:
    first: dict[tuple[object, object], str] = {}
    for key, contact in contacts.items():
        if not isinstance(contact.get("slack"), str) or not isinstance(contact.get("team", ""), str):
            continue
        other = first.setdefault(_identity(contact), key)
        if other != key:
            says = f"{contact['slack']} is already the contact {other}; keep one of the two"
            yield f"contacts.{key}.slack", says


def _deciders(productions: Tables, contacts: Tables) -> Iterator[Told]:
    for code, production in productions.items():
        topics = production.get("topics")
        named = {"contact": production.get("contact")}
        if isinstance(topics, dict):
            named |= {f"topics.{topic}": key for topic, key in topics.items()}
        for place, key in named.items():
            if isinstance(key, str) and key not in contacts:
                says = f'there is no contact "{key}"; {suggest(key, contacts)}'
                yield f"productions.{code}.{place}", says


def _approvals(raw: Mapping[str, Any], productions: Tables) -> Iterator[Told]:
    if raw.get("approvals_channel"):
        return
    for code, production in productions.items():
        if not production.get("approvals_channel"):
            says = (
                'there is no channel to approve in; write approvals_channel = "C012AB3CD" here, '
                "or at the top of the file for every production"
            )
            yield f"productions.{code}", says


def _channels(productions: Tables) -> Iterator[Told]:
    owner: dict[str, str] = {}
    for code, production in productions.items():
        for channel in _texts(production.get("channels")):
            other = owner.setdefault(channel, code)
            if other != code:
                says = f"{channel} already belongs to {other}; a channel can preset one production only"
                yield f"productions.{code}.channels", says


def _namesakes(productions: Tables) -> Iterator[Told]:
    codes: dict[str, str] = {}
    titles: dict[str, str] = {}
    for code, production in productions.items():
        other = codes.setdefault(code.casefold(), code)
        if other != code:
            yield (
                f"productions.{code}",
                f"the code differs from {other} only by capitals; give it another one",
            )
        title = production.get("title")
        if isinstance(title, str):
            other = titles.setdefault(" ".join(title.split()).casefold(), code)
            if other != code:
                says = f'{other} is called "{title.strip()}" too; nobody could tell them apart in the form'
                yield f"productions.{code}.title", says


def _books(productions: Tables, known_books: Collection[str]) -> Iterator[Told]:
    for code, production in productions.items():
        for book in _texts(production.get("rulebooks", ["netflix-genai"])):
            if book not in known_books:
                says = f'there is no rulebook "{book}"; {suggest(book, known_books)}'
                yield f"productions.{code}.rulebooks", says


def _countries(table: str, described: Tables, known: Collection[str]) -> Iterator[Told]:
    for key, each in described.items():
        code = each.get("holidays")
        if isinstance(code, str) and re.fullmatch(COUNTRY, code) and code not in known:
            yield f"{table}.{key}.holidays", _unknown_country(code, known)


def _unknown_country(code: str, known: Collection[str]) -> str:
    country = code.partition("-")[0]
    if country not in known:
        whole = sorted(each for each in known if "-" not in each)
        near = suggest(_MEANT.get(country, country), whole)
        return f'the public holidays of "{country}" are not known; {near}'
    parts = sorted(each for each in known if each.startswith(f"{country}-"))
    near = suggest(code, parts) if parts else f'write the country alone: "{country}"'
    return f'{country} has no part "{code}" with holidays of its own; {near}'
