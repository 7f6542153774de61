"""What is raised when the system cannot be brought up, or cannot be kept up."""


class SupervisorError(RuntimeError):
    """A process did not start, did not become ready, or died too often; the text says which."""
