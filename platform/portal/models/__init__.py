"""The portal's tables."""

from portal.models.banner import Banner
from portal.models.figures import HourFigures, Progress, SlotFigures
from portal.models.incident import Incident

__all__ = ["Banner", "HourFigures", "Incident", "Progress", "SlotFigures"]
