"""Listens to external events as Hummingbot up to v2.14 does: a pattern and a message of integers."""

from typing import Any, Dict

from commlib.msg import PubSubMessage

from peer import emit, node, orders, parser, run, topic


class ExternalEvent(PubSubMessage):
    timestamp: int = -1
    sequence: int = 0
    type: str = "eevent"
    data: Dict[str, Any] = {}


made = parser()
made.add_argument("--bot", required=True)
made.add_argument("--name", help="listens to this event only, without a pattern")
options = made.parse_args()
commlib = node(options)
events = f"hbot/{options.bot}/external/event/"
if options.name:
    one = topic(options, events + options.name.replace(".", "/"))
    commlib.create_subscriber(
        topic=one,
        msg_type=ExternalEvent,
        on_message=lambda event: emit(topic=one, event=event.model_dump()),
    )
else:
    commlib.create_psubscriber(
        topic=topic(options, events + "*"),
        msg_type=ExternalEvent,
        on_message=lambda event, name: emit(topic=name, event=event.model_dump()),
    )
run(commlib, subscriptions=1)
for _ in orders():
    pass
