"""The words of the request: every fact, its answers from safe to risky, and how people are asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

UNSURE = "unsure"


@dataclass(frozen=True)
class Fact:
    """One fact. `question` and `hint` ask for it; `whether` completes "You are not sure ...".

    `answers` run from safe to risky when `ordered`. `labels` say each answer in a coordinator's words
    (at most 75 characters: Slack's limit for an option). `action` is what the requester can do to change
    the answer; None for facts of honesty, where only another idea helps.
    """

    name: str
    answers: tuple[str, ...]
    question: str
    hint: str
    whether: str
    labels: Mapping[str, str] = field(default_factory=dict)
    action: str | None = None
    ordered: bool = True

    def label(self, answer: str) -> str:
        """The answer in plain words."""
        return self.labels.get(answer) or _PLAIN[answer]


_PLAIN = MappingProxyType({"yes": "Yes", "no": "No", UNSURE: "Not sure"})
_YES_NO = ("no", UNSURE, "yes")

_FACTS = (
    Fact(
        "element",
        ("reference", "background", "key_element", "performance", "model", "other", UNSURE),
        "What kind of element is it?",
        "Pick the closest. A poster on a wall is background; the hero prop is a key element.",
        "what kind of element this is",
        {
            "reference": "Ideas only: mood boards, references, brainstorming",
            "background": "Background: signage, posters, screens, set dressing",
            "key_element": "Key element: main character, key visual, story setting",
            "performance": "Somebody's performance, face or voice",
            "model": "A trained or fine-tuned AI model",
            "other": "Something else",
        },
        "keep it to an idea or a reference",
        ordered=False,
    ),
    Fact(
        "output_final",
        _YES_NO,
        "Will anything generated be in what is delivered?",
        "Final picture, sound, subtitles, titles or key art, even briefly. Temp that is replaced is a no.",
        "whether generated material ends up in what is delivered",
        {
            "yes": "Yes, it may be seen or heard in the final",
            "no": "No, it is temporary and will be replaced",
        },
        "replace it before delivery",
    ),
    Fact(
        "story_relevant",
        _YES_NO,
        "Does the story use this background?",
        "Read aloud, held, in close-up, or needed to follow the plot.",
        "whether the story uses the background element",
        {
            "yes": "Yes, it is noticed, read or matters to the plot",
            "no": "No, it is incidental and passes by",
        },
        "keep the element incidental: not read, referred to or shown close",
    ),
    Fact(
        "talent_likeness",
        _YES_NO,
        "Is a real person's face, voice or body recognisable in it?",
        "Actors, contributors, extras, crew, famous people, living or dead. Recognisable by anybody.",
        "whether a real person's likeness or voice is in it",
        {"yes": "Yes, somebody real can be recognised", "no": "No, nobody real"},
        "leave the likeness or voice out",
    ),
    Fact(
        "likeness_of",
        (
            "nobody",
            "synthetic",
            "crew",
            "background_actor",
            "contributor",
            "performer",
            "minor",
            "public_figure",
            "deceased",
            UNSURE,
        ),
        "Whose likeness or voice?",
        "If several people, pick the one you would worry about most.",
        "whose likeness or voice it is",
        {
            "nobody": "Nobody's",
            "synthetic": "A stock or invented voice or face that is nobody's",
            "crew": "Somebody on the crew",
            "background_actor": "A background actor",
            "contributor": "A documentary contributor or interviewee",
            "performer": "A performer in our cast",
            "minor": "Somebody under 18",
            "public_figure": "A public figure or a performer not in our cast",
            "deceased": "Somebody who has died",
        },
        "leave the likeness or voice out",
        ordered=False,
    ),
    Fact(
        "performance_change",
        ("none", "cosmetic", "as_scripted", "altered", "replica", UNSURE),
        "What happens to a performance?",
        "What the audience sees or hears compared with what was performed.",
        "what happens to the performance",
        {
            "none": "Nothing, no performance is touched",
            "cosmetic": "Clean-up only: wires, blemishes, noise, timing",
            "as_scripted": "Changed, but stays as scripted and performed",
            "altered": "Altered: emotion, delivery, meaning or words",
            "replica": "A digital double or cloned voice does what they did not",
        },
        "leave the performance as it was recorded",
    ),
    Fact(
        "consent",
        ("yes", "not_needed", UNSURE, "no"),
        "Is there consent from the person?",
        "Only documented consent counts as yes; a verbal OK is 'not sure'.",
        "whether documented consent exists",
        {
            "yes": "Yes, in writing: give the reference below",
            "not_needed": "Not needed",
            "no": "No",
        },
        "get documented consent",
    ),
    Fact(
        "model_reuse",
        _YES_NO,
        "Would a model of a performer be used beyond this production?",
        "Or beyond what that person agreed to: a sequel, a pitch, another title, a library of voices.",
        "whether a performer's model is used beyond this production or its agreed scope",
        {},
        "keep the model to this production and the agreed scope",
    ),
    Fact(
        "netflix_material",
        _YES_NO,
        "Does Netflix material go into a tool?",
        "Scripts, dailies, plates, stills, unreleased titles or loglines, storyboards, contracts.",
        "whether Netflix-owned material goes into a tool",
        {},
        "keep Netflix material out of the tool",
    ),
    Fact(
        "personal_data",
        _YES_NO,
        "Does anybody's personal data go in or come out?",
        "Names with contact details, call sheets, headshots, scans, medical or payroll details.",
        "whether personal data is involved",
        {},
        "take the personal data out",
    ),
    Fact(
        "protected_references",
        _YES_NO,
        "Do prompts or inputs name protected works or people?",
        "'In the style of ...', a film, a song, a photograph, a celebrity, somebody who has died.",
        "whether prompts or inputs name copyrighted works, public figures or the dead",
        {},
        "take those references out of the prompts and inputs",
    ),
    Fact(
        "third_party_ip",
        _YES_NO,
        "Could the output show something another party owns?",
        "Logos, characters, artworks, music or designs that are recognisable and not ours.",
        "whether the output shows something another party owns",
    ),
    Fact(
        "unowned_training",
        _YES_NO,
        "Is a model trained on work or people we have no rights to?",
        "Fine-tuning on an artist's work, on scraped images or voices, on celebrity faces.",
        "whether a model is trained on material we have no rights to",
        {},
        "train only on material you have cleared",
    ),
    Fact(
        "union_work",
        _YES_NO,
        "Does it replace or affect work covered by a union or guild?",
        "Actors, extras, writers, dubbing artists, composers, designers and other covered crew.",
        "whether it replaces or affects union-covered work",
    ),
    Fact(
        "could_mislead",
        _YES_NO,
        "Could the audience take it for something real that never happened?",
        "Fake news items, invented quotes, documents or footage of real people or events.",
        "whether the audience could take it for something real",
    ),
    Fact(
        "environment",
        ("netflix", "enterprise", "consumer", UNSURE),
        "Where does this tool run?",
        "A team plan is such a contract only if its terms rule out storing and training.",
        "where the tool runs",
        {
            "netflix": "In a tool under a Netflix enterprise agreement",
            "enterprise": "Under a contract that rules out storing and training",
            "consumer": "Free, personal or hobby account",
        },
        "use an enterprise tier whose terms rule out storing and training",
    ),
    Fact(
        "stores_or_trains",
        _YES_NO,
        "Does the tool keep or train on what goes in or comes out?",
        "Keeping uploads for 30 days counts as yes.",
        "whether the tool stores, reuses or trains on what it is given",
        {},
        "use a tool that neither stores nor trains",
    ),
)

VOCABULARY: Mapping[str, Fact] = MappingProxyType({fact.name: fact for fact in _FACTS})
