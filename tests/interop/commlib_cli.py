"""The calls of commlib-cli that the original specification shows: `sub TOPIC` and `rpcc NAME DATA`."""

import json
import os

from commlib.exceptions import RPCClientTimeoutError

from peer import emit, node, orders, parser, run

command_line = parser()
commands = command_line.add_subparsers(dest="command", required=True)
commands.add_parser("sub").add_argument("topic")
call = commands.add_parser("rpcc")
call.add_argument("name")
call.add_argument("data")
options = command_line.parse_args()
commlib = node(options, "commlib_cli")

if options.command == "sub":
    commlib.create_subscriber(topic=options.topic, on_message=lambda message: emit(message=message))
    run(commlib, subscriptions=1)
    for _ in orders():
        pass
else:
    client = commlib.create_rpc_client(rpc_name=options.name)
    run(commlib)
    try:
        # What a call gives after its time is over depends on the broker: this error, or None.
        emit(answer=client.call(json.loads(options.data)))
    except RPCClientTimeoutError as error:
        emit(error=str(error))
    os._exit(0)
