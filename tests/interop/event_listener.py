"""Listens to external events as Hummingbot up to v2.14 does: a pattern and a message of integers."""

from typing import Any, Dict

from commlib.msg import PubSubMessage

from peer import arguments, emit, node, orders, run


class ExternalEvent(PubSubMessage):
    timestamp: int = -1
    sequence: int = 0
    type: str = "eevent"
    data: Dict[str, Any] = {}


options = arguments("bot")
commlib = node(options)
commlib.create_psubscriber(
    topic=f"hbot/{options.bot}/external/event/*",
    msg_type=ExternalEvent,
    on_message=lambda event, topic: emit(topic=topic, event=event.model_dump()),
)
run(commlib, subscriptions=1)
for _ in orders():
    pass
