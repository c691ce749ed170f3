"""What the commlib-py programs of these tests share: one JSON line for each result, and an end that always comes."""

import argparse
import importlib
import json
import os
import sys
import threading

from commlib.node import Node

from acknowledgements import observe_acknowledgements, wait_for_acknowledgements

# commlib-py logs to standard output: results have a descriptor of their own.
results = os.fdopen(3, "w")
writing = threading.Lock()


def emit(**line):
    """Writes one line. A bare NaN becomes text, as a JSON line cannot hold one."""
    text = json.dumps(json.loads(json.dumps(line), parse_constant=str))
    with writing:
        print(text, file=results, flush=True)


def parser():
    """The arguments that name a broker, as those of commlib-cli."""
    made = argparse.ArgumentParser()
    made.add_argument("--host", required=True)
    made.add_argument("--port", required=True)
    made.add_argument("--btype", choices=["mqtt", "amqp", "redis", "kafka"], required=True)
    # Without a user commlib-py sends an empty name on MQTT, which RabbitMQ refuses.
    made.add_argument("--guest", action="store_true", help="connects as RabbitMQ's own user")
    return made


def arguments(*names):
    made = parser()
    for name in names:
        made.add_argument("--" + name, required=True)
    return made.parse_args()


def node(options, name="interop"):
    transport = importlib.import_module("commlib.transports." + options.btype)
    observe_acknowledgements(options.btype, transport)
    user = {"username": "guest", "password": "guest"} if options.guest else {}
    parameters = transport.ConnectionParameters(host=options.host, port=int(options.port), reconnect_delay=1, **user)
    return Node(node_name=name, connection_params=parameters, heartbeats=False)


def topic(options, name):
    """How a program on that broker writes a name: with `/` on MQTT; elsewhere commlib-py takes `/` as any letter."""
    return name if options.btype == "mqtt" else name.replace("/", ".")


def run(started, subscriptions=0):
    """Runs the node and says ready, after the broker has acknowledged so many subscriptions."""
    started.run()
    wait_for_acknowledgements(subscriptions)
    emit(ready=True)


def orders():
    """The JSON lines of standard input. When it ends, because the test did, so does this process."""
    for line in sys.stdin:
        yield json.loads(line)
    os._exit(0)
