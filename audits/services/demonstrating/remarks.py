"""What the demo's shoppers write beside an answer: plain sentences by classification, for good and for bad."""

import random

FAILED: dict[str, tuple[str, ...]] = {
    "courtesy": (
        "No greeting; the conversation with a colleague went on.",
        "The tone was short, as if I had interrupted something.",
        "No eye contact from beginning to end.",
        "He turned away before I had finished my sentence.",
    ),
    "efficiency": (
        "I waited far longer than promised and nobody said why.",
        "I had to ask a second time before anything happened.",
        "Two people were needed for what one should have done.",
        "It came at last, after a reminder from my side.",
    ),
    "knowledge": (
        "She did not know and did not offer to find out.",
        "Two colleagues told me two different things.",
        "The answer was read aloud from the leaflet.",
    ),
    "personalisation": (
        "My name was not used once, although it was on the screen.",
        "The wish I had noted when booking was not mentioned.",
        "I was asked again for what I had said the evening before.",
    ),
    "product": (
        "Lukewarm, and it looked as if it had stood for a while.",
        "The bread was yesterday's.",
        "Two of the items on the card were not available.",
    ),
    "cleanliness": (
        "Dust on the upper edge, clearly more than a day old.",
        "A stain the size of a coin; see the photo.",
        "Hair in the corner behind the door.",
        "Fingerprints on the glass, still there the next morning.",
    ),
    "condition": (
        "The handle is loose and turns in the hand.",
        "Scratches along the whole edge.",
        "One lamp did not work; it was the same the next day.",
    ),
    "comfort": (
        "The noise of the corridor could be heard until midnight.",
        "Too warm, and the control made no difference.",
        "There was no place to put a coat or a bag.",
    ),
    "safety": (
        "My room number was said aloud in front of other guests.",
        "The door stood open and nobody was near.",
    ),
}
MET: tuple[str, ...] = (
    "Done with a smile and without being asked.",
    "Better than I have seen it elsewhere.",
    "Quick, quiet and complete.",
    "She remembered from yesterday how I take it.",
    "A small thing, but it was noticed.",
)
_ANY = tuple(sentence for sentences in FAILED.values() for sentence in sentences[:1])


def remark(draw: random.Random, *, classification: str, failed: bool) -> str:
    """One sentence for an answer to a standard of this classification."""
    return draw.choice(FAILED.get(classification, _ANY) if failed else MET)
