"""A handful of past requests, filed and decided through the same verbs as any other."""

from dataclasses import replace
from datetime import timedelta

from bot.decision_modal import DecisionForm
from bot.service.decide import decide
from bot.service.desk import Desk, Who
from bot.service.submit import submit
from bot.submission import Submission
from policy.facts import Facts, Step, Use
from policy.lifecycle import Move

_TEAM = "T0STUDIO"
ANA = Who(_TEAM, "U0ANA", "ana")
JUN = Who(_TEAM, "U0JUN", "jun")
MEI = Who(_TEAM, "U0MEI", "mei")

# Everything answered, nothing risky: each past request says what differs.
_SAFE = Facts(
    element="reference",
    output_final="no",
    talent_likeness="no",
    likeness_of="nobody",
    performance_change="none",
    consent="not_needed",
    personal_data="no",
    netflix_material="no",
    third_party_ip="no",
    protected_references="no",
    unowned_training="no",
    union_work="no",
    could_mislead="no",
    model_reuse="no",
    steps=(Step(tool="Studio image tool", environment="netflix", stores_or_trains="no"),),
)


def file_past_requests(desk: Desk) -> None:
    """Four requests of the last days, one of each outcome; one of them is denied."""
    submit(_ago(desk, 6), _filed("NIGHTFALL", _MOOD_BOARDS), ANA, "past-1", ())
    submit(_ago(desk, 4), _filed("NIGHTFALL", _OFFICE_SCREENS), ANA, "past-2", ())
    soon = desk.today("NIGHTFALL") + timedelta(days=8)
    lines = _PICKUP_LINES.model_copy(update={"needed_by": soon})
    submit(_ago(desk, 3), _filed("NIGHTFALL", lines), ANA, "past-3", ())
    upscale = submit(_ago(desk, 2), _filed("PAPERLANTERN", _UPSCALE), JUN, "past-4", ()).row
    no = DecisionForm(
        request=upscale.id,
        revision=upscale.revision,
        action=Move.DENY,
        reason="The free tier keeps what you upload. Ask again with the studio's own upscaler.",
    )
    decide(_ago(desk, 1), no, MEI)


def _ago(desk: Desk, days: int) -> Desk:
    return replace(desk, clock=lambda: desk.clock() - timedelta(days=days))


def _filed(code: str, use: Use) -> Submission:
    return Submission(production=code, use=use.model_copy(update={"production": code}), use_started="no")


_MOOD_BOARDS = Use(
    title="Mood boards for the bunker",
    description="Forty quick images to find the light in the bunker. For the director's wall only.",
    facts=_SAFE,
)
_OFFICE_SCREENS = Use(
    title="Filler on the newsroom monitors",
    description="Spreadsheets and mails on the monitors at the back, out of focus. Made-up names.",
    facts=_SAFE.model_copy(update={"element": "background", "output_final": "yes", "story_relevant": "no"}),
)
_UPSCALE = Use(
    title="Upscale of the lantern previs",
    description="The previs looks soft on the big screen. A web upscaler would sharpen it, previs only.",
    vendor="Paper Boat VFX",
    facts=_SAFE.model_copy(
        update={
            "steps": (
                Step(tool="Studio video tool", environment="netflix", stores_or_trains="no"),
                Step(tool="Web upscaler", environment="consumer", stores_or_trains="yes"),
            )
        }
    ),
)
_PICKUP_LINES = Use(
    title="Two pickup lines for Marta",
    description="Marta is on another show. A voice tool would say two lines, built from her episode 1 audio.",
    facts=_SAFE.model_copy(
        update={
            "element": "performance",
            "output_final": "unsure",
            "talent_likeness": "yes",
            "likeness_of": "performer",
            "performance_change": "replica",
            "consent": "unsure",
            "netflix_material": "yes",
        }
    ),
)
