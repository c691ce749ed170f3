"""The endpoints of commlib-py on each broker, made as its documentation shows: a Node with typed messages."""

import importlib
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Optional
from urllib.parse import urlsplit

from commlib.exceptions import RPCClientTimeoutError
from commlib.msg import PubSubMessage, RPCMessage
from commlib.node import Node

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "..", "tests", "interop"))

from acknowledgements import observe_acknowledgements, wait_for_acknowledgements  # noqa: E402

# It would log each message that it publishes on Kafka.
logging.getLogger().setLevel(logging.WARNING)


class Status(RPCMessage):
    class Request(RPCMessage.Request):
        async_backend: Optional[bool] = True

    class Response(RPCMessage.Response):
        status: Optional[int] = 200
        msg: Optional[str] = ""
        data: Optional[str] = ""


class Message(PubSubMessage, extra="allow"):
    """Heartbeats, logs and events go through one publisher."""


class Endpoints:
    def __init__(self, broker, url):
        self.broker = broker
        self.transport = importlib.import_module("commlib.transports." + broker)
        # On Redis these would look at each message, and there is another way to tell.
        if broker != "redis":
            observe_acknowledgements(broker, self.transport)
        address = urlsplit(url)
        parameters = self.transport.ConnectionParameters(host=address.hostname, port=address.port, reconnect_delay=1)
        self.node = Node(node_name="benchmark", connection_params=parameters, heartbeats=False)
        self.subscriptions = 0
        self.rpc_clients = {}
        self.made_publisher = None

    def topic(self, name):
        """Levels are parted by `/` on MQTT and by `.` elsewhere; `*` is any level."""
        name = name.replace("+", "*")
        return name if self.broker == "mqtt" else name.replace("/", ".")

    @staticmethod
    def request(data):
        return Status.Request(**data)

    def serve(self, address, reply):
        def on_request(_):
            return Status.Response(**reply)

        self.node.create_rpc(rpc_name=self.topic(address), msg_type=Status, on_request=on_request).run()
        # On Redis requests wait in their list for the service.
        if self.broker != "redis":
            self.subscriptions += 1
            wait_for_acknowledgements(self.subscriptions)
        if self.broker == "kafka":
            probe = self.node.create_rpc_client(rpc_name=self.topic(address), msg_type=Status)
            self.start_client(probe)
            probe.stop(wait=False)

    def start_client(self, client):
        client.run()
        # On Kafka, a service and a client look up the end of their topics after they say that they run: what comes before is lost.
        while self.broker == "kafka":
            try:
                client.call(Status.Request(), timeout=0.5)
                return
            except RPCClientTimeoutError:
                continue

    def clients(self, address, count):
        """So many clients for this address, as each can have one call in flight."""
        made = self.rpc_clients.setdefault(address, [])
        missing = [
            self.node.create_rpc_client(rpc_name=self.topic(address), msg_type=Status) for _ in range(count - len(made))
        ]
        # A client waits 100 ms on Redis, and on Kafka the seconds that its group takes to form: all of them wait at once. Those on
        # AMQP share a connection, which takes one at a time.
        with ThreadPoolExecutor(max_workers=1 if self.broker == "amqp" else 64) as starting:
            list(starting.map(self.start_client, missing))
        made.extend(missing)
        return made[:count]

    def publisher(self):
        if self.made_publisher is None:
            if self.broker in ("mqtt", "redis"):
                self.made_publisher = self.node.create_mpublisher()
            else:
                # A publisher of many topics cannot be made here: commlib-py refuses the name `*` that it gives it itself.
                self.made_publisher = self.node.create_publisher(topic="benchmark")
            self.made_publisher.run()
        return self.made_publisher

    def subscribe(self, patterns, on_message):
        for pattern in patterns:
            self.subscribe_one(self.topic(pattern), on_message)
        if self.broker == "redis":
            self.wait_for_patterns(len(patterns))
        else:
            self.subscriptions += len(patterns)
            wait_for_acknowledgements(self.subscriptions)

    def subscribe_one(self, topic, on_message):
        has_wildcard = "*" in topic
        if has_wildcard and self.broker in ("amqp", "kafka"):
            # On AMQP it refuses the `#` that it writes for `*`; on Kafka it asks for a topic of that very name.
            raise NotImplementedError(f"commlib-py has no patterns on {self.broker}")
        # Its queue holds ten messages and drops the oldest, unless told otherwise.
        options = {"queue_size": 100_000} if self.broker == "amqp" else {}
        if has_wildcard:
            made = self.node.create_psubscriber(
                topic=topic, msg_type=Message, on_message=lambda message, _: on_message(message), **options
            )
        else:
            made = self.node.create_subscriber(topic=topic, msg_type=Message, on_message=on_message, **options)
        made.run()

    def wait_for_patterns(self, count):
        """Returns when the server has so many patterns: even a topic without a wildcard is one in commlib-py."""
        probe = self.transport.redis.Redis(
            host=self.node._conn_params.host, port=self.node._conn_params.port  # pylint: disable=protected-access
        )
        end = monotonic() + 10
        while probe.pubsub_numpat() < count:
            if monotonic() > end:
                raise TimeoutError("Redis was not asked for the patterns")
            sleep(0.01)
        probe.close()
