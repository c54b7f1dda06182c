"""approve, deny, call in: load -> lifecycle and authority -> conditional move -> audit and notices."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.decision_modal import DecisionForm
from bot.service.announce import announce_call_in, announce_decision
from bot.service.desk import Desk, Who
from bot.service.lookup import Story, find, timed_story
from bot.service.record import event, sign_off
from bot.service.refusals import AlreadyDecided, Changed, NotYours, OwnRequest, WordingMissing
from bot.service.waits import follow, wait_for
from bot.wording import listed
from policy.lifecycle import Move, Status, after
from policy.people import Person
from policy.verdict import Outcome, Topic
from storage import register, requests
from storage.records import DecisionRow, NewDecision, NewSignOff, RequestRow, SignOffRow
from storage.tables import SignOffState


@dataclass(frozen=True)
class Prepared:
    """What a decision's form shows: the request, the topics that one press signs, and those that remain."""

    row: RequestRow
    topics: tuple[Topic, ...] = ()
    others: tuple[tuple[Topic, str], ...] = ()


def decide(desk: Desk, form: DecisionForm, who: Who) -> Story:
    """Carry out what a contact pressed and return the request as it then stands."""
    now, who = desk.clock(), desk.known(who)
    with desk.database.transaction() as tx:
        desk = desk.as_of(tx)
        requests.lock(tx, form.request)
        row = find(tx, desk, form.request, who.person)
        try:
            if form.action == Move.CALL_IN:
                _call_in(tx, desk, row, form, who, now)
            else:
                _sign(tx, desk, row, form, who, now)
        except AlreadyDecided as late:
            raise _sent_again(tx, desk, row, form, who) or late from None
        # Read before the commit: a busy database afterwards could not claim that nothing was recorded.
        now_stands = timed_story(tx, desk, _again(tx, row))
    desk.wake()
    return now_stands


def prepare(desk: Desk, request_id: int, revision: int, action: Move, who: Who, channel: str) -> Prepared:
    """What a decision's form must show before it opens, or why this person cannot decide.

    Whoever reads the card in `channel` knows of the request and is told who decides it.
    """
    with desk.database.reading() as tx:
        desk = desk.as_of(tx)
        row = find(tx, desk, request_id, who.person, channel)
        if action == Move.CALL_IN:
            _may_call_in(tx, desk, row, revision, who)
            return Prepared(row)
        topics = topics_for_press(tx, desk, row, revision, who)
        others = [
            (each.topic, each.contact_name)
            for each in requests.sign_offs(tx, row.id)
            if each.state == SignOffState.OPEN and each.topic not in topics
        ]
    return Prepared(row, topics, tuple(others))


def _sign(tx: Connection, desk: Desk, row: RequestRow, form: DecisionForm, who: Who, now: datetime) -> None:
    topics = topics_for_press(tx, desk, row, form.revision, who)
    denied = form.action == Move.DENY
    if not denied and row.outcome == Outcome.WRITTEN_APPROVAL and not form.wording:
        raise WordingMissing("A written approval needs its words: say what you approve.")
    decision_id = requests.record_decision(tx, _decision(row, form, who, topics), now)
    state = SignOffState.DENIED if denied else SignOffState.SIGNED
    requests.sign(tx, row.id, topics, decision_id, state)
    still_open = [each for each in requests.sign_offs(tx, row.id) if each.state == SignOffState.OPEN]
    if denied:
        requests.void_open(tx, row.id)
    if still_open and not denied:
        moved = requests.hold(tx, row.id, status=row.status, revision=form.revision, now=now)
    else:
        to = after(row.status, form.action)
        assert to is not None  # topics_for_press refused every status from which this move is not allowed
        moved = requests.move(tx, row.id, frm=row.status, to=to, revision=form.revision, now=now)
    if not moved:
        raise _too_late(tx, desk, row, who)
    kind = "denied" if denied else "signed" if still_open else "approved"
    details = {
        "topics": [topic.value for topic in topics],
        "decision": decision_id,
        "waiting_for": [] if denied else [each.topic.value for each in still_open],
    }
    follow(tx, _again(tx, row), now)
    register.append(tx, event(row, kind, who, details), now)
    announce_decision(tx, row, decision_id, now)


def topics_for_press(
    tx: Connection, desk: Desk, row: RequestRow, revision: int, who: Who
) -> tuple[Topic, ...]:
    """The open topics that this person's press decides, or the refusal."""
    if row.status != Status.PENDING:
        raise _too_late(tx, desk, row, who)
    if row.revision != revision:
        raise Changed(f"{row.label} changed since you opened it. Look at its card again before you decide.")
    requester = Person(row.requester_team, row.requester_user)
    if who.person == requester:
        raise OwnRequest(f"You filed {row.label} yourself, so somebody else has to decide it.")
    sign_offs = requests.sign_offs(tx, row.id)
    opened = [each.topic for each in sign_offs if each.state == SignOffState.OPEN]
    decided = {each.id: each for each in requests.decisions(tx, row.id)}
    mine = [
        each.topic for each in sign_offs if each.decision_id and _by(decided[each.decision_id]) == who.person
    ]
    topics = desk.authority.topics_for(row.production, opened, who.person, requester=requester, signed=mine)
    if not topics:
        raise _not_theirs(desk, row, sign_offs, decided, who, requester)
    return topics


def _not_theirs(
    desk: Desk,
    row: RequestRow,
    sign_offs: list[SignOffRow],
    decided: dict[int, DecisionRow],
    who: Who,
    requester: Person,
) -> NotYours | AlreadyDecided:
    """Their topic was signed before, or it never was theirs."""
    for each in sign_offs:
        holds = desk.authority.may_sign(row.production, each.topic, who.person, requester=requester)
        if holds and each.decision_id:
            first = decided[each.decision_id]
            sentence = f"{row.label} is already signed for {each.topic.value} by {_named(first, who)}"
            return AlreadyDecided(sentence, first.at, desk.when(row.production, first.at))
    opened = [each.topic for each in sign_offs if each.state == SignOffState.OPEN]
    keys = desk.authority.deciders(row.production, opened, requester)
    names = [desk.authority.directory.contacts[key].name for key in keys]
    if not names:
        return NotYours(f"Nobody in the directory can decide {row.label}; the operators have been told.")
    return NotYours(f"Only {listed(names, 'or')} can decide {row.label}.")


def _call_in(
    tx: Connection, desk: Desk, row: RequestRow, form: DecisionForm, who: Who, now: datetime
) -> None:
    _may_call_in(tx, desk, row, form.revision, who)
    held = desk.authority.topics_for(row.production, tuple(Topic), who.person)
    topic = Topic.PRODUCTION if Topic.PRODUCTION in held else held[0]
    decision_id = requests.record_decision(tx, _decision(row, form, who, (topic,)), now)
    if not requests.move(tx, row.id, frm=Status.RECORDED, to=Status.PENDING, revision=form.revision, now=now):
        raise _too_late(tx, desk, row, who)
    requests.note_call_in(tx, row.id, by=who.name, reason=form.reason, now=now)
    # It waits for whoever called; the other of contact and backup stands in.
    requests.add_sign_offs(tx, row.id, [_held_by_caller(desk, row, topic, who)])
    details = {"topic": topic.value, "decision": decision_id}
    register.append(tx, event(row, "called_in", who, details), now)
    called = _again(tx, row)
    announce_call_in(tx, called, decision_id, now)
    wait_for(tx, desk, called, now)


def _held_by_caller(desk: Desk, row: RequestRow, topic: Topic, who: Who) -> NewSignOff:
    contact = desk.authority.directory.signer(row.production, topic)
    backup = desk.authority.backup_of(contact)
    caller = desk.authority.key_of(who.person)
    other = backup if caller == contact else contact
    if other and desk.authority.person(other) == Person(row.requester_team, row.requester_user):
        other = None
    return sign_off(desk, topic, caller, other)


def _may_call_in(tx: Connection, desk: Desk, row: RequestRow, revision: int, who: Who) -> None:
    if after(row.status, Move.CALL_IN) is None:
        raise _too_late(tx, desk, row, who)
    if row.revision != revision:
        raise Changed(f"{row.label} changed since you opened it. Look at its card again.")
    if who.person == Person(row.requester_team, row.requester_user):
        raise OwnRequest(f"You filed {row.label} yourself, so somebody else has to call it in.")
    if not desk.authority.may_call_in(row.production, who.person):
        keys = desk.authority.deciders(row.production, tuple(Topic))
        names = [desk.authority.directory.contacts[key].name for key in keys]
        raise NotYours(f"Only {listed(names, 'or')} can call in {row.label}.")


def _sent_again(
    tx: Connection, desk: Desk, row: RequestRow, form: DecisionForm, who: Who
) -> AlreadyDecided | None:
    """The answer to a press got lost, so they sent the same once more: it stands as they wrote it."""
    taken = requests.decisions(tx, row.id)
    same = next((one for one in taken if _by(one) == who.person and _is_same(one, form)), None)
    if same is None:
        return None
    what = {Move.APPROVE: "approval of", Move.DENY: "denial of"}.get(form.action, "call to look at")
    sentence = f"Your {what} {row.label} was recorded"
    return AlreadyDecided(sentence, same.at, desk.when(row.production, same.at), recorded=True)


def _is_same(one: DecisionRow, form: DecisionForm) -> bool:
    return all(
        getattr(one, name) == getattr(form, name)
        for name in ("revision", "action", "wording", "conditions", "valid_until", "reason")
    )


def _too_late(tx: Connection, desk: Desk, row: RequestRow, who: Who) -> AlreadyDecided:
    """Who was first, in one sentence."""
    now = requests.get(tx, row.id) or row
    taken = requests.decisions(tx, row.id)
    if not taken or now.status == Status.LAPSED:
        return AlreadyDecided(f"{row.label} is {now.status.value}: there is nothing to decide.")
    last = taken[-1]
    done = "called in" if last.action == Move.CALL_IN else now.status.value
    sentence = f"{row.label} is already {done} by {_named(last, who)}"
    return AlreadyDecided(sentence, last.at, desk.when(row.production, last.at))


def _again(tx: Connection, row: RequestRow) -> RequestRow:
    found = requests.get(tx, row.id)
    assert found is not None  # requests are never deleted
    return found


def _named(decision: DecisionRow, who: Who) -> str:
    return "you" if _by(decision) == who.person else decision.by_name


def _by(decision: DecisionRow) -> Person:
    return Person(decision.by_team, decision.by_user)


def _decision(row: RequestRow, form: DecisionForm, who: Who, topics: tuple[Topic, ...]) -> NewDecision:
    """The decision with a snapshot of what it rests on: facts, verdict and the words pressed."""
    content = row.content()
    return NewDecision(
        request_id=row.id,
        revision=form.revision,
        action=form.action,
        by_team=who.team,
        by_user=who.user,
        by_name=who.name,
        wording=form.wording,
        conditions=form.conditions,
        valid_until=form.valid_until,
        reason=form.reason,
        topics=topics,
        shown_hash=row.content_hash,
        snapshot={
            "facts": content["facts"],
            "verdict": content["verdict"],
            "wording": form.wording,
            "conditions": list(form.conditions),
            "valid_until": form.valid_until.isoformat() if form.valid_until else None,
            "reason": form.reason,
        },
    )
