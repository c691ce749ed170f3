"""A commlib-py peer over Redis: serves, calls, publishes and listens as the lines of standard input say."""

import json
import os
import sys

from commlib.node import Node
from commlib.transports import redis

# commlib-py logs to standard output: results have a descriptor of their own.
results = os.fdopen(3, "w")


def emit(**line):
    print(json.dumps(line), file=results, flush=True)


parameters = redis.ConnectionParameters(host="127.0.0.1", port=int(sys.argv[1]))
node = Node(node_name="peer", connection_params=parameters, heartbeats=False)
node.create_rpc(rpc_name="peer.double", on_request=lambda data: {"doubled": data["n"] * 2})
node.create_psubscriber(topic="news.*", on_message=lambda data, topic: emit(heard=[topic, data]))
publisher = node.create_mpublisher()
clients = {}
node.run()
emit(ready=True)

for line in sys.stdin:
    order = json.loads(line)
    name, data = order["name"], order["data"]
    if order["do"] == "publish":
        publisher.publish(data, name)
        continue
    if name not in clients:
        clients[name] = node.create_rpc_client(rpc_name=name)
        clients[name].run()
    emit(answer=clients[name].call(data, timeout=5))
os._exit(0)
