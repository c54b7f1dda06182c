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


# Asked of the tool is something everyday; the actor, the mix or the phone list is only mentioned.
MENTIONED = [
    "The final mix is on Friday. Could the assistant suggest a running order for the day?",
    "Phone numbers are on the call sheet as always; I only want a nicer font pairing for the header.",
    "Her performance in episode 3 is stunning. We want a congratulation card text.",
    "The footage is with the lab, no AI sees it. I need an English email to the lab asking when "
    "the drive comes back.",
    "Prosthetics make him look eighty. Please suggest a cleaning schedule for the moulds.",
    "The old digital double from season one is in the archive and stays there; I only need the "
    "archive index sorted by date.",
    "How does a face cast with alginate work, step by step, for an intern?",
    "Deepfakes are a topic in our panel; a list of five public articles would help.",
    "My director loves Tarkovsky and talks about him all day. We need a vegetarian caterer list for Riga.",
    "We delivered the final episode on Tuesday, hurray. Give me five toasts for the party.",
    "Casting director here. Public info on child licence rules in Northern Ireland, in bullet form.",
    "Stunt double Mia needs a knee brace, what sizes exist?",
    'Costume continuity photos stay on the wardrobe iPad. Need wording for a "please knock" sign.',
    "How was the de-aging done in other films, technically? For my general knowledge, we shoot "
    "with a young actor.",
    "The AI would write me a rota for the make-up bus. Actors come at five, Petra's face takes "
    "three hours of prosthetics.",
    "I used to work for a rival where they cloned an actor without asking. Here I'd only have "
    "the chatbot order my holiday dates.",
]


@pytest.mark.parametrize("text", HARMLESS + MENTIONED)
def test_everyday_talk_raises_no_alarm(text: str) -> None:
    assert contradictions(declared_safe(text)) == ()


def test_what_a_step_does_is_never_everyday_talk() -> None:
    words = "Anna's voice in the final mix, please"
    assert contradictions(declared_safe(words)) == ()
    found = {each.fact for each in contradictions(declared_safe("", tool="Voxmirror", purpose=words))}
    assert {"talent_likeness", "output_final"} <= found
