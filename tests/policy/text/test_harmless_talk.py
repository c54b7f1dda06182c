"""Everyday production talk that must raise no alarm."""

import pytest

from bot.text_report import declared_safe
from policy.text import contradictions

HARMLESS = [
    "Call time moved to 06:30 for Anna and the camera team, please tell transport.",
    "Can someone book a table for 14 at the Italian place after the wrap of block two?",
    "Vegetarian count for Thursday is 23, catering needs it by noon.",
    "Flights for the director are LHR to KEF on the 12th, hotel not confirmed yet.",
    "Tom's notes on the rough cut: too slow in the middle, lose the second beat at the door.",
    "Dailies were great yesterday, Maya's close-up in the kitchen made everyone cry.",
    "VFX review at 4 pm in the screening room, bring your shot list.",
    "Sound mix of episode 3 starts Monday, the stage is booked till Friday.",
    "Press day is on the 9th, her publicist wants the questions beforehand.",
    "Contract for the location was signed and sent to legal by courier.",
    "Please reformat the parking plan so the trucks fit behind the church.",
    "Who has the keys for the costume truck?",
    "The lead has a fitting at 10 and a dialect session at 11.",
    "Rain cover: we go to the stage and shoot the bedroom scene instead.",
    "The composer delivers the last cue on Wednesday and then we mix.",
    "Suggest a polite reply to a neighbour who complained about the generator noise.",
    "Write a friendly reminder that timesheets are due on Friday.",
    "Karaoke on Saturday, Priya will sing ABBA as usual.",
    "Our editor's face when the drive failed was priceless.",
    "The stunt double arrives on Tuesday and needs a room with a bath.",
    "We put the extras in the old gym, heaters are ordered.",
    "Translate the hotel's fire instructions into Spanish for the local crew.",
    "The shot of the bridge looks soft, can we pick the other take?",
    "Make the second act shorter, says the director.",
    "Marta's line in scene 12 is hard to hear, we will record ADR with her in the booth.",
    "The plates we shot on Sunday are on the shuttle drive, vendor pick-up at five.",
    "Give me five names for the crew football team.",
    "The storyboard artist is on holiday next week.",
    "Rename my folders by date and camera letter.",
    "The face mask rule on set ends on Monday.",
    "Explain what a DCP is in two sentences.",
    "Poster shoot is on the 3rd, photographer is Lena.",
    "Turn my shopping list into a table sorted by department.",
    "The trailer for make-up needs a new heater.",
    "Jack's dog barked during the take, so we go again tomorrow.",
    "Kofi will be in Accra until the 20th, ask his agent for flights.",
    "Ideas for the wrap gift for a crew of 80, no budget to speak of.",
    "The lighting in the restaurant scene reminds me of our last film together.",
    "How do I say good morning in Icelandic?",
    "Reshoot of scene 44 is planned for April, weather permitting.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_everyday_talk_raises_no_alarm(text: str) -> None:
    assert contradictions(declared_safe(text)) == ()
