"""Runs the whole of Tillgate on one machine: `make run` and `make demo`.

Why our own: honcho stops everything when one process dies and knows no readiness; supervisor has no
Python API and wants a configuration file; circus brings an event loop and ZeroMQ sockets on fixed
ports, and knows no readiness either. In the field, the container platform does this work.
"""

from config.supervisor.failure import SupervisorError
from config.supervisor.system import Supervisor

__all__ = ["Supervisor", "SupervisorError"]
