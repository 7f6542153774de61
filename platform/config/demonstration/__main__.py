"""``python -m config.demonstration`` plays the story, then serves; ``--once`` ends after it."""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.status import Status

from config.demonstration.closing import play_closing
from config.demonstration.guide import guide
from config.demonstration.stage import SignIn, StageError, prepare_stages
from config.embedded import EmbeddedServerError
from config.supervisor import Supervisor, SupervisorError
from demo.acceptance import ACCEPTANCE
from demo.play import play_at_once, play_in_turn
from demo.screen import ACCEPTANCE_WORDS, STORY_WORDS, open_console, print_table
from demo.stage import Stage
from demo.story import STORY
from demo.verdict import exit_status

_STARTING = "Starting database, broker, sandbox, web, worker and beat …"


def main(arguments: Sequence[str]) -> int:
    """0 if every step was as told; Ctrl-C after the story ends it with the story's status."""
    parser = argparse.ArgumentParser(prog="python -m config.demonstration", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story")
    parser.add_argument("--acceptance", action="store_true", help="play Alipay's cases, and end")
    wanted = parser.parse_args(arguments)
    try:
        if wanted.acceptance:
            return play_acceptance()
        return play_story(is_served_afterwards=not wanted.once)
    except (SupervisorError, EmbeddedServerError, StageError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the end.", file=sys.stderr)
        return 130


def play_story(*, is_served_afterwards: bool) -> int:
    """Play the ten steps and close yesterday's books; then serve until Ctrl-C, if so wished."""
    console = open_console()
    with console.status(_STARTING) as status, Supervisor() as system:
        stage, sign_in = _prepare(system, console, status)
        verdicts = play_in_turn(STORY, stage, console)
        verdicts += play_closing(system, stage, console, number=len(STORY) + 1)
        print_table(console, STORY_WORDS, verdicts)
        if is_served_afterwards:
            _serve(system, stage, sign_in)
    return exit_status(verdicts)


def play_acceptance() -> int:
    """Play Alipay's six cases at once and print each as passed or failed."""
    console = open_console()
    with console.status(_STARTING) as status, Supervisor() as system:
        stage, _ = _prepare(system, console, status)
        verdicts = play_at_once(ACCEPTANCE, stage, console)
        print_table(console, ACCEPTANCE_WORDS, verdicts)
    return exit_status(verdicts)


def _prepare(system: Supervisor, console: Console, status: Status) -> tuple[Stage, SignIn]:
    """The stage; what takes its time is said before, and a spinner turns where a person watches."""
    console.print("Database, broker, sandbox, web, worker and beat are up.")
    status.update("Making an acquirer, a partner account, two merchants and their keys …")
    [made] = prepare_stages(system, 1)
    status.stop()
    console.print(
        f"Made: an acquirer with partner account {made[0].partner_id}, and two merchants."
    )
    return made


def _serve(system: Supervisor, stage: Stage, sign_in: SignIn) -> None:
    print(guide(stage, sign_in), flush=True)
    try:
        system.wait()
    except KeyboardInterrupt:
        print("\nStopping what was started …", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
