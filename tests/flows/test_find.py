"""Finding a request: who sees what, in the answer to the command and in the window."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.app import utc_now
from bot.register_command import redact_field
from bot.shipped import shipped
from storage import search_sqlite
from storage.records import Actor
from tests.flows.conftest import Stage
from tests.person import Json, Person, text_of
from tests.studio import CHANNEL, ESCALATE, SAFE, ask, card, decide, file, house

HOSTILE = (
    '"',
    "'; DROP TABLE requests; --",
    "NEAR(lantern boat, 3)",
    "lantern*",
    "* AND OR NOT",
    "words : lantern",
    "lantern & ! | <-> ( )",
    "%_%",
    "🎬 👩🏽‍🎤",
    "nul\x00and\x07bell",
    "\ud83d half",
    "status",
    ":::",
    "a" * 250,
    "-lantern",
    "^lantern",
    "{a b}: c",
    "\u202eright to left",
)


def answered(who: Person, words: str, channel: str = "C0NIGHTFALL") -> str:
    """Type the command; returns what only this person sees."""
    before = len(who.ephemerals(channel))
    who.command(channel, f"/genai-request find {words}")
    [said] = who.wait(lambda: who.ephemerals(channel)[before:])
    assert who.notice() is None
    return said


def labels(said: str) -> list[int]:
    """The numbers of the requests in an answer, in its order."""
    return [int(one) for one in re.findall(r"\*(?:<[^|>]*\|)?GEN-(\d+) · ", said)]


@pytest.fixture(scope="module")
def filed(stage: Stage) -> dict[str, int]:
    """Two requests of Ana for Nightfall, one of Jun for Paper Lantern."""
    made = {
        "boat": file(stage.ana, ESCALATE, title="Fog around the ferryman", step1_tool="Runway Gen-4"),
        "poster": file(stage.ana, title="Posters in the corridor", vendor="Paper Boat"),
        "lantern": file(stage.jun, code="PAPERLANTERN", title="Lanterns over the ferry"),
    }
    for who in (stage.ana, stage.jun):
        who.close()
    for number, code in zip(made.values(), ("NIGHTFALL", "NIGHTFALL", "PAPERLANTERN"), strict=True):
        card({"NIGHTFALL": stage.ravi, "PAPERLANTERN": stage.mei}[code], number, code)  # a link to it
    return made


def test_a_requester_finds_their_own_and_nothing_else(stage: Stage, filed: dict[str, int]) -> None:
    said = answered(stage.ana, "fog runway")
    assert "Requests with “fog runway”" in said
    assert f"|GEN-{filed['boat']} · Fog around the ferryman>*" in said
    assert "Waiting for Ravi Menon (production)" in said
    assert "Nightfall, season 2 · filed by ana, " in said
    assert labels(said) == [filed["boat"]]
    assert labels(answered(stage.ana, "poster")) == [filed["poster"]]
    assert labels(answered(stage.ana, "ferry")) == [filed["boat"]]  # the beginning of ferryman
    assert labels(answered(stage.jun, "ferry", "C0LANTERN")) == [filed["lantern"]]


def test_what_was_just_filed_is_found(stage: Stage) -> None:
    number = file(stage.ana, title="Zeppelin over the harbour")
    stage.ana.close()
    assert labels(answered(stage.ana, "ZEPPELINS harbor".replace("harbor", "harbour"))) == [number]


def test_what_nobody_searches_for_is_indexed_too(stage: Stage) -> None:
    number = file(stage.ana, title="Marmots on the terrace")
    stage.ana.close()
    assert stage.house.clearance is not None
    stage.house.clearance.scheduler.now()
    stage.ana.wait(lambda: stage.house.rows("SELECT count(*) FROM to_index") == [(0,)], 20)
    found = stage.house.rows("SELECT rowid FROM search_0 WHERE search_0 MATCH ?", '"=marmot"')
    assert found == [(number,)]


def test_a_contact_finds_what_is_theirs_to_decide(tmp_path: Path) -> None:
    """Ravi decides for Nightfall, Oskar for Paper Lantern, Mei and Lucia stand in for them."""
    text = shipped("directory.example.toml").read_text("utf-8")
    text = re.sub(r"(?m)^topics = .*$", "", text)
    apart = text.replace('contact = "mei"', 'contact = "oskar"')
    with house(tmp_path, directory=apart) as built:
        built.start()
        ana, jun, ravi, mei, oskar = map(built.person, ("U0ANA", "U0JUN", "U0RAVI", "U0MEI", "U0OSKAR"))
        boat = file(ana, ESCALATE, title="Fog around the ferryman")
        lantern = file(jun, code="PAPERLANTERN", title="Lanterns over the ferry")
        assert labels(answered(ravi, "ferry")) == [boat]
        assert labels(answered(mei, "ferry", "C0LANTERN")) == [boat]
        assert labels(answered(oskar, "ferry", "C0NIGHTAPPR")) == [lantern]
        assert labels(answered(ana, "ferry")) == [boat]


def test_a_contact_of_several_productions_finds_all_of_them(stage: Stage, filed: dict[str, int]) -> None:
    assert labels(answered(stage.mei, "ferry", "C0LANTERN")) == [filed["lantern"], filed["boat"]]
    assert labels(answered(stage.mei, "production:PAPERLANTERN ferry", "C0LANTERN")) == [filed["lantern"]]
    assert labels(answered(stage.mei, "ferry lantern", "C0LANTERN")) == [filed["lantern"]]


def test_an_operator_finds_everything(stage: Stage, filed: dict[str, int]) -> None:
    assert labels(answered(stage.ops, "ferry", "C0OPS")) == [filed["lantern"], filed["boat"]]
    assert labels(answered(stage.ops, "from:jun", "C0OPS")) == [filed["lantern"]]


def test_an_outsider_finds_nothing_and_learns_nothing(stage: Stage, filed: dict[str, int]) -> None:
    said = answered(stage.theo, "ferry")
    assert said.startswith("Nothing that you may see says “ferry”.")
    assert said == answered(stage.theo, "xylophone").replace("xylophone", "ferry")
    unknown = answered(stage.theo, "GEN-9999")
    assert answered(stage.theo, f"GEN-{filed['boat']}") == unknown.replace("9999", str(filed["boat"]))


def test_a_number_goes_straight_to_the_request(stage: Stage, filed: dict[str, int]) -> None:
    number = filed["boat"]
    for way in (f"GEN-{number}", f"{number}", f"gen {number}"):
        assert f"GEN-{number} · Fog around the ferryman" in answered(stage.ana, way)


def test_filters_narrow_it_down(stage: Stage, filed: dict[str, int]) -> None:
    boat, ana = filed["boat"], stage.ana
    assert labels(answered(ana, "ferryman status:pending")) == [boat]
    assert labels(answered(ana, "outcome:escalate ferryman")) == [boat]
    assert labels(answered(ana, "ferryman outcome:cleared")) == []
    assert labels(answered(ana, "ferryman from:@ana production:nightfall")) == [boat]
    assert labels(answered(ana, "ferryman from:U0ANA")) == [boat]
    assert labels(answered(ana, "ferryman from:jun")) == []
    assert labels(answered(ana, "season ferryman")) == [boat]  # a word of the production's title


def test_a_decision_moves_a_request_to_its_new_status(stage: Stage) -> None:
    number = file(stage.ana, ESCALATE, title="Cormorants on the pier")
    stage.ana.close()
    assert labels(answered(stage.ana, "cormorant status:pending")) == [number]
    decide(stage.ravi, ask(stage.ravi, number), "deny", reason="Too many birds.")
    assert labels(answered(stage.ana, "cormorant status:pending")) == []
    assert labels(answered(stage.ana, "cormorant status:denied")) == [number]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("prodution:NIGHTFALL", 'There is no filter "prodution:"; did you mean "production"?'),
        ("status:pendign", 'There is no status "pendign"; did you mean "pending"?'),
        ("outcome:escalated", 'There is no outcome "escalated"; did you mean "escalate"?'),
        ("ferryman production:NIGHTFLL", "Did you mean production:NIGHTFALL?"),
        ("!!!", "Write a word that the request says, or its number like GEN-3."),
        ("word " * 17, "That is too much: search for 16 words at most."),
        ("x" * 3000, "That is too long: search for a few words, at most 300 characters."),
    ],
)
def test_what_cannot_be_searched_is_said_in_a_sentence(stage: Stage, words: str, says: str) -> None:
    assert says in answered(stage.ana, words)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_words(stage: Stage, filed: dict[str, int], words: str) -> None:
    before = len(stage.theo.ephemerals("C0NIGHTFALL"))
    stage.theo.command("C0NIGHTFALL", f"/genai-request find {words}".encode(errors="replace").decode())
    assert len(stage.theo.ephemerals("C0NIGHTFALL")) == before + 1 or stage.theo.modal()
    assert stage.theo.notice() is None
    if stage.theo.modal():
        stage.theo.close()
    window = opened(stage.ana)
    stage.ana.fill(find_words=words.encode(errors="replace").decode())
    errors = stage.ana.submit()
    assert errors == {} or len(errors) == 1
    assert window and stage.ana.notice() is None
    stage.ana.close()


def test_a_long_list_has_pages(stage: Stage) -> None:
    numbers = [file(stage.ana, title=f"Pelican number {n}") for n in range(12)]
    stage.ana.close(everything=True)
    first = answered(stage.ana, "pelican")
    assert labels(first) == numbers[:1:-1]
    [message] = [one for one in stage.ana.messages("C0NIGHTFALL") if text_of(one) == first or more_in(one)][
        -1:
    ]
    before = len(stage.ana.ephemerals("C0NIGHTFALL"))
    stage.ana.press(message, "find:more")
    [second] = stage.ana.wait(lambda: stage.ana.ephemerals("C0NIGHTFALL")[before:])
    assert second.startswith("*Older requests with “pelican”")
    assert labels(second) == numbers[1::-1]


def more_in(message: Json) -> bool:
    """The message has a button to more."""
    return any(
        element.get("action_id") == "find:more"
        for block in message["blocks"] or ()
        for element in block.get("elements", ())
    )


def opened(who: Person) -> Json:
    """Type find alone; returns the window."""
    who.command(CHANNEL["NIGHTFALL"], "/genai-request find")
    return who.wait(who.modal)


def test_the_window_searches_again_and_again_and_turns_pages(stage: Stage) -> None:
    numbers = [file(stage.ana, SAFE, title=f"Flamingo number {n}") for n in range(12)]
    stage.ana.close(everything=True)
    ana = stage.ana
    assert "Find a request" in text_of(opened(ana))
    ana.fill(find_words="flamingos")
    assert ana.submit() == {}
    first = ana.wait(ana.modal)
    assert labels(text_of(first)) == numbers[:1:-1]
    ana.click_in_modal("find:more")
    second = ana.wait(lambda: view if (view := ana.modal()) != first else None)
    assert labels(text_of(second)) == numbers[1::-1]
    ana.click_in_modal("find:first")
    assert (
        labels(text_of(ana.wait(lambda: view if (view := ana.modal()) != second else None)))
        == (numbers[:1:-1])
    )
    ana.fill(find_words=f"GEN-{numbers[3]}")
    assert ana.submit() == {}
    assert labels(text_of(ana.wait(ana.modal))) == [numbers[3]]
    ana.fill(find_words="status:nonsense")
    assert "There is no status" in ana.submit()["find_words"]
    ana.fill(find_words="xylophone")
    assert ana.submit() == {}
    assert "Nothing that you may see says “xylophone”" in text_of(ana.wait(ana.modal))
    ana.close()


def test_what_somebody_typed_pings_nobody(stage: Stage) -> None:
    number = file(stage.ana, title="<!channel> *gulls* <@U0RAVI>")
    stage.ana.close()
    said = answered(stage.ana, "gulls")
    assert labels(said) == [number]
    [message] = [one for one in stage.ana.messages("C0NIGHTFALL") if one["ephemeral"]][-1:]
    kinds = [
        piece["type"]
        for block in message["blocks"]
        if block["type"] == "rich_text"
        for part in block["elements"]
        for piece in part["elements"]
    ]
    assert set(kinds) <= {"text", "link", "date", "emoji"}


def test_a_database_that_is_busy_is_said(stage: Stage) -> None:
    """Reading goes on while somebody writes: what is indexed is found."""
    number = file(stage.ana, title="Albatross")
    stage.ana.close()
    assert labels(answered(stage.ana, "albatross")) == [number]
    with stage.house.busy():
        assert labels(answered(stage.ana, "albatross")) == [number]


def test_without_fts5_everything_but_the_search_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(search_sqlite, "available", lambda _tx: False)
    with house(tmp_path) as built:
        built.start()
        assert "This SQLite was built without FTS5" in caplog.text
        ana = built.person("U0ANA")
        number = file(ana, ESCALATE)
        ana.close()
        assert answered(ana, "mood").startswith("Nothing can be searched here")
        assert f"GEN-{number} · Mood boards" in answered(ana, f"GEN-{number}")
        opened(ana)
        ana.fill(find_words="mood")
        assert "Nothing can be searched here" in ana.submit()["find_words"]
        ana.close()


def test_a_forgotten_word_finds_nothing(stage: Stage) -> None:
    number = file(stage.ana, title="Kingfisher", description="A heron, too.")
    stage.ana.close()
    assert labels(answered(stage.ana, "kingfisher")) == [number]
    url = f"sqlite:///{stage.house.database}"
    assert redact_field(url, f"GEN-{number}", "title", "asked", Actor(name="ops"), utc_now()).status == 0
    assert labels(answered(stage.ana, "kingfisher")) == []
    assert labels(answered(stage.ana, "heron")) == [number]
