"""The work that is measured. Times are in ms."""

import threading
import time

from endpoints import Message

# Its own default is 10 or 30 s: a lost reply would outlast the measurement.
CALL_TIMEOUT = 2
# The publisher gives up when nothing has been received for so many seconds.
SILENCE = 2
# What Nagle's algorithm and delayed acknowledgements cost where they meet is at least 40 ms.
SLOW = 35


def call(clients, request, seconds, count):
    """One thread for each client, and in each one call after the other."""
    end = time.perf_counter() + seconds if seconds is not None else float("inf")
    left = count if count is not None else float("inf")
    taking = threading.Lock()
    times = []
    lost = []
    ends = []

    def take():
        nonlocal left
        with taking:
            if left <= 0 or time.perf_counter() >= end:
                return False
            left -= 1
            return True

    def run(client):
        own = []
        while take():
            started = time.perf_counter()
            try:
                reply = client.call(request, timeout=CALL_TIMEOUT)
            except Exception as error:  # A transport raises what it likes when it has no reply in time.
                lost.append(error)
                continue
            if reply is None or reply.status != 200:
                lost.append(reply)
            else:
                last = time.perf_counter()
                own.append((last - started) * 1000)
        if own:
            times.extend(own)
            ends.append(last)

    started = time.perf_counter()
    threads = [threading.Thread(target=run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    duration = (max(ends, default=started) - started) * 1000
    times.sort()

    def quantile(share):
        return times[min(len(times) - 1, int(len(times) * share))] if times else 0

    return {
        "calls": len(times),
        "duration": duration,
        "p50": quantile(0.5),
        "p99": quantile(0.99),
        "max": times[-1] if times else 0,
        "slow": sum(1 for each in times if each >= SLOW),
        "lost": len(lost),
    }


def publish(publisher, endpoints, credit, messages, seconds, window):
    outgoing = [
        (endpoints.topic(each["topic"]), each["bots"], Message(**each["message"])) for each in messages
    ]
    published = 0
    before = credit.received
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        with credit.changed:
            if not credit.changed.wait_for(lambda: published - (credit.received - before) < window, SILENCE):
                break
        topic, bots, message = outgoing[published % len(outgoing)]
        publisher.publish(message, topic.replace("{bot}", f"bot{published % bots:05d}"))
        published += 1
    received = credit.received - before
    last = time.perf_counter()
    while received < published:
        with credit.changed:
            known = received
            if not credit.changed.wait_for(lambda: credit.received - before > known, SILENCE):
                break
            received = credit.received - before
        last = time.perf_counter()
    return {"published": published, "received": received, "duration": (last - started) * 1000}


class Subscription:
    """Counts messages, and tells of every 200, and of fewer after 10 ms."""

    def __init__(self, report):
        self.report = report
        self.count = 0
        self.reported = 0
        self.counting = threading.Lock()

    def start(self):
        threading.Thread(target=self.tell, daemon=True).start()

    def on_message(self, _):
        with self.counting:
            self.count += 1
            if self.count - self.reported < 200:
                return
            self.reported = self.count
        self.report(self.count)

    def tell(self):
        while True:
            time.sleep(0.01)
            with self.counting:
                if self.count == self.reported:
                    continue
                self.reported = self.count
            self.report(self.reported)
