"""What happened is appended, and reads back as it was said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from storage import register, requests
from storage.canonical import canonical
from storage.database import Database
from storage.register import NewEvent, content_hash
from tests.storage.people import BOOK, NOW, a_request

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_events_come_back_in_order_and_whole(database: Database) -> None:
    with database.transaction() as tx:
        made = requests.open_request(tx, a_request(), NOW).id
        submitted = NewEvent(
            request_id=made,
            kind="submitted",
            actor_team="T0",
            actor_user="U0ANA",
            actor_name="Ana Ibáñez",
            details={"title": "Plakat — größer", "topics": ["legal"]},
            book=(BOOK,),
            content_hash="ef" * 32,
        )
        first = register.append(tx, submitted, NOW)
        second = register.append(tx, NewEvent(request_id=made, kind="withdrawn"), NOW)
    with database.reading() as tx:
        told, withdrawn = requests.events(tx, made)
    assert {name: getattr(told, name) for name in vars(submitted)} == vars(submitted)
    assert (told.id, told.at, withdrawn.id, withdrawn.kind) == (first, NOW, second, "withdrawn")
    assert (withdrawn.details, withdrawn.book) == ({}, ())


def test_nothing_is_recorded_about_a_request_that_is_not_there(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as tx:
        register.append(tx, NewEvent(request_id=99, kind="submitted"), NOW)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.text(), plain, max_size=4))
def test_the_order_in_which_keys_were_said_does_not_change_the_hash(content: dict[str, object]) -> None:
    turned = dict(reversed(content.items()))
    assert content_hash(turned) == content_hash(content)


def test_the_hash_is_of_the_text_as_people_read_it() -> None:
    assert canonical({"b": "é", "a": [1, None]}) == '{"a":[1,null],"b":"é"}'
    assert content_hash({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))
