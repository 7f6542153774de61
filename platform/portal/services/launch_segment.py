"""Launching a draft: its segment is chosen now, and handed to loyalty."""

from loyalty.models import Launch
from loyalty.services.launch import start_launch
from portal.insights.small_groups import smallest_group
from portal.marketing.choose import choose_members


def launch_segment(launch: Launch, *, by: str) -> Launch:
    """The launch with its audience frozen; raises as ``start_launch``."""
    return start_launch(launch, choose_members(launch), at_least=smallest_group(), by=by)
