"""A peer of the benchmark that is made of commlib-py. benchmarks/src/peer/protocol.ts says what it reads and writes."""

import json
import os
import resource
import sys
import threading
import time

sys.dont_write_bytecode = True
# commlib-py prints to standard output, which is for the protocol: whatever is printed goes to standard error.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

from endpoints import Endpoints  # noqa: E402
from work import Subscription, call, publish  # noqa: E402

writing = threading.Lock()


def emit(**answer):
    text = json.dumps(answer)
    with writing:
        print(text, file=answers, flush=True)


class Credit:
    """How many messages the subscriber has received."""

    def __init__(self):
        self.received = 0
        self.changed = threading.Condition()

    def set(self, received):
        with self.changed:
            self.received = received
            self.changed.notify()


def peak_bytes():
    """The highest resident size since it was last asked for, where the system can forget it (Linux); else since the start."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
        with open("/proc/self/clear_refs", "w", encoding="ascii") as forget:
            forget.write("5")
        return peak
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


class Peer:
    def __init__(self, endpoints):
        self.endpoints = endpoints
        self.credit = Credit()
        self.subscription = Subscription(lambda count: emit(type="received", count=count))

    def serve(self, command):
        self.endpoints.serve(command["address"], command["reply"])

    def call(self, command):
        clients = self.endpoints.clients(command["address"], command["inFlight"])
        request = self.endpoints.request(command["request"])
        return call(clients, request, command.get("seconds"), command.get("count"))

    def subscribe(self, command):
        self.endpoints.subscribe(command["patterns"], self.subscription.on_message)
        self.subscription.start()

    def publish(self, command):
        publisher = self.endpoints.publisher()
        return publish(publisher, self.endpoints, self.credit, command["messages"], command["seconds"], command["window"])

    def usage(self, _):
        return {"cpuSeconds": time.process_time(), "peakBytes": peak_bytes()}

    def run(self, command):
        try:
            emit(type="done", result=getattr(self, command["do"])(command))
        except Exception as error:  # Whatever it is, the benchmark must be told.
            emit(type="failed", message=f"{type(error).__name__}: {error}")


def main():
    _, _, broker, url = sys.argv
    peer = Peer(Endpoints(broker, url))
    emit(type="ready")
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "credit":
            peer.credit.set(command["received"])
        elif command["do"] == "close":
            emit(type="done", result=None)
            break
        else:
            # Credits are read while this runs.
            threading.Thread(target=peer.run, args=[command], daemon=True).start()
    # The threads of commlib-py cannot all be stopped; the connections end with the process.
    os._exit(0)


main()
