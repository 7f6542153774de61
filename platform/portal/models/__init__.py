"""The portal's tables."""

from portal.models.figures import HourFigures, Progress, SlotFigures

__all__ = ["HourFigures", "Progress", "SlotFigures"]
