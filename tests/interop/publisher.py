"""Publishes with commlib-py what each line says: `{"topic": ..., "data": ...}`; the text "NaN" stands for the number."""

from commlib.msg import PubSubMessage

from peer import arguments, emit, node, orders, run


def with_numbers(value):
    if isinstance(value, dict):
        return {key: with_numbers(item) for key, item in value.items()}
    return float("nan") if value == "NaN" else value


class Message(PubSubMessage, extra="allow"):
    pass


options = arguments()
commlib = node(options)
publisher = commlib.create_mpublisher()
run(commlib)
for order in orders():
    publisher.publish(Message(**with_numbers(order["data"])), order["topic"])
    emit(published=order["topic"])
