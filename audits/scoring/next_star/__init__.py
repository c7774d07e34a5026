"""The shortest way to the next star of a branch, and where a group of branches had best spend first."""

from audits.scoring.next_star.path import Path, path_to_next_star
from audits.scoring.next_star.singles import Single, single_standards
from audits.scoring.next_star.window import Candidate, Rules, Window, WindowVisit

__all__ = ["Candidate", "Path", "Rules", "Single", "Window", "WindowVisit", "path_to_next_star", "single_standards"]
