"""Filling in a checklist as a person would: seeded, so that the same seed gives the same visit."""

import random
from dataclasses import dataclass
from typing import Any

SENTENCE = "the guest waited at the desk while nobody looked up and the lamp by the bed stayed dark all evening"


@dataclass
class Filler:
    """Chooses answers for a scope. `quality` is the chance that a standard is met, `na` that it does not apply."""

    seed: int
    quality: float = 0.85
    na: float = 0.03

    def answers(self, checklist: dict[str, Any], scope: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Answers by key, and the comments that the checklist makes compulsory (and a few others)."""
        dice = random.Random(f"{self.seed}")
        standards = {standard["code"]: standard for standard in checklist["standards"]}
        answers: dict[str, Any] = {}
        comments: dict[str, str] = {}
        for key in scope["keys"]:
            standard = standards[key.partition("@")[0]]
            good = dice.random() < self.quality
            if standard.get("na", True) and dice.random() < self.na:
                answers[key] = "na"
                continue
            if standard.get("kind") == "finding" and good:
                continue
            answers[key] = self._answer(standard, good, dice)
            if not good and (standard.get("comment_on_fail") or dice.random() < 0.05):
                comments[key] = " ".join(dice.choices(SENTENCE.split(), k=dice.randint(5, 15))).capitalize() + "."
        return answers, comments

    def _answer(self, standard: dict[str, Any], good: bool, dice: random.Random) -> Any:
        kind = standard.get("kind", "met")
        if kind == "met":
            return "met" if good else "not_met"
        if kind == "scale":
            return dice.randint(7, 10) if good else dice.randint(0, 4)
        if kind == "choice":
            ordered = sorted(standard["options"], key=lambda option: float(option["points"]))
            return ordered[-1 if good else 0]["code"]
        if kind == "measure":
            return self._measure(standard, good)
        most = float(standard.get("cap") or standard.get("max") or 3)
        return int(most) if good else 0

    @staticmethod
    def _measure(standard: dict[str, Any], good: bool) -> int:
        limits = standard.get("ladder") or [standard]
        unit = 10 ** standard.get("unit_decimals", 0)
        if limits[0].get("at_most"):
            best, worst = float(limits[0]["at_most"]), float(limits[-1]["at_most"])
            return int(best * unit) if good else int(worst * unit) + 1
        best, worst = float(limits[0]["at_least"]), float(limits[-1]["at_least"])
        return int(best * unit) if good else max(int(worst * unit) - 1, 0)
