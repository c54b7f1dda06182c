"""A person is offered the titles they may file for, and no other title exists for them."""

from collections.abc import Iterator

import pytest

from bot.service.desk import Who
from bot.service.refusals import NotFiled
from bot.service.submit import submit
from bot.shipped import shipped
from bot.submission import Submission
from bot.workspace import Group
from policy.facts import Facts, Step, Use
from tests.flows.conftest import Stage, stage_of
from tests.person import Json, Person
from tests.studio import CHANNEL, answer, house, number_in, open_form, scene

CREW = "S0NIGHTCREW"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Nightfall is for its crew, a user group; Paper Lantern for Jun; Glass Harbour for Theo and the crew."""
    written = shipped("directory.example.toml").read_text("utf-8")
    written = written.replace(
        "[productions.NIGHTFALL]\n", f'[productions.NIGHTFALL]\nrequesters = ["{CREW}"]\n'
    )
    written = written.replace(
        "[productions.PAPERLANTERN]\n", '[productions.PAPERLANTERN]\nrequesters = ["U0JUN"]\n'
    )
    written += (
        f'\n[productions.HARBOUR]\ntitle = "The Glass Hárbour"\ntimezone = "UTC"\ncontact = "lucia"\n'
        f'requesters = ["U0THEO", "{CREW}"]\n'
    )
    where = scene()
    crew = Group(id=CREW, handle="night-crew", members=("U0ANA",))
    where = where.model_copy(update={"groups": (crew,)})
    with house(tmp_path_factory.mktemp("house"), directory=written, where=where) as built:
        built.start()
        yield stage_of(built)


def offered(who: Person, query: str = "") -> list[str]:
    """What the form offers while somebody types."""
    return [option["text"]["text"] for option in who.choose("production", query)]


def preset(form: Json) -> str | None:
    """The production that the form opens with."""
    [block] = [one for one in form["blocks"] if one["block_id"] == "production"]
    chosen = block["element"].get("initial_option")
    return str(chosen["text"]["text"]) if chosen else None


def test_members_of_a_group_and_named_people_are_offered_their_titles(stage: Stage) -> None:
    open_form(stage.ana)
    assert offered(stage.ana) == ["Nightfall, season 2", "The Glass Hárbour"]
    open_form(stage.jun, "PAPERLANTERN")
    assert offered(stage.jun) == ["Paper Lantern"]
    stage.theo.command("C0NIGHTFALL", "/genai-request")
    stage.theo.wait(stage.theo.modal)
    assert offered(stage.theo) == ["The Glass Hárbour"]


def test_contacts_are_offered_what_they_decide(stage: Stage) -> None:
    stage.ravi.command("C0NIGHTFALL", "/genai-request")
    stage.ravi.wait(stage.ravi.modal)
    assert offered(stage.ravi) == ["Nightfall, season 2", "Paper Lantern"]


@pytest.mark.parametrize(
    ("typed", "found"), [("harb", 1), ("HÁRB", 1), ("season", 1), ("lantern", 0), ("zz", 0)]
)
def test_titles_are_found_by_typing(stage: Stage, typed: str, found: int) -> None:
    open_form(stage.ana)
    assert len(offered(stage.ana, typed)) == found


def test_a_form_opened_in_a_productions_channel_is_preset(stage: Stage) -> None:
    assert preset(open_form(stage.ana)) == "Nightfall, season 2"
    stage.ana.command("C0NIGHTAPPR", "/genai-request")
    assert preset(stage.ana.wait(stage.ana.modal)) == "Nightfall, season 2"


def test_elsewhere_nothing_is_preset(stage: Stage) -> None:
    stage.ravi.command("C0APPROVALS", "/genai-request")
    assert preset(stage.ravi.wait(stage.ravi.modal)) is None
    # Theo is in Nightfall's channel, but may not file for it.
    stage.theo.command("C0NIGHTFALL", "/genai-request")
    assert preset(stage.theo.wait(stage.theo.modal)) is None


def test_a_title_picked_from_the_list_is_filed(stage: Stage) -> None:
    stage.theo.command("C0NIGHTFALL", "/genai-request")
    stage.theo.wait(stage.theo.modal)
    [harbour] = stage.theo.choose("production", "glass")
    answer(stage.theo, production=harbour["value"])
    assert stage.theo.submit() == {}
    number = number_in(stage.theo)
    stage.lucia.wait(
        lambda: any(f"GEN-{number} " in one["text"] for one in stage.lucia.messages("C0APPROVALS"))
    )


def test_somebody_without_a_title_is_told_so(stage: Stage) -> None:
    stage.ops.command("C0OPS", "/genai-request mood boards")
    [said] = stage.ops.wait(lambda: stage.ops.ephemerals("C0OPS"))
    assert "not on the list of requesters" in said
    assert stage.ops.modal() is None


def test_a_newcomer_to_the_group_is_let_in(stage: Stage) -> None:
    """The groups are looked at again by themselves, at the latest with the first try after some minutes."""
    clearance = stage.house.clearance
    assert clearance is not None
    workspace = stage.house.workspace
    workspace.groups[CREW] = workspace.groups[CREW].model_copy(update={"members": ("U0ANA", "U0OPS")})
    assert clearance.groups.of("U0OPS") == frozenset()
    clearance.groups.refresh()
    assert clearance.groups.of("U0OPS") == {CREW}


def test_an_unknown_title_and_one_that_is_not_theirs_are_refused_alike(stage: Stage) -> None:
    """A form that was forged, or kept open while the directory changed."""
    clearance = stage.house.clearance
    assert clearance is not None
    use = Use(title="Forged", description="Forged", facts=Facts(steps=(Step(),)))
    said = set()
    for code in ("PAPERLANTERN", "NOSUCHTITLE"):
        with pytest.raises(NotFiled) as refusal:
            submit(clearance.desk, Submission(code, use, "no"), Who("T0STUDIO", "U0ANA", "ana"), code, ())
        said.add((refusal.value.field, str(refusal.value)))
    assert said == {("production", "Pick one of the productions that the list offers you.")}
    assert stage.house.rows("SELECT count(*) FROM requests WHERE title = 'Forged'") == [(0,)]


def test_channels_of_the_scene_are_those_of_the_directory(stage: Stage) -> None:
    assert set(CHANNEL.values()) <= {room.id for room in scene().channels}
