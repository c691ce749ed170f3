"""Tells when the broker has acknowledged what commlib-py subscribes: it says itself only that it is connected."""

import threading

# One for each endpoint. commlib-py may subscribe twice when it connects, so it is endpoints that are counted.
subscribed = set()
acknowledged = threading.Condition()


def wait_for_acknowledgements(count):
    with acknowledged:
        acknowledged.wait_for(lambda: len(subscribed) >= count)


def observe_acknowledgements(btype, transport):
    """Must be called before the first endpoint of that broker type is made."""
    OBSERVERS[btype](transport)


def acknowledge(endpoint):
    with acknowledged:
        subscribed.add(id(endpoint))
        acknowledged.notify()


def before(owner, name, seen):
    """Lets `seen` see the call of a method, and then the method do what it does."""
    method = getattr(owner, name)

    def called(self, *args, **kwargs):
        seen(self, *args)
        return method(self, *args, **kwargs)

    setattr(owner, name, called)


def after(owner, name, seen):
    method = getattr(owner, name)

    def called(self, *args, **kwargs):
        result = method(self, *args, **kwargs)
        seen(self, *args)
        return result

    setattr(owner, name, called)


def observe_mqtt(transport):
    def observe(made):
        made._client.on_subscribe = lambda *_: acknowledge(made)

    after(transport.MQTTTransport, "_configure_client", observe)


def observe_amqp(transport):
    # pika has waited for the broker's answers by then.
    before(transport.AMQPTransport, "start_consuming", acknowledge)


def observe_redis(transport):
    def observe(pubsub, response, *_):
        if response[0] == b"psubscribe":
            acknowledge(pubsub)

    before(transport.redis.client.PubSub, "handle_message", observe)
    # A request waits in its list for the service, so a service is there as soon as it looks into its list.
    before(transport.RedisTransport, "wait_for_msg", lambda made, *_: acknowledge(made))


def observe_kafka(transport):
    def assign(_, consumer, partitions):
        # commlib-py says OFFSET_END, which librdkafka looks up later: what was published meanwhile would be missed.
        for partition in partitions:
            partition.offset = consumer.get_watermark_offsets(partition)[1]
        consumer.assign(partitions)

    transport.Subscriber._reset_offset = assign
    after(transport.Subscriber, "_on_assign", lambda made, *_: acknowledge(made))
    # Services subscribe in this way, and it waits.
    after(transport.KafkaTransport, "subscribe", lambda made, *_: acknowledge(made))


OBSERVERS = {"mqtt": observe_mqtt, "amqp": observe_amqp, "redis": observe_redis, "kafka": observe_kafka}
