"""The meeting that judges a network: a colleague on the Internet, and the client behind what is between.

Passed means: the client joined, each heard the other's tone, saw pictures and read the other's chat, and that again
after each event of the network.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from driver import recordings, sounds
from driver.host import LabError
from driver.networks import Event, Network
from driver.participant import Participant
from driver.services import Lab

# Both divide a second evenly, and neither is a harmonic of the other.
COLLEAGUE_HZ, CLIENT_HZ = 440.0, 1330.0
HEARD_S = 0.8
RESUME_PATIENCE_S = 20.0


@dataclass
class Outcome:
    """What came of a meeting; times count from the client's start."""

    got: str = "refused"
    route: str | None = None
    proxy: str | None = None
    failures: dict[str, str] = field(default_factory=dict)
    exit_code: int | None = None
    join_ms: int | None = None
    # The same once more, by a client that remembers the network.
    again_ms: int | None = None
    sound_ms: int | None = None
    ended_ms: int | None = None
    # Unix ms; sound and picture must have come after it. 0: at any time.
    judged_from_ms: float = 0
    resumed: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def create_room(lab: Lab) -> str:
    done = lab.machines["internet"].run(
        [str(lab.programs / "vistime"), "room", "create", "--server", "https://meet.lab.test", "--json", "--ca-file",
         str(lab.certificates.public)])
    return str(json.loads(done.stdout)["link"])


def enter(lab: Lab, network: Network, name: str, link: str) -> Participant:
    """Starts a participant; the one named client has the network's flags and environment."""
    is_client = name == "client"
    shelf = lab.folder / "recordings"
    shelf.mkdir(exist_ok=True)
    # A folder for each attempt: nobody records over another recording.
    into = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=shelf))
    # The server's authority by a flag as well: what the machine's store holds is the network's matter, and an
    # inspecting proxy's authority never comes by this way.
    flags = ["--ca-file", str(lab.certificates.public)]
    environment: dict[str, str] = {}
    if is_client:
        flags += [lab.fill(flag) for flag in network.client.flags]
        environment = {key: lab.fill(value) for key, value in network.client.environment.items()}
    return Participant(lab.machines["client" if is_client else "internet"], lab.programs / "vistime", name, link,
                       voice=lab.folder / f"{name}.wav", picture=lab.folder / "picture.y4m", into=into, flags=flags,
                       environment=environment)


def note_routes(client: Participant, outcome: Outcome) -> None:
    """The route of the first conference connection, and each route that failed with its first reason."""
    for event in client.events("route"):
        if event.get("channel") == "conference" and outcome.route is None:
            outcome.route, outcome.proxy = event.get("route"), event.get("proxy")
    for event in client.events("route_failed"):
        outcome.failures.setdefault(str(event.get("route")), str(event.get("code")))


def both_chat(one: Participant, other: Participant, text: str, patience_s: float, missed: list[str]) -> None:
    starts = {one.name: one.count(), other.name: other.count()}
    for speaker in (one, other):
        speaker.tell(do="chat", text=f"{text} from {speaker.name}")
    for listener, speaker in ((one, other), (other, one)):
        said = f"{text} from {speaker.name}"
        if not listener.wait_for_event("chat", patience_s, starts[listener.name], text=said):
            missed.append(f"{listener.name} did not read '{said}'")


def both_receive(one: Participant, other: Participant, patience_s: float, missed: list[str]) -> None:
    for listener in (one, other):
        for kind in ("microphone", "camera"):
            if not listener.wait_for_event("receiving", patience_s, kind=kind):
                missed.append(f"{listener.name} received no {kind}")


def talk(client: Participant, seconds: float) -> bool:
    """Lets the meeting go on; false when the client was thrown out meanwhile."""
    return client.wait_for_event("failed", seconds) is None


def be_quiet(participants: tuple[Participant, Participant], seconds: float) -> None:
    for participant in participants:
        participant.tell(do="mute", kind="microphone")
        participant.tell(do="unpublish", kind="camera")
    talk(participants[0], seconds)
    for participant in participants:
        participant.tell(do="unmute", kind="microphone")


def go_through(event: Event, lab: Lab, colleague: Participant, client: Participant, outcome: Outcome) -> None:
    """Makes an event of the network happen in the running meeting and looks whether it goes on."""
    talk(client, event.after_s)
    start = client.count()
    happened_ms = time.time() * 1000
    outcome.judged_from_ms = happened_ms
    lab.machines[event.at].shell("set -e\n" + lab.fill(event.run))
    if event.resumes:
        resumed = client.wait_for_event("resumed", RESUME_PATIENCE_S, start)
        if not resumed:
            outcome.missed.append(f"the client did not resume after: {event.says}")
            return
        outcome.judged_from_ms = resumed["time_ms"]
        took_ms = round(resumed["time_ms"] - happened_ms)
        outcome.resumed.append(f"{event.says}: {resumed.get('how')} after {took_ms} ms")
        if took_ms > event.within_s * 1000:
            outcome.missed.append(f"the client resumed {took_ms} ms after {event.says}, not {event.within_s:g} s")
    both_chat(colleague, client, f"after {event.says}", RESUME_PATIENCE_S, outcome.missed)
    talk(client, 2 * HEARD_S)


def judge_recording(listener: Participant, frequency: float, outcome: Outcome, *, by_picture: bool) -> None:
    """The other must be heard, and seen, after the last thing that happened to the meeting."""
    heard = recordings.heard_s(listener.into, frequency, outcome.judged_from_ms)
    when = " after the last event" if outcome.judged_from_ms else ""
    if heard < HEARD_S:
        outcome.missed.append(f"{listener.name} heard {heard:.1f} s of the other's tone{when}, not {HEARD_S} s")
    if by_picture and not recordings.pictures(listener.into, outcome.judged_from_ms):
        outcome.missed.append(f"{listener.name} saw no picture{when}")


def attempt(lab: Lab, network: Network, link: str, patience_s: float) -> tuple[Participant, Outcome]:
    """Starts the client and waits until it has joined or given up."""
    client = enter(lab, network, "client", link)
    outcome = Outcome()
    joined = client.wait_for_event("joined", patience_s)
    if joined:
        outcome.got, outcome.join_ms = "joined", client.since_start_ms(joined)
    else:
        outcome.exit_code = client.wait_for_end(0.5)
        outcome.ended_ms = round(time.time() * 1000 - client.started_ms)
        if outcome.exit_code is None:
            outcome.missed.append(f"the client neither joined nor gave up within {patience_s:g} s")
        client.leave(1.0)
    note_routes(client, outcome)
    return client, outcome


def hold(lab: Lab, network: Network, colleague: Participant, client: Participant, outcome: Outcome) -> None:
    """The part of the meeting after both have joined."""
    patience_s, missed = network.meeting.patience_s, outcome.missed
    both_receive(colleague, client, patience_s, missed)
    outcome.sound_ms = client.since_start_ms(client.wait_for_event("receiving", 0, kind="microphone"))
    both_chat(colleague, client, "hello", patience_s, missed)
    if not talk(client, network.meeting.talk_s):
        missed.append("the client was thrown out")
    if network.meeting.quiet_s:
        be_quiet((colleague, client), network.meeting.quiet_s)
        outcome.judged_from_ms = time.time() * 1000
        both_chat(colleague, client, "after the silence", RESUME_PATIENCE_S, missed)
        talk(client, 2 * HEARD_S)
    for event in network.event:
        go_through(event, lab, colleague, client, outcome)
    outcome.exit_code = client.leave()
    colleague.leave()
    note_routes(client, outcome)
    # A picture that was stopped for the silence is not shown again.
    by_picture = network.meeting.quiet_s == 0
    judge_recording(client, COLLEAGUE_HZ, outcome, by_picture=by_picture)
    judge_recording(colleague, CLIENT_HZ, outcome, by_picture=by_picture)


def first_attempt(lab: Lab, network: Network, link: str) -> list[str]:
    """The attempt that must fail before the meeting can; returns what was otherwise."""
    if not network.first:
        return []
    client, outcome = attempt(lab, network, link, network.meeting.patience_s)
    client.leave(1.0)
    wrong = [] if outcome.got == "refused" else ["the first attempt was not refused"]
    for route, code in network.first.failures.items():
        if outcome.failures.get(route) != code:
            wrong.append(f"first attempt: {route} failed with {outcome.failures.get(route)}, not {code}")
    lab.machines["client"].shell("set -e\n" + lab.fill(network.first.then))
    return wrong


def join_again(lab: Lab, network: Network, link: str, outcome: Outcome) -> None:
    client = enter(lab, network, "client", link)
    outcome.again_ms = client.since_start_ms(client.wait_for_event("joined", network.meeting.patience_s))
    client.leave()
    if outcome.again_ms is None:
        outcome.missed.append("the client could not join a second time")


def meet(lab: Lab, network: Network) -> Outcome:
    sounds.write_tone(lab.folder / "colleague.wav", COLLEAGUE_HZ)
    sounds.write_tone(lab.folder / "client.wav", CLIENT_HZ)
    sounds.write_picture(lab.folder / "picture.y4m")
    link = create_room(lab)
    wrong = first_attempt(lab, network, link)
    colleague = enter(lab, network, "colleague", link)
    if not colleague.wait_for_event("joined", network.meeting.patience_s):
        raise LabError("the colleague on the Internet could not join; see colleague.log")
    client, outcome = attempt(lab, network, link, network.meeting.patience_s)
    outcome.missed[:0] = wrong
    if outcome.got == "joined":
        hold(lab, network, colleague, client, outcome)
        if not network.event:  # else the network is another by now
            join_again(lab, network, link, outcome)
    else:
        colleague.leave()
    return outcome
