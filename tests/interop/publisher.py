"""Publishes with commlib-py what each line says: `{"topic": ..., "data": ...}`; the text "NaN" stands for the number."""

from commlib.msg import PubSubMessage

from peer import arguments, emit, node, orders, run, topic


def with_numbers(value):
    if isinstance(value, dict):
        return {key: with_numbers(item) for key, item in value.items()}
    return float("nan") if value == "NaN" else value


class Message(PubSubMessage, extra="allow"):
    pass


options = arguments()
commlib = node(options)
if options.btype in ("mqtt", "redis"):
    publisher = commlib.create_mpublisher()
else:
    # A publisher of many topics cannot be made on AMQP and Kafka: commlib-py refuses the name `*` that it gives it itself.
    publisher = commlib.create_publisher(topic="interop")
run(commlib)
for order in orders():
    publisher.publish(Message(**with_numbers(order["data"])), topic(options, order["topic"]))
    emit(published=order["topic"])
