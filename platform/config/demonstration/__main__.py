"""``python -m config.demonstration`` plays the story, then serves; ``--once`` ends after it."""

import argparse
import sys
from collections.abc import Sequence

from config.demonstration.guide import guide
from config.demonstration.stage import SignIn, StageError, prepare_stage
from config.embedded import EmbeddedServerError
from config.supervisor import Supervisor, SupervisorError
from demo.acceptance import ACCEPTANCE
from demo.play import play_at_once, play_in_turn
from demo.screen import open_console, print_table
from demo.stage import Stage
from demo.story import STORY
from demo.verdict import exit_status


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
    """Play the nine steps; afterwards serve until somebody wishes to stop, if so wished."""
    console = open_console()
    _say_starting()
    with Supervisor() as system:
        stage, sign_in = prepare_stage(system)
        verdicts = play_in_turn(STORY, stage, console)
        print_table(console, "The story", verdicts)
        if is_served_afterwards:
            _serve(system, stage, sign_in)
    return exit_status(verdicts)


def play_acceptance() -> int:
    """Play Alipay's six cases at once and print each as passed or failed."""
    console = open_console()
    _say_starting()
    with Supervisor() as system:
        stage, _ = prepare_stage(system)
        verdicts = play_at_once(ACCEPTANCE, stage, console)
    print_table(console, "Alipay's acceptance cases", verdicts)
    return exit_status(verdicts)


def _serve(system: Supervisor, stage: Stage, sign_in: SignIn) -> None:
    print(guide(stage, sign_in), flush=True)
    try:
        system.wait()
    except KeyboardInterrupt:
        print("\nStopping what was started …", flush=True)


def _say_starting() -> None:
    print("Starting: database, broker, sandbox, web, worker, beat …", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
