"""Heat flows along a rod."""

from heat.rod import energy, step

__all__ = ["energy", "step"]
