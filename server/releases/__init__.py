"""Releases: the immutable compiled form of a service for a region.

May import `server.checks`, `server.forms`, `server.processes` and the floors below.
Start with `compile.compile_release`, `release.Release` and `materials.due_materials`.
"""

from server.releases.compile import compile_release
from server.releases.materials import DueMaterial, due_materials, judged_materials
from server.releases.release import Release

__all__ = ["DueMaterial", "Release", "compile_release", "due_materials", "judged_materials"]
