"""What the commlib-py programs of these tests share: one JSON line for each result, and an end that always comes."""

import argparse
import json
import os
import sys
import threading

from commlib.node import Node
from commlib.transports import mqtt

# commlib-py logs to standard output: results have a descriptor of their own.
results = os.fdopen(3, "w")
writing = threading.Lock()
# One transport for each endpoint. commlib-py may subscribe twice when it connects, so transports are counted.
subscribed = set()
acknowledged = threading.Condition()


def emit(**line):
    """Writes one line. A bare NaN becomes text, as a JSON line cannot hold one."""
    text = json.dumps(json.loads(json.dumps(line), parse_constant=str))
    with writing:
        print(text, file=results, flush=True)


def arguments(*names):
    parser = argparse.ArgumentParser()
    for name in ("host", "port", *names):
        parser.add_argument("--" + name, required=True)
    return parser.parse_args()


def node(options, name="interop"):
    parameters = mqtt.ConnectionParameters(host=options.host, port=int(options.port), reconnect_delay=1)
    return Node(node_name=name, connection_params=parameters, heartbeats=False)


def run(started, subscriptions=0):
    """Runs the node and says ready, after the broker has acknowledged so many subscriptions."""
    started.run()
    with acknowledged:
        acknowledged.wait_for(lambda: len(subscribed) >= subscriptions)
    emit(ready=True)


def orders():
    """The JSON lines of standard input. When it ends, because the test did, so does this process."""
    for line in sys.stdin:
        yield json.loads(line)
    os._exit(0)


def _observe_acknowledgements():
    configure = mqtt.MQTTTransport._configure_client

    def configured(transport):
        configure(transport)
        transport._client.on_subscribe = lambda *_: acknowledge(transport)

    def acknowledge(transport):
        with acknowledged:
            subscribed.add(id(transport))
            acknowledged.notify()

    mqtt.MQTTTransport._configure_client = configured


_observe_acknowledgements()
