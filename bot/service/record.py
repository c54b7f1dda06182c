"""The pieces that several verbs write: audit events and open topics."""

from collections.abc import Mapping

from bot.service.desk import Desk, Who
from policy.authority import Assignment
from policy.verdict import Topic
from storage import register
from storage.records import NewSignOff, RequestRow


def event(row: RequestRow, kind: str, who: Who, details: Mapping[str, object]) -> register.NewEvent:
    """An audit event about a request as it stands."""
    return register.NewEvent(
        request_id=row.id,
        kind=kind,
        actor_team=who.team,
        actor_user=who.user,
        actor_name=who.name,
        details=details,
        book=row.verdict.rulebooks,
        content_hash=row.content_hash,
    )


def assigned(desk: Desk, assignment: Assignment) -> NewSignOff:
    """An open topic for an assignment; a topic nobody holds stays open under no name."""
    return sign_off(desk, assignment.topic, assignment.contact, assignment.backup)


def sign_off(desk: Desk, topic: Topic, contact: str | None, backup: str | None) -> NewSignOff:
    """An open topic held by a contact of the directory, with whoever stands in."""
    first, second = _named(desk, contact), _named(desk, backup)
    return NewSignOff(
        topic=topic,
        contact=contact or "",
        contact_team=first.team,
        contact_user=first.user,
        contact_name=first.name,
        backup=backup or "",
        backup_team=second.team,
        backup_user=second.user,
        backup_name=second.name,
    )


def _named(desk: Desk, key: str | None) -> Who:
    if key is None:
        return Who("", "", "")
    person = desk.authority.person(key)
    return Who(person.team, person.user, desk.authority.directory.contacts[key].name)
