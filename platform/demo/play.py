"""Plays steps, in turn or all at once, and judges each; a failing step ends only itself."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rich.console import Console

from demo.checks import Check, broken
from demo.scene import Scene, open_scene
from demo.screen import Voice, bars_on
from demo.stage import Stage
from demo.verdict import Verdict

Act = Callable[[Scene], Sequence[Check]]


@dataclass(frozen=True)
class Step:
    """What is shown, and the function that plays it and gives its comparisons."""

    name: str
    act: Act


def play_in_turn(steps: Sequence[Step], stage: Stage, console: Console) -> list[Verdict]:
    """One after the other in one scene: a later step may return to an earlier one's payment."""
    verdicts = []
    with bars_on(console) as bars, open_scene(stage, Voice(console, bars)) as scene:
        for number, step in enumerate(steps, start=1):
            scene.voice.title(f"{number}. {step.name}")
            verdicts.append(judge(step, scene))
    return verdicts


def play_at_once(steps: Sequence[Step], stage: Stage, console: Console) -> list[Verdict]:
    """Each in a thread and a scene of its own: several tills of one shop, at the same time."""
    with bars_on(console) as bars:

        def play(number: int, step: Step) -> Verdict:
            with open_scene(stage, Voice(console, bars, name=f"{number:03}")) as scene:
                return judge(step, scene)

        threads = ThreadPoolExecutor(max_workers=len(steps))
        try:
            return list(threads.map(play, range(1, len(steps) + 1), steps))
        finally:
            # After Ctrl-C nobody waits for them: they end when the servers that they call do.
            threads.shutdown(wait=False, cancel_futures=True)


def judge(step: Step, scene: Scene) -> Verdict:
    """Play one step. Whatever goes wrong in it is a difference, and is told like one."""
    try:
        checks = tuple(step.act(scene))
    except Exception as failure:  # noqa: BLE001 -- told as a difference; the next step counts too
        checks = (broken(failure),)
    verdict = Verdict(step.name, checks)
    scene.voice.judged(verdict)
    return verdict
