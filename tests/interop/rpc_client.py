"""A commlib-py RPC client that lives on: one call for each line, with its answer, or its error, and its time in ms."""

import time

from commlib.exceptions import RPCClientTimeoutError

from peer import arguments, emit, node, orders, run, topic

options = arguments("name")
commlib = node(options)
client = commlib.create_rpc_client(rpc_name=topic(options, options.name))
run(commlib)
for order in orders():
    # commlib-py would take the answer of the call before for that of this one.
    client._response = None
    started = time.perf_counter()
    try:
        answer = client.call(order["data"], timeout=order.get("timeout", 10))
        # On AMQP and Redis a call returns None when its time is over, on MQTT and Kafka it raises.
        if answer is None:
            raise RPCClientTimeoutError("no answer")
        emit(answer=answer, ms=(time.perf_counter() - started) * 1000)
    except RPCClientTimeoutError as error:
        emit(error=str(error))
